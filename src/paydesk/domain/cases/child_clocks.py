"""The clocks of a case that was split off: as its parent's, or from another start that has a reason.

A part of verbs; nothing is saved here but clocks.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import Case
from paydesk.foundation.clocks.inherited import due_if_started, inherit_clocks
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.queries import OPEN
from paydesk.foundation.clocks.steps import check_reason, end_as, locked_clock, start_clocks
from paydesk.foundation.due_times.steps import ask_for_due
from paydesk.kernel.actor import Actor


def start_child_clocks(
    parent: Case,
    child: Case,
    starts_at: datetime | None,
    reason: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Start what the child promises: the whole of it, an answer where one is waited for, the deadlines.

    Where the parent waits for no answer any more, its clock goes on as the child's. Raises ClockRefused
    where another start has no reason.
    """
    runs = set(_open_of(parent.pk).values_list("kind", flat=True))
    kept = {clocks.PERIODIC} & runs
    kept |= {clocks.COMPLAINT} if parent.is_complaint else set()
    starts = dict.fromkeys(clocks.WHOLE, starts_at or parent.opened_at)
    starts |= dict.fromkeys(kept, parent.opened_at)
    answer = clocks.FIRST if clocks.FIRST in runs else clocks.NEXT
    if child.unanswered_since is not None:
        starts[answer] = starts_at or child.unanswered_since
    if starts_at is not None:
        check_reason(reason)
    as_parents = kept if starts_at is not None else set(starts) - {clocks.NEXT}
    inherited = inherit_clocks(as_parents, clocks.SUBJECT, parent.pk, child.pk, at=now)
    for kind in sorted(set(starts) - inherited):
        start_clocks(kind, clocks.SUBJECT, {child.pk: starts[kind]}, market=child.market, now=now)
    if starts_at is not None and clocks.COMPLAINT in kept:
        _ask_for_another_due(child, starts_at, reason, by, now)
    if child.unanswered_since is not None and parent.unanswered_since is None:
        for clock in _open_of(child.pk).filter(kind=answer):
            end_as("merged", answer, clocks.SUBJECT, [parent.pk], at=now, why="", into=clock.pk)


def _open_of(case_id: int) -> QuerySet[Clock]:
    return Clock.objects.filter(OPEN, subject_kind=clocks.SUBJECT, subject_id=case_id)


def _ask_for_another_due(child: Case, starts_at: datetime, reason: str, by: Actor, now: datetime) -> None:
    """A deadline that comes from outside moves only once a second person says so."""
    clock = locked_clock(_open_of(child.pk).values_list("pk", flat=True).get(kind=clocks.COMPLAINT))
    due_at = due_if_started(clock, starts_at)
    if due_at > now and due_at != clock.due_at:
        ask_for_due(clock, due_at, right=clocks.RIGHT, reason=reason, by=by, now=now)
