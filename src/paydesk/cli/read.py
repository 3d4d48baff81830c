"""Read files, or folders of them, and say what each is, what it holds and what is wrong with it.

Needs no database. A table without a saved mapping is read by a built-in profile or by a guess that says so.
One file is shown in full; several as one line each, in full with --details. In a folder a file that is
refused does not stop the others.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from paydesk.cli.outcomes import DONE, OUR_ERROR, REFUSED, WrongUse, add_json, say
from paydesk.kernel.refused import Refused

if TYPE_CHECKING:
    from paydesk.cli.read_files import Looked


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="+",
        help="a file (bank or provider statement, report, callback; or a zip or gzip of them), a folder, "
        "or - for what is piped in",
    )
    parser.add_argument("--format", metavar="NAME", help="read it as this; ./paydesk formats lists the names")
    parser.add_argument("--details", action="store_true", help="of several files, show each in full as well")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit 0 when a file was read, whatever is wrong in it; 2 when every one was refused."""
    from paydesk.cli.read_files import Looked, look_at, look_at_all
    from paydesk.cli.read_found import found_in
    from paydesk.cli.read_shown import show_details, show_overview
    from paydesk.importers.registry import importer_named

    given = found_in(args.file)
    if args.format:
        try:
            importer_named(args.format)
        except KeyError as problem:
            raise WrongUse(str(problem.args[0])) from problem
    if given.is_one:
        looked = look_at(*given.files[0], format=args.format)
        if looked.is_locked:
            raise WrongUse(looked.refused)
        if looked.summary is None:
            raise Refused(looked.refused, code="file.not_readable")
        if args.json:
            print(json.dumps(looked.summary.as_json(looked.format)))
        else:
            show_details(looked)
        return DONE
    found = look_at_all(given.files, format=args.format, debug=args.debug)
    found += [Looked(name, "locked", refused=why) for name, why in given.closed]
    if not found:
        raise WrongUse(f"{', '.join(args.file)} holds no file.")
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
