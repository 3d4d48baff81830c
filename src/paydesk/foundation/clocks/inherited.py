"""What was split off a thing has clocks like it: of the same start and versions, less what stood still."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.models import Clock, ClockPause
from paydesk.foundation.clocks.queries import OPEN, calendar_of, terms_of
from paydesk.foundation.clocks.steps import replan


def inherit_clocks(
    kinds: Collection[str], subject_kind: str, parent_id: int, child_id: int, *, at: datetime
) -> set[str]:
    """Start the open clocks of these kinds on the child as they run on its parent; returns these kinds.

    A pause that goes on ends for the child. Its steps are its own: what is past is told again.
    """
    assert connection.in_atomic_block, "a clock starts in the transaction of its verb"
    found = Clock.objects.filter(OPEN, subject_kind=subject_kind, subject_id=parent_id, kind__in=list(kinds))
    made = []
    for clock in found.select_related("policy", "calendar").order_by("id"):
        child = Clock.objects.create(
            kind=clock.kind, subject_kind=subject_kind, subject_id=child_id, market=clock.market,
            policy=clock.policy, calendar=clock.calendar, start_at=clock.start_at,
            own_start_at=clock.start_at, target_seconds=clock.target_seconds, due_at=clock.due_at,
            due_by_hand=clock.due_by_hand,
        )  # fmt: skip
        ClockPause.objects.bulk_create(
            ClockPause(
                clock=child, reason=pause.reason, at=pause.at, until=pause.until or min(pause.ends_by, at),
                ends_by=pause.ends_by, paused_by=pause.paused_by, note=pause.note,
            )
            for pause in clock.pauses.order_by("at")
        )  # fmt: skip
        made.append(child)
    replan(made)
    return {clock.kind for clock in made}


def due_if_started(clock: Clock, start: datetime) -> datetime:
    """When this clock would be due, by its own versions, had it started then and never stood still."""
    calendar = calendar_of(clock.calendar)
    return calendar.deadline(start, rules.target_of(terms_of(clock.policy), calendar, start))
