"""Add a person who signs in, such as the first administrator, or reset the second factor of one.

person add EMAIL --name NAME --role AD; person reset EMAIL --reason WHY, for one who is locked out.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys

from paydesk.cli.outcomes import DONE, WrongUse, add_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["add", "reset"], help="add somebody, or reset a second factor")
    parser.add_argument("email", help="what the person signs in with")
    parser.add_argument("--name")
    parser.add_argument(
        "--role",
        action="append",
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
    parser.add_argument("--reason", metavar="WHY", help="for reset: how it is known who asks")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    from paydesk.config.desk import open_desk

    if args.what == "reset":
        return _reset(args)
    if not args.name or not args.role:
        raise WrongUse("Give a --name and at least one --role; `paydesk person --help` lists them.")
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


def _reset(args: argparse.Namespace) -> int:
    from paydesk.config.desk import open_desk

    if not args.reason:
        raise WrongUse("Say with --reason how it is known who asks; `paydesk person --help` tells more.")
    with open_desk(say):
        from django.utils import timezone

        from paydesk.foundation.people.actions import reset_second_factor
        from paydesk.foundation.people.queries import person_by_email
        from paydesk.kernel.actor import system
        from paydesk.kernel.refused import Refused

        person = person_by_email(args.email)
        if person is None:
            raise Refused(f"Nobody signs in as {args.email}.", code="person.unknown")
        now = timezone.now()
        reset_second_factor(person.pk, reason=args.reason, by=system("command line"), now=now)
        if args.json:
            print(json.dumps({"id": person.pk, "email": person.email}))
        else:
            print(f"{person.name} sets up a new second factor at the next sign-in.")
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
