"""Run a management command of Django as the owner of the tables.

For example `./paydesk manage makemigrations people`.
"""

from __future__ import annotations

import argparse

from paydesk.cli.outcomes import DONE, WrongUse, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs=argparse.REMAINDER, help="the command and its arguments")


def run(args: argparse.Namespace) -> int:
    from paydesk.config.desk import open_desk

    if not args.words:
        raise WrongUse("Name the command of Django, e.g. ./paydesk manage showmigrations")
    with open_desk(say, as_owner=True, migrated=False):
        from django.core.management import execute_from_command_line

        execute_from_command_line(["paydesk manage", *args.words])
    return DONE
