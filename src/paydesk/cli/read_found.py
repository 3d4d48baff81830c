"""Finds what `paydesk read` was asked to read: files, folders with all they hold, standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from paydesk.cli.outcomes import WrongUse

SKIPPED = ("__MACOSX", "Thumbs.db", "desktop.ini")
STDIN = "-"
STDIN_NAME = "standard input"


@dataclass
class Found:
    """What there is to read, each with the name it is shown by, and what could not be opened, with why.

    `is_one` is for a single file, given by its name or piped in.
    """

    files: list[tuple[Path | BinaryIO, str]] = field(default_factory=list)
    closed: list[tuple[str, str]] = field(default_factory=list)
    is_one: bool = False


def found_in(given: Iterable[str]) -> Found:
    """Every file to read: files as given, folders with all they hold by name, "-" for standard input.

    Hidden files and what systems leave in folders are skipped, links to folders not followed. Raises WrongUse
    for something given by name that is no file or folder.
    """
    found = Found()
    seen: set[str] = set()
    for text in given:
        if text in seen:
            continue
        seen.add(text)
        path = Path(text)
        if text == STDIN:
            found.files.append((_standard_input(), STDIN_NAME))
        elif why := why_closed(path, text):
            raise WrongUse(why)
        elif path.is_dir():
            _add_folder(path, found)
        else:
            found.files.append((path, text))
    found.is_one = len(seen) == 1 and (STDIN in seen or not Path(*seen).is_dir())
    return found


def why_closed(path: Path, name: str) -> str:
    """Why `path` cannot be read as a file or folder, a sentence; "" when nothing is known against it."""
    try:
        if path.is_dir() or path.is_file():
            return ""
        if path.is_symlink():
            return f"{name} is a link to a file that is not there."
        if not path.exists():
            return f"There is no file {name}."
    except PermissionError:
        return f"{name} may not be read by this user."
    if path.is_fifo():
        return f"{name} is a pipe, not a file; ./paydesk read - reads what is piped in."
    return f"{name} is not a file."


def _standard_input() -> BinaryIO:
    if sys.stdin is None or sys.stdin.isatty():
        raise WrongUse("Nothing is piped in: some-program | ./paydesk read - reads what it writes.")
    return sys.stdin.buffer


def _add_folder(folder: Path, found: Found) -> None:
    """All in `folder` in the order of the paths; what is no file or may not be opened with its reason."""
    files: list[tuple[Path, str]] = []
    locked: list[str] = []
    for where, folders, names in os.walk(folder, onerror=lambda problem: locked.append(problem.filename)):
        here = Path(where)
        kept = [name for name in folders if not _is_skipped(name)]
        folders[:] = [name for name in kept if not (here / name).is_symlink()]
        for name in sorted(set(kept) - set(folders)):
            shown = str((here / name).relative_to(folder))
            found.closed.append(
                (shown, f"{shown} is a link to a folder, which is not followed; name it to read it.")
            )
        for name in names:
            if _is_skipped(name):
                continue
            path = here / name
            shown = str(path.relative_to(folder))
            if why := why_closed(path, shown):
                found.closed.append((shown, why))
            else:
                files.append((path, shown))
    for text in locked:
        shown = str(Path(text).relative_to(folder))
        found.closed.append((shown, f"{shown} is a folder that may not be opened by this user."))
    found.files += sorted(files)
    found.closed.sort()


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name in SKIPPED
