"""Add a person who signs in, such as the first administrator: person add EMAIL --name NAME --role AD."""

from __future__ import annotations

import argparse
import getpass
import json
import sys

from paydesk.cli.outcomes import DONE, WrongUse, add_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["add"], help="what to do")
    parser.add_argument("email", help="what the person signs in with")
    parser.add_argument("--name", required=True)
    parser.add_argument(
        "--role",
        action="append",
        required=True,
        metavar="CODE",
        help="AN, SU, CO, SD, TL, FC, RK, QA, AU or AD; repeat",
    )
    parser.add_argument(
        "--market", action="append", metavar="CODE", help="such as GH; repeat; without it all markets"
    )
    parser.add_argument("--team", metavar="NAME")
    parser.add_argument(
        "--time-zone", default="UTC", metavar="ZONE", help="such as Africa/Accra; UTC by default"
    )
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from standard input instead of asking for it",
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    from paydesk.config.desk import open_desk

    password = _password(from_stdin=args.password_stdin)
    with open_desk(say):
        from django.utils import timezone

        from paydesk.foundation.people.actions import create_person
        from paydesk.kernel.actor import system

        person = create_person(
            email=args.email,
            name=args.name,
            password=password,
            roles=args.role,
            markets=args.market,
            team=args.team,
            time_zone=args.time_zone,
            by=system("command line"),
            now=timezone.now(),
        )
        if args.json:
            print(json.dumps({"id": person.pk, "email": person.email, "roles": person.role_codes}))
        else:
            print(f"{person.name} can sign in as {person.email} ({', '.join(person.role_codes)}).")
    return DONE


def _password(*, from_stdin: bool) -> str:
    # Never an argument: the list of processes and the shell's history would show it.
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise WrongUse("There is no terminal to ask for the password; give it with --password-stdin.")
    password = getpass.getpass("Password (12 characters or more): ")
    if getpass.getpass("The same again: ") != password:
        raise WrongUse("The two passwords differ; nothing was added.")
    return password
