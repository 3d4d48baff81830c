"""Looks at files one after the other for `paydesk read`: what each is and holds, or why it was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from paydesk.cli.outcomes import printable
from paydesk.importers.about import about_of
from paydesk.importers.profiles import named
from paydesk.importers.reading import Reading, open_file
from paydesk.importers.records import NeedsMapping, NotPayments, NotReadable, Record
from paydesk.importers.registry import importer_named
from paydesk.importers.summary import Summary

BAR_FROM_BYTES = 2 * 1024 * 1024
BAR_FROM_FILES = 5
Progress = Callable[[int], None]  # bytes of the file read so far

# refused: damaged or not what it claims. mapping: a table nobody has mapped. other: no payments at all.
# locked: it could not be opened. error: ours.
Verdict = Literal["read", "refused", "mapping", "other", "locked", "error"]


@dataclass(frozen=True, slots=True)
class Looked:
    """One file: its name as shown and what came of it, a `summary` or a sentence in `refused`."""

    name: str
    verdict: Verdict
    format: str = ""
    profile_name: str | None = None
    summary: Summary | None = None
    refused: str = ""

    @property
    def is_locked(self) -> bool:
        return self.verdict == "locked"

    @property
    def is_our_error(self) -> bool:
        return self.verdict == "error"

    @property
    def title(self) -> str:
        """What it is in words: "OFX / QFX statement (ofx.102)"."""
        if profile := self.profile_name and named(self.profile_name):
            return profile.label
        if self.is_guessed:
            return f"{self.format.upper()} table, columns guessed"
        if self.format in ("", "mixed"):
            return self.format
        return f"{about_of(importer_named(self.format)).title} ({self.format})"

    @property
    def is_guessed(self) -> bool:
        """Whether it is a table that no profile and no report knows."""
        return self.format in ("csv", "xlsx") and self.profile_name is None

    @property
    def is_clean(self) -> bool:
        return self.summary is not None and not self.summary.rejected_count and not self.summary.warnings

    def as_json(self) -> dict[str, Any]:
        """The object of the contract for one file with its name; or the name and why it was refused."""
        if self.summary is None:
            return {"file": self.name, "refused": self.refused}
        return {"file": self.name, **self.summary.as_json(self.format)}


def look_at(
    file: Path | BinaryIO,
    name: str,
    *,
    format: str | None = None,
    debug: bool = True,
    progress: Progress | None = None,
) -> Looked:
    """Read `file` to its end. Why it cannot be read stands in `refused`; with `debug` our own errors rise.

    Without `progress` a large file in a terminal has a bar of its own.
    """
    try:
        short = file.name if isinstance(file, Path) else name
        with open_file(file, filename=short, format=format) as reading:
            records = _with_bar(reading) if progress is None else _told(reading, progress)
            summary = Summary().add_all(records)
            return Looked(name, "read", reading.format, reading.profile_name, summary)
    except NotPayments as problem:
        return Looked(name, "other", refused=str(problem))
    except NeedsMapping as problem:
        return Looked(name, "mapping", refused=str(problem))
    except NotReadable as problem:
        return Looked(name, "refused", refused=str(problem))
    except PermissionError:
        return Looked(name, "locked", refused=f"{name} may not be read by this user.")
    except FileNotFoundError:
        return Looked(name, "locked", refused=f"{name} is not there any more.")
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        return Looked(name, "locked", refused=f"{name} could not be read to its end: {why}.")
    except Exception as problem:
        if debug:
            raise
        first_line = (str(problem).strip().splitlines() or [""])[0][:200]
        said = f"paydesk has an error of its own with {name} ({type(problem).__name__}: {first_line})."
        return Looked(name, "error", refused=said)


def look_at_all(
    files: list[tuple[Path | BinaryIO, str]], *, format: str | None = None, debug: bool = False
) -> list[Looked]:
    """Look at each of `files` (with the name to show), with one progress bar on stderr over all of them."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    sizes = [_size_of(file) for file, _ in files]
    with Bar(
        TextColumn("Reading"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[name]}", markup=False),  # a name may hold brackets
        console=console, transient=True, disable=not console.is_terminal or len(files) < BAR_FROM_FILES,
    ) as bar:  # fmt: skip
        # The bar counts files; a large one moves it while it is read, by its share.
        task = bar.add_task("", total=len(files), name="")
        found = []
        for place, ((file, name), size) in enumerate(zip(files, sizes, strict=True)):
            bar.update(task, completed=place, name=printable(name))

            def progress(done: int, place: int = place, size: int = size) -> None:
                bar.update(task, completed=place + min(done / size, 1))

            found.append(look_at(file, name, format=format, debug=debug, progress=progress))
    return found


def _size_of(file: Path | BinaryIO) -> int:
    try:
        return max(file.stat().st_size, 1) if isinstance(file, Path) else 1
    except OSError:  # it went away; look_at says so
        return 1


def _told(reading: Reading, progress: Progress) -> Iterator[Record]:
    scale = reading.size
    for number, record in enumerate(reading):
        if number % 5000 == 4999 and scale:
            progress(reading.position())
        yield record


def _with_bar(reading: Reading) -> Iterator[Record]:
    """The records, with a progress bar on stderr for a large file in a terminal."""
    if reading.size < BAR_FROM_BYTES:
        yield from reading
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=reading.size)
        for number, record in enumerate(reading):
            if number % 5000 == 0:
                bar.update(task, completed=reading.position())
            yield record
