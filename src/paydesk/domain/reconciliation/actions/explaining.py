"""What a person does about one exception: wait, ask the provider, adjust, say how it was solved."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from paydesk.domain.reconciliation import rules
from paydesk.domain.reconciliation.differences import book_difference, difference_of
from paydesk.domain.reconciliation.held import (
    ExceptionRefused,
    locked,
    record,
    reopen_held,
    said_why,
    today_of,
)
from paydesk.domain.reconciliation.models import ReconciliationException
from paydesk.domain.reconciliation.queries import code
from paydesk.domain.reconciliation.states import ADJUST, EXCEPTION, RESOLUTIONS
from paydesk.domain.reconciliation.steps import (
    SUBJECT,
    resolve,
)
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

OUTSIDE = "matching.outside_tolerance"
# What a difference may be adjusted as, and the account it goes to.
ADJUSTMENTS = {"fee": "5010", "fx": "5050", "rounding": "5060"}
BY_WORDS = ("chased", "error_in_file", "done_elsewhere")


@transaction.atomic(durable=True)
def accept_timing(
    exception_id: int, *, until: date, reason: str, version: int | None = None, by: Actor, now: datetime
) -> ReconciliationException:
    """Accept that a row comes later. It is looked for by every run; on that day it opens again by itself.

    Raises ExceptionRefused, ExceptionChangedRefused.
    """
    return _wait(exception_id, "timing", until, reason, version, by, now)


@transaction.atomic(durable=True)
def ask_provider(
    exception_id: int, *, until: date, reason: str, version: int | None = None, by: Actor, now: datetime
) -> ReconciliationException:
    """Note that the provider was asked, and until when it should have answered; the clock goes on.

    Raises ExceptionRefused, ExceptionChangedRefused.
    """
    return _wait(exception_id, "provider", until, reason, version, by, now)


def _wait(
    exception_id: int, what: str, until: date, reason: str, version: int | None, by: Actor, now: datetime
) -> ReconciliationException:
    found = locked(exception_id, version, by)
    if why := rules.why_no_wait(until, today=today_of(found, now)):
        raise ExceptionRefused(why)
    said = said_why(reason)
    found.state = EXCEPTION.after("wait", found.state)
    found.waits_for, found.waits_until, found.reason = what, until, said
    found.version += 1
    found.save()
    record(
        "exception.waits", found, by, now, note=said, state=["open", found.state], waits_for=what,
        until=until.isoformat(),
    )  # fmt: skip
    return found


@transaction.atomic(durable=True)
def resolve_exception(
    exception_id: int, *, how: str, reason: str, version: int | None = None, by: Actor, now: datetime
) -> ReconciliationException:
    """Say in words how it was solved: the provider answered, its file was wrong, another act put it right.

    Moves no money. Raises ExceptionRefused, ExceptionChangedRefused.
    """
    if how not in BY_WORDS:
        raise ExceptionRefused("Choose how it was solved from the list.")
    found = locked(exception_id, version, by)
    was, said = found.state, said_why(reason)
    resolve(found, how, said, by.label, now)
    record("exception.resolved", found, by, now, note=said, state=[was, found.state], resolution=how)
    return found


@transaction.atomic(durable=True)
def reopen_exception(
    exception_id: int, *, reason: str, version: int | None = None, by: Actor, now: datetime
) -> ReconciliationException:
    """Open again what was resolved in words; what a match or a posting resolved is taken back there."""
    found = locked(exception_id, version, by)
    if found.state == "resolved" and found.resolution not in (*BY_WORDS, "timing"):
        raise ExceptionRefused(
            f"It was resolved by an act ({RESOLUTIONS[found.resolution].lower()}): take that back instead."
        )
    was = found.state
    said = said_why(reason)
    reopen_held(found, now)
    record("exception.reopened", found, by, now, note=said, state=[was, found.state])
    return found


@transaction.atomic(durable=True)
def end_waiting(exception_id: int, *, by: Actor, now: datetime) -> ReconciliationException:
    """The day something waited for has come, and it is not there: open again."""
    found = ReconciliationException.objects.select_for_update().get(pk=exception_id)
    if found.state != "pending":
        return found
    was_for, until = found.waits_for, found.waits_until
    reopen_held(found, now)
    record(
        "exception.waited_in_vain", found, by, now, state=["pending", found.state], waits_for=was_for,
        until=until.isoformat() if until else None,
    )  # fmt: skip
    return found


@transaction.atomic(durable=True)
def request_adjustment(
    exception_id: int, *, adjust_as: str, reason: str, version: int | None = None, by: Actor, now: datetime
) -> Approval:
    """Ask a second person to book the difference of a pair as a fee, an exchange difference or rounding.

    Afterwards the ledger says what the provider says. Raises ExceptionRefused, ExceptionChangedRefused.
    """
    found = locked(exception_id, version, by, right=OUTSIDE)
    difference = _adjustable(found, adjust_as)
    said = said_why(reason)
    payload = {"version": found.version, "adjust_as": adjust_as, "difference_minor": difference.amount_minor}
    approval = approvals.ask(
        ADJUST, subject=(SUBJECT, found.pk), market=found.market, right=OUTSIDE, payload=payload,
        reasons=[f"{code(found)}: {rules.CLASSES[found.kind].lower()}."],
        amount=Money(abs(difference.amount_minor), difference.currency), note=said, by=by, now=now,
    )  # fmt: skip
    record("exception.adjustment_asked", found, by, now, note=said, approval_id=approval.pk, **payload)
    return approval


@transaction.atomic(durable=True)
def approve_adjustment(
    approval_id: int, *, by: Actor, now: datetime, note: str = ""
) -> ReconciliationException:
    """The second person says yes: the difference is posted, both rows are a match locked against rules."""
    approval = approvals.decide(approval_id, ADJUST, by=by, now=now, note=note)
    found = locked(approval.subject_id, approval.payload["version"], by, right="")
    adjust_as = approval.payload["adjust_as"]
    difference = _adjustable(found, adjust_as)
    match = book_difference(
        found, difference, ADJUSTMENTS[adjust_as], adjust_as, made_by=approval.asked_by, by=by, now=now
    )
    was = found.state
    resolve(found, adjust_as, approval.note, by.label, now)
    record(
        "exception.adjusted", found, by, now, state=[was, found.state], entry_id=match.entry_id,
        difference_minor=difference.amount_minor, match_id=match.pk,
    )  # fmt: skip
    return found


def _adjustable(found: ReconciliationException, adjust_as: str) -> Money:
    """What the ledger has to move by to say what the provider says."""
    if adjust_as not in ADJUSTMENTS:
        raise ExceptionRefused("Choose what the difference is: a fee, an exchange difference or rounding.")
    return difference_of(found)
