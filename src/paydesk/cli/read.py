"""Read files, or folders of them, and say what each is, what it holds and what is wrong with it.

Needs no database. A table without a saved mapping is read by a built-in profile or by a guess that says so.
One file is shown in full; several as one line each, in full with --details. In a folder a file that is
refused does not stop the others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from paydesk.cli.outcomes import DONE, OUR_ERROR, REFUSED, WrongUse, add_json, say
from paydesk.kernel.refused import Refused

if TYPE_CHECKING:
    from paydesk.cli.read_files import Looked

SKIPPED = ("__MACOSX", "Thumbs.db", "desktop.ini")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="+",
        help="a file (bank or provider statement, report, callback; or a zip or gzip of them) or a folder",
    )
    parser.add_argument("--format", metavar="NAME", help="read it as this; ./paydesk formats lists the names")
    parser.add_argument("--details", action="store_true", help="of several files, show each in full as well")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit 0 when a file was read, whatever is wrong in it; 2 when every one was refused."""
    from paydesk.cli.read_files import look_at, look_at_all
    from paydesk.cli.read_shown import show_details, show_overview
    from paydesk.importers.registry import importer_named

    given = [Path(text) for text in args.file]
    for path in given:
        if not path.exists():
            raise WrongUse(f"There is no file {path}.")
        if not path.is_file() and not path.is_dir():
            raise WrongUse(f"{path} is not a file.")
    if args.format:
        try:
            importer_named(args.format)
        except KeyError as problem:
            raise WrongUse(str(problem.args[0])) from problem
    if len(given) == 1 and given[0].is_file():
        looked = look_at(given[0], args.file[0], format=args.format)
        if looked.is_locked:
            raise WrongUse(looked.refused)
        if looked.summary is None:
            raise Refused(looked.refused, code="file.not_readable")
        if args.json:
            print(json.dumps(looked.summary.as_json(looked.format)))
        else:
            show_details(looked)
        return DONE
    files = files_in(given)
    if not files:
        raise WrongUse(f"{', '.join(args.file)} holds no file.")
    found = look_at_all(files, format=args.format, debug=args.debug)
    if args.json:
        print(json.dumps({"files": [each.as_json() for each in found]}))
    else:
        show_overview(found)
        if args.details:
            for each in found:
                if each.summary is not None:
                    print()
                    show_details(each)
    return _outcome(found)


def _outcome(found: list[Looked]) -> int:
    if any(each.is_our_error for each in found):
        return OUR_ERROR
    if any(each.summary is not None for each in found):
        return DONE
    say(f"None of the {len(found):,} files could be read.")
    return REFUSED


def files_in(given: Iterable[Path]) -> list[tuple[Path, str]]:
    """Every file to read with the name it is shown by: files as given, folders with all they hold, by name.

    Hidden files and what systems leave in folders are skipped, links to folders not followed.
    """
    found: dict[Path, str] = {}
    for path in given:
        if not path.is_dir():
            found.setdefault(path, str(path))
            continue
        for each in sorted(path.rglob("*")):
            inside = each.relative_to(path)
            if any(part.startswith(".") or part in SKIPPED for part in inside.parts) or not each.is_file():
                continue
            found.setdefault(each, str(inside))
    return list(found.items())
