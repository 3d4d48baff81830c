"""Make an invented company, any size: real provider files, sent through the real intake.

A pay-as-you-go phone lender in Ghana, Kenya and Nigeria. The same arguments make the same company.
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import date
from pathlib import Path

from paydesk.cli.outcomes import DONE, add_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--customers", type=int, default=300, help="how many customers (default 300)")
    parser.add_argument("--days", type=int, default=14, help="days of files before DATE (default 14)")
    parser.add_argument("--until", type=_day, required=True, help="the morning it ends on, like 2026-03-02")
    parser.add_argument(
        "--seed", type=int, default=1, help="another number makes another company (default 1)"
    )
    parser.add_argument(
        "--truth", type=Path, metavar="DIR", help="write what was planted and all files there"
    )
    parser.add_argument(
        "--reset", action="store_true", help="first delete everything there is in the database"
    )
    add_json(parser)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a date like 2026-03-02") from None


def run(args: argparse.Namespace) -> int:
    from paydesk.config import environment
    from paydesk.config.desk import database, open_desk
    from paydesk.config.empty_database import empty_database

    # The database stays up in between: opening it inside is told DATABASE_URL like any other.
    with database(environment.home(), say):
        url = os.environ["DATABASE_URL"]
        if args.reset:
            empty_database(url, say)
        with open_desk(say):
            from paydesk.config.database_setup import connected, remember
            from paydesk.demo import sign_ins
            from paydesk.demo.load import load_company

            made = load_company(
                customers=args.customers,
                days=args.days,
                until=args.until,
                seed=args.seed,
                truth=args.truth,
                say=say,
            )
            with connected(url) as connection:
                remember(connection, "demo", sign_ins())  # `up` shows them
    if args.json:
        print(json.dumps(made.as_json()))
    else:
        print(
            f"{made.customers:,} invented customers with {made.contracts:,} contracts, {made.files:,} files, "
            f"{made.rows:,} rows and {made.payments:,} payments in {made.seconds:.1f} s."
        )
        print(f"Planted: {', '.join(f'{name} {count:,}' for name, count in made.mess.items())}")
    return DONE
