"""A payment of a case is contested with a scheme: by when we answer, which never pauses, and that we did."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction

from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.states import OPEN
from paydesk.domain.cases.steps import CaseRefused, keep, locked, record
from paydesk.foundation.clocks.in_force import calendar_named
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.queries import calendar_of
from paydesk.foundation.clocks.rules import business_days_before
from paydesk.foundation.clocks.steps import (
    give_due,
    locked_clock,
    meet_clocks,
    start_clocks,
)
from paydesk.kernel.actor import Actor

ANSWER = "disputes.answer"
DAYS_IN_HAND = 2  # business days that our own deadline lies before the scheme's last day


@transaction.atomic(durable=True)
def note_dispute(case_id: int, *, answer_by: date, by: Actor, now: datetime) -> Case:
    """A scheme wants our answer by the end of a day: ours is due two business days before, if that is ahead.

    Raises CaseRefused for a day that is past, and where a deadline runs: two people change it, at its clock.
    """
    case = locked(case_id, by)
    by.needs(ANSWER, market=case.market)
    if case.state not in OPEN:
        raise CaseRefused(f"This case is {case.state}: open it again first.")
    calendar = calendar_of(calendar_named(case.market, now))
    last = datetime.combine(answer_by, time(23, 59), calendar.time_zone)
    if last <= now:
        raise CaseRefused("This day is past: a scheme that gave no more time has decided by now.")
    own = business_days_before(calendar, answer_by, DAYS_IN_HAND)
    due_at = own if own is not None and own > now else last
    if not start_clocks(clocks.DISPUTE, clocks.SUBJECT, {case.pk: now}, market=case.market, now=now):
        raise CaseRefused("Its deadline runs already: ask for another due time on the page of its clock.")
    clock = Clock.objects.get(
        subject_kind=clocks.SUBJECT, subject_id=case.pk, kind=clocks.DISPUTE, ended_as=""
    )
    give_due(locked_clock(clock.pk), due_at, now)
    keep(case)
    record("case.disputed", case, by, now, answer_by=answer_by.isoformat(), due_at=due_at.isoformat())
    return case


@transaction.atomic(durable=True)
def answer_dispute(case_id: int, *, by: Actor, now: datetime) -> Case:
    """The scheme has our answer. Raises CaseRefused where none is waited for."""
    case = locked(case_id, by)
    by.needs(ANSWER, market=case.market)
    if not meet_clocks(clocks.DISPUTE, clocks.SUBJECT, [case.pk], at=now):
        raise CaseRefused("No answer to a scheme is due in this case.")
    keep(case)
    record("case.dispute_answered", case, by, now)
    return case
