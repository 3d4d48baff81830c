"""What a new version of a calendar or policy would move, told before it is made.

Nothing is worked out apart: the version is made, the running clocks are looked at, and all of it is taken
back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from inspect import unwrap
from typing import Any

from django.db import transaction

from paydesk.foundation.clocks.actions import set_calendar, set_policy
from paydesk.foundation.clocks.kinds import kind_named
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.queries import OPEN
from paydesk.foundation.clocks.rules import Terms
from paydesk.kernel.actor import Actor

MOST_NAMED = 25


@dataclass(frozen=True, slots=True)
class Move:
    """One running clock that would be due at another time."""

    clock_id: int
    words: str
    market: str
    subject: tuple[str, int]
    was_due_at: datetime
    due_at: datetime
    is_late: bool


@dataclass(frozen=True, slots=True)
class Moves:
    """What would become of the clocks that run: how many are due sooner or later, and how many late at once.

    `named` are those that move the furthest, up to MOST_NAMED of `moved`.
    """

    running: int
    sooner: int
    later: int
    late: int
    named: list[Move]

    @property
    def moved(self) -> int:
        return self.sooner + self.later


class _TakenBack(Exception):
    pass


def calendar_moves(name: str, *, by: Actor, now: datetime, **said: Any) -> Moves:
    """What `set_calendar` would move; `said` as it takes it. Raises what the verb raises."""
    return _moves(lambda: unwrap(set_calendar)(name, by=by, now=now, **said), now)


def policy_moves(kind: str, terms: Terms, *, by: Actor, now: datetime, **said: Any) -> Moves:
    """What `set_policy` would move; `said` as it takes it. Raises what the verb raises."""
    return _moves(lambda: unwrap(set_policy)(kind, terms, by=by, now=now, **said), now)


def _moves(change: Callable[[], object], now: datetime) -> Moves:
    after: dict[int, datetime] = {}
    running = Clock.objects.filter(OPEN, breached_at__isnull=True, due_at__gte=now)
    try:
        with transaction.atomic():
            before = dict(running.values_list("pk", "due_at"))
            change()
            after = dict(Clock.objects.filter(pk__in=list(before)).values_list("pk", "due_at"))
            raise _TakenBack
    except _TakenBack:
        pass
    moved = {pk: due for pk, due in after.items() if due != before[pk]}
    furthest = sorted(moved, key=lambda pk: (-abs(moved[pk] - before[pk]), pk))[:MOST_NAMED]
    clocks = Clock.objects.in_bulk(furthest)
    return Moves(
        running=len(before),
        sooner=sum(due < before[pk] for pk, due in moved.items()),
        later=sum(due > before[pk] for pk, due in moved.items()),
        late=sum(due < now for due in moved.values()),
        named=[
            Move(
                pk,
                kind_named(clocks[pk].kind).words,
                clocks[pk].market,
                (clocks[pk].subject_kind, clocks[pk].subject_id),
                before[pk],
                moved[pk],
                moved[pk] < now,
            )
            for pk in furthest
        ],
    )
