"""How a command ends and what it says on the way: exit codes, wrong use, progress."""

from __future__ import annotations

import argparse
import sys

DONE = 0
BROKEN = 1  # a checked invariant does not hold, a test failed
REFUSED = 2  # the input was refused; raise paydesk.kernel.refused.Refused
WRONG_USE = 64
OUR_ERROR = 70


class WrongUse(Exception):
    """Called wrongly, or with a file that is not there; one line says what to write instead."""


def say(text: str) -> None:
    """One line of progress or refusal, on stderr; stdout belongs to the result."""
    print(text, file=sys.stderr, flush=True)


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
