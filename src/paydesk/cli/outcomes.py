"""How a command ends and what it says on the way: exit codes, wrong use, progress."""

from __future__ import annotations

import argparse
import sys
import unicodedata

DONE = 0
BROKEN = 1  # a checked invariant does not hold, a test failed
REFUSED = 2  # the input was refused; raise paydesk.kernel.refused.Refused
WRONG_USE = 64
OUR_ERROR = 70


class WrongUse(Exception):
    """Called wrongly, or with a file that is not there; one line says what to write instead."""


def say(text: str) -> None:
    """One line of progress or refusal, on stderr; stdout belongs to the result."""
    print(printable(text), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """`text` with what would command the terminal, turn its writing around or break the print made visible.

    A file name or a cell may hold escape sequences; line ends and tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each
        if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else ascii(each)[1:-1]
        for each in text
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
