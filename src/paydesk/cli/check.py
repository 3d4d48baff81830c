"""Prove the invariants of the books, payments, contracts and the audit trail; reads only."""

from __future__ import annotations

import argparse
import json

from paydesk.cli.outcomes import say
from paydesk.kernel.refused import Refused

MOST_ROWS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """Exit 0 when everything holds, 1 with the rows that break an invariant."""
    from paydesk.config.desk import open_desk

    with open_desk(say, migrated=False):
        from django.db import ProgrammingError

        from paydesk.reporting.invariants import check_all

        try:
            findings = check_all(most_rows=MOST_ROWS)
        except ProgrammingError as problem:
            raise Refused(
                "The tables of this database are not up to date: run ./paydesk migrate."
            ) from problem
    broken = [finding for finding in findings if finding.rows]
    if args.json:
        print(json.dumps({"holds": not broken, "invariants": [finding.as_json() for finding in findings]}))
    else:
        for finding in findings:
            print(f"{'broken' if finding.rows else 'holds '}  {finding.sentence}")
            for row in finding.rows:
                print(f"          {row}")
            for note in finding.notes:
                print(f"          {note}")
        print(f"{len(findings) - len(broken)} of {len(findings)} invariants hold.")
    return 1 if broken else 0
