"""Show and set opening hours, holidays, and by when things are due."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from paydesk.cli.outcomes import DONE, WrongUse, add_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", choices=["list", "calendar", "policy"], default="list")
    parser.add_argument("name", nargs="?", help="a market's code or 24x7; the kind of a policy's clocks")
    calendar = parser.add_argument_group("of a calendar; what is not given stays")
    calendar.add_argument(
        "--hours", action="append", metavar="DAYS=SPANS",
        help="all opening hours anew, such as mon-thu=08:00-12:00,13:00-17:00 or sat=22:00-06:00; repeat",
    )  # fmt: skip
    calendar.add_argument("--zone", metavar="ZONE", help="such as Africa/Accra")
    for option, words in (
        ("holiday", "a public holiday"),
        ("closed", "a day that is closed against the rule"),
    ):
        calendar.add_argument(
            f"--{option}", action="append", metavar="DATE=NAME", help=f"add {words}; repeat"
        )
    calendar.add_argument(
        "--open", action="append", metavar="DATE=SPANS", help="add a day with these hours; repeat"
    )
    calendar.add_argument(
        "--ordinary", action="append", metavar="DATE", help="take a day out of all of these; repeat"
    )
    policy = parser.add_argument_group("of a policy; steps, pauses and grace that are not given stay")
    policy.add_argument("--market", default="", metavar="CODE", help="of this market alone")
    target = policy.add_mutually_exclusive_group()
    target.add_argument("--days", type=int, help="due at the end of so many business days")
    target.add_argument("--minutes", type=int, help="due after so many minutes of open time")
    policy.add_argument(
        "--cut-off", metavar="HH:MM", help="when a business day ends, where not at closing time"
    )
    policy.add_argument(
        "--calendar", metavar="NAME", help="24x7 or a market's; market: that of each clock's market"
    )
    policy.add_argument(
        "--step", action="append", metavar="KEY=AT:TO", help="half=50%%:owner or late=+60:TL; repeat"
    )
    policy.add_argument(
        "--pause", action="append", metavar="REASON=MINUTES", help="and the longest it may; repeat"
    )
    policy.add_argument("--grace-hours", type=int, help="how long after its end a clock may be reopened")
    policy.add_argument("--source", default="", help="where the rule comes from")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    from paydesk.config.desk import open_desk

    if args.what != "list" and not args.name:
        raise WrongUse(f"Name the {args.what}; ./paydesk clocks lists them.")
    with open_desk(say):
        from django.utils import timezone

        now = timezone.now()
        if args.what == "calendar":
            _set_calendar(args, now)
        elif args.what == "policy":
            _set_policy(args, now)
        _list(args, now)
    return DONE


def _set_calendar(args: argparse.Namespace, now: datetime) -> None:
    from django.db import transaction

    from paydesk.foundation.clocks.actions import set_calendar
    from paydesk.foundation.clocks.in_force import calendar_named
    from paydesk.kernel.actor import system

    with transaction.atomic():
        was = calendar_named(args.name, now)
    days: dict[str, dict[str, Any]] = {
        "holidays": {**was.holidays, **dict(map(_dated, args.holiday or ()))},
        "closed_days": {**was.closed_days, **dict(map(_dated, args.closed or ()))},
        "open_days": {
            **was.open_days,
            **{day: spans.split(",") for day, spans in map(_dated, args.open or ())},
        },
    }
    for ordinary in args.ordinary or ():
        for kept in days.values():
            kept.pop(_day(ordinary), None)
    hours = _week(args.hours) if args.hours else None
    set_calendar(args.name, hours=hours, zone=args.zone, **days, by=system("command line"), now=now)


def _set_policy(args: argparse.Namespace, now: datetime) -> None:
    from django.db import transaction

    from paydesk.foundation.clocks.actions import set_policy
    from paydesk.foundation.clocks.in_force import policy_and_calendar
    from paydesk.foundation.clocks.kinds import kinds
    from paydesk.foundation.clocks.queries import terms_of
    from paydesk.foundation.clocks.rules import Step, Terms
    from paydesk.kernel.actor import system

    if args.name not in {kind.name for kind in kinds()}:
        raise WrongUse(f"There is no kind {args.name!r}; ./paydesk clocks lists them.")
    with transaction.atomic():
        was = terms_of(policy_and_calendar(args.name, args.market or "24x7", now)[0])
    has_target = args.days is not None or args.minutes is not None
    try:
        steps = tuple(Step(**_step(text)) for text in args.step) if args.step else was.steps
        pauses = (
            {reason: int(most) * 60 for reason, most in map(_pair, args.pause)} if args.pause else was.pauses
        )
        days = args.days if has_target else was.target_days
        cut_off = time.fromisoformat(args.cut_off) if args.cut_off else None if has_target else was.cut_off
        terms = Terms(
            target_seconds=args.minutes * 60 if args.minutes is not None else None if days is not None
            else was.target_seconds,
            target_days=days, cut_off=cut_off, steps=steps, pauses=pauses,
            grace_seconds=was.grace_seconds if args.grace_hours is None else args.grace_hours * 3600,
        )  # fmt: skip
    except ValueError as problem:
        raise WrongUse(str(problem)) from problem
    calendar = "" if args.calendar == "market" else args.calendar
    set_policy(
        args.name, terms, market=args.market, calendar=calendar, source=args.source,
        by=system("command line"), now=now,
    )  # fmt: skip


def _list(args: argparse.Namespace, now: datetime) -> None:
    from django.db import transaction

    from paydesk.foundation.clocks.in_force import calendar_named, policy_and_calendar
    from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK, kinds
    from paydesk.foundation.clocks.queries import calendars, policies, terms_of
    from paydesk.foundation.people.queries import markets_of
    from paydesk.kernel.actor import system

    with transaction.atomic():  # what nobody set yet is made of the defaults, so that it can be seen
        for name in (ROUND_THE_CLOCK, *(market.pk for market in markets_of(system("command line")))):
            calendar_named(name, now)
        for kind in kinds():
            policy_and_calendar(kind.name, ROUND_THE_CLOCK, now)
    if args.json:
        print(
            json.dumps(
                {"calendars": list(map(_fields, calendars())), "policies": list(map(_fields, policies(now)))}
            )
        )
        return
    for row in calendars():
        print(f"{row.name} version {row.version}, {row.zone}: {_hours(row.hours)}")
        today = now.date().isoformat()
        ahead = [f"{day} {name}" for day, name in sorted(row.holidays.items()) if day >= today]
        if ahead:
            print(f"  holidays: {', '.join(ahead[:4])} and {max(len(ahead) - 4, 0)} more ({row.source})")
        for title, days in (("closed", row.closed_days), ("open", row.open_days)):
            if days:
                told = ", ".join(f"{day} {_words(said)}" for day, said in sorted(days.items()))
                print(f"  {title}: {told}")
    for policy in policies(now):
        terms = terms_of(policy)
        where = f"{policy.kind} in {policy.market}" if policy.market else policy.kind
        calendar = policy.calendar or "of the market"
        print(f"{where} version {policy.version}: {terms.words}, calendar {calendar}")
        for step in terms.steps:
            print(f"  {step.key}: {step.words}, to {step.to}")
        for reason, most in terms.pauses.items():
            print(f"  paused while waiting for {reason}, {most // 60} minutes at most")


def _fields(row: Any) -> dict[str, Any]:
    return {
        field.attname: value.isoformat() if isinstance(value, (datetime, time)) else value
        for field in row._meta.fields
        if (value := getattr(row, field.attname)) is not None and field.attname != "id"
    }


def _hours(hours: dict[str, Sequence[str]]) -> str:
    """Days with the same hours together, the week in its order."""
    from paydesk.kernel.business_time import WEEKDAYS

    runs: list[tuple[list[str], str]] = []
    for day in WEEKDAYS:
        said = ",".join(hours.get(day, ()))
        if runs and runs[-1][1] == said:
            runs[-1][0].append(day)
        else:
            runs.append(([day], said))
    return "; ".join(
        f"{days[0]}{f'-{days[-1]}' if len(days) > 1 else ''} {said}" for days, said in runs if said
    )


def _words(said: object) -> str:
    return ",".join(said) if isinstance(said, list) else str(said)


def _week(texts: Sequence[str]) -> dict[str, list[str]]:
    from paydesk.kernel.business_time import WEEKDAYS

    week: dict[str, list[str]] = {}
    for days, spans in map(_pair, texts):
        first, _, last = days.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise WrongUse(f"{days!r} is not a weekday or a run of them, such as mon or mon-fri.")
        for day in WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last or first) + 1]:
            week.setdefault(day, []).extend(spans.split(","))
    return week


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise WrongUse(f"{text!r} is not of the form NAME=VALUE.")
    return name, value


def _dated(text: str) -> tuple[str, str]:
    day, value = _pair(text)
    return _day(day), value


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongUse(f"{text!r} is not a date; write it as 2026-12-24.") from None


def _step(text: str) -> dict[str, Any]:
    key, rest = _pair(text)
    at, _, to = rest.partition(":")
    try:
        number = int(at.removesuffix("%"))
    except ValueError:
        raise WrongUse(
            f"{text!r} is not a step; write half=50%:owner, near=-30:owner or late=+60:TL."
        ) from None
    return {"key": key, "to": to or "owner", "percent" if at.endswith("%") else "minutes": number}
