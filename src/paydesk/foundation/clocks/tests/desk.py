"""A kind of clock for tests, and short ways to start and look at clocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import transaction

from paydesk.foundation.clocks import kinds, steps
from paydesk.foundation.clocks.kinds import Kind
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.queries import pauses_of
from paydesk.foundation.clocks.rules import Step, Terms
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor, system

HOUR = 3600
ADMINISTRATOR = Actor("person", 900_002, "Administrator", rights_of(["AD"]), None)
LEAD = Actor("person", 900_003, "Lead", rights_of(["TL"]), frozenset({"GH"}))
WORKER = system("tests")
ANSWER = Kind(
    "answer",
    "Answer",
    right="payments:view",
    source="a test",
    terms=Terms(
        target_seconds=8 * HOUR,
        pauses={"customer": 5 * 9 * HOUR, "closed": HOUR},
        steps=(
            Step("half", "owner", percent=50),
            Step("due", "TL", minutes=0),
            Step("late", "FC", minutes=60),
        ),
    ),
)
OUTSIDE = Kind(
    "outside", "Deadline", right="payments:view", source="a test", terms=Terms(target_days=3), due_by_two=True
)


@contextmanager
def kinds_of_tests() -> Iterator[None]:
    kinds.declare(ANSWER)
    kinds.declare(OUTSIDE)
    try:
        yield
    finally:
        kinds.forget("answer")
        kinds.forget("outside")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MONDAY = at("2026-03-02 08:00")  # no holiday in Ghana; its offices are open from 08:00 to 17:00 UTC


def start(number: int = 1, when: datetime = MONDAY, kind: str = "answer", market: str = "GH") -> Clock:
    with transaction.atomic():
        steps.start_clocks(kind, "thing", {number: when}, market=market, now=when)
    return the(number, kind)


def the(number: int = 1, kind: str = "answer") -> Clock:
    found = Clock.objects.select_related("policy", "calendar").filter(subject_kind="thing", subject_id=number)
    return found.filter(kind=kind).latest("id")


def planned_again(clock: Clock) -> datetime:
    """The due time from nothing but the start, target, calendar and pauses that are stored."""
    from paydesk.foundation.clocks.queries import calendar_of, terms_of
    from paydesk.foundation.clocks.rules import due_of, target_of

    calendar = calendar_of(clock.calendar)
    target = target_of(terms_of(clock.policy), calendar, clock.start_at)
    return due_of(calendar, clock.start_at, target, pauses_of([clock.pk]).get(clock.pk, []))
