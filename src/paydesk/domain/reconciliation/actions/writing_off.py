"""A small difference written off within limits by two people; what they booked taken back by two."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.reconciliation.differences import (
    book_difference,
    match_of_difference,
    unbook_difference,
)
from paydesk.domain.reconciliation.held import ExceptionRefused, locked, record, reopen_held, said_why
from paydesk.domain.reconciliation.limits import small_enough
from paydesk.domain.reconciliation.models import ReconciliationException
from paydesk.domain.reconciliation.queries import code
from paydesk.domain.reconciliation.states import TAKE_BACK, WRITE_OFF
from paydesk.domain.reconciliation.steps import SUBJECT, resolve
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

SMALL, OUTSIDE = "matching.write_off_small", "matching.outside_tolerance"
BOOKED = ("fee", "fx", "rounding", "written_off")


@transaction.atomic(durable=True)
def request_exception_write_off(
    exception_id: int, *, reason: str, version: int | None = None, by: Actor, now: datetime
) -> Approval:
    """Ask a second person to write a small difference off (5060): what the provider has less, or the
    difference of a pair. What the provider has more without a row of ours is somebody's money and is posted.

    Raises ExceptionRefused above the limit of the currency or of the day, ExceptionChangedRefused.
    """
    found = locked(exception_id, version, by, right=SMALL)
    difference = small_enough(found, now)
    said = said_why(reason)
    payload = {"version": found.version, "difference_minor": difference.amount_minor}
    approval = approvals.ask(
        WRITE_OFF, subject=(SUBJECT, found.pk), market=found.market, right=SMALL, payload=payload,
        amount=Money(abs(difference.amount_minor), difference.currency), note=said, by=by, now=now,
    )  # fmt: skip
    record("exception.write_off_asked", found, by, now, note=said, approval_id=approval.pk, **payload)
    return approval


@transaction.atomic(durable=True)
def approve_exception_write_off(
    approval_id: int, *, by: Actor, now: datetime, note: str = ""
) -> ReconciliationException:
    """The second person says yes: posted against small differences, its rows locked against rules."""
    approval = approvals.decide(approval_id, WRITE_OFF, by=by, now=now, note=note)
    found = locked(approval.subject_id, approval.payload["version"], by, right="")
    difference = small_enough(found, now)
    match = book_difference(found, difference, "5060", "small", made_by=approval.asked_by, by=by, now=now)
    was = found.state
    resolve(found, "written_off", approval.note, by.label, now)
    record(
        "exception.written_off", found, by, now, state=[was, found.state], entry_id=match.entry_id,
        difference_minor=difference.amount_minor, match_id=match.pk,
    )  # fmt: skip
    return found


@transaction.atomic(durable=True)
def request_take_back(
    exception_id: int, *, reason: str, version: int | None = None, by: Actor, now: datetime
) -> Approval:
    """Ask a second person to take an adjustment or a writing off back. Raises ExceptionRefused."""
    found = locked(exception_id, version, by, right=OUTSIDE)
    booked = _booked(found)
    said = said_why(reason)
    approval = approvals.ask(
        TAKE_BACK, subject=(SUBJECT, found.pk), market=found.market, right=OUTSIDE,
        payload={"version": found.version, "difference_minor": -booked.amount_minor},
        reasons=[f"{code(found)}: what two people booked is taken back."],
        amount=Money(abs(booked.amount_minor), booked.currency), note=said, by=by, now=now,
    )  # fmt: skip
    record("exception.take_back_asked", found, by, now, note=said, approval_id=approval.pk)
    return approval


@transaction.atomic(durable=True)
def approve_take_back(
    approval_id: int, *, by: Actor, now: datetime, note: str = ""
) -> ReconciliationException:
    """The second person says yes: the opposite is posted, the match is apart, the exception open again."""
    approval = approvals.decide(approval_id, TAKE_BACK, by=by, now=now, note=note)
    found = locked(approval.subject_id, approval.payload["version"], by, right="")
    _booked(found)
    match = match_of_difference(found)
    assert match is not None, "what was booked has its match"
    entry_id = unbook_difference(found, match, by=by, now=now)
    was = found.state
    reopen_held(found, now)
    record(
        "exception.taken_back", found, by, now, note=approval.note, state=[was, found.state],
        entry_id=entry_id, match_id=match.pk,
    )  # fmt: skip
    return found


def _booked(found: ReconciliationException) -> Money:
    match = match_of_difference(found) if found.resolution in BOOKED else None
    if match is None:
        raise ExceptionRefused("Nothing was booked for this exception that could be taken back.")
    return Money(match.residual_minor, match.currency)
