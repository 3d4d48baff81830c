"""Make an invented company, any size: real provider files, sent through the real intake.

A pay-as-you-go phone lender in Ghana, Kenya and Nigeria. The same arguments make the same company.
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

from paydesk.cli.outcomes import DONE, add_json, say
from paydesk.demo import SEED, SMALL_CUSTOMERS, SMALL_DAYS
from paydesk.kernel.refused import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--customers",
        type=int,
        metavar="N",
        default=SMALL_CUSTOMERS,
        help=f"how many (default {SMALL_CUSTOMERS})",
    )
    parser.add_argument(
        "--days",
        type=int,
        metavar="D",
        default=SMALL_DAYS,
        help=f"days of files before DATE (default {SMALL_DAYS})",
    )
    parser.add_argument(
        "--until",
        type=_day,
        metavar="DATE",
        help="the morning it ends on, like 2026-03-02 (default the latest)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        metavar="S",
        default=SEED,
        help=f"another number, another company (default {SEED})",
    )
    parser.add_argument(
        "--truth", type=Path, metavar="DIR", help="write what was planted and every file into this new folder"
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
    from paydesk.config import environment, running
    from paydesk.config.desk import database, open_desk
    from paydesk.config.empty_database import empty_database

    home = environment.home()
    if args.reset and not os.environ.get("DATABASE_URL") and running.RunLock(home).is_held():
        raise Refused("The desk runs, so its database is not deleted under it. First: ./paydesk down")
    # The database stays up in between: opening it inside is told DATABASE_URL like any other.
    with database(home, say):
        url = os.environ["DATABASE_URL"]
        if args.reset:
            empty_database(url, say)
        with open_desk(say):
            from paydesk.config.database_setup import connected, remember
            from paydesk.config.first_run import LOADING
            from paydesk.demo import latest_morning, sign_ins
            from paydesk.demo.load import is_empty, load_company

            with connected(url) as connection:
                if is_empty():
                    remember(connection, "demo", LOADING)
                made = load_company(
                    customers=args.customers,
                    days=args.days,
                    until=args.until or latest_morning(datetime.now(UTC)),
                    seed=args.seed,
                    truth=args.truth,
                    say=say,
                )
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
