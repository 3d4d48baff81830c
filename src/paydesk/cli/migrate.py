"""Bring the tables of the database up to date, as their owner.

`up` does this by itself; the command is for databases that are looked after by hand.
"""

from __future__ import annotations

import argparse
import os
import sys

from paydesk.cli.outcomes import DONE, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # nothing to choose


def run(args: argparse.Namespace) -> int:
    del args
    from paydesk.config.database_setup import MIGRATING, connected, migrations_stamp, remember
    from paydesk.config.desk import open_desk

    with open_desk(say, as_owner=True, migrated=False), connected(os.environ["DATABASE_URL"]) as connection:
        from django.core.management import call_command

        connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATING,))
        stamp = migrations_stamp()  # before: a file added meanwhile is pending afterwards
        call_command("migrate", interactive=False, stdout=sys.stderr, verbosity=1)
        remember(connection, "migrations", stamp)
    return DONE
