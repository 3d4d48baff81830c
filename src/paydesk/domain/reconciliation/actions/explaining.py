"""What a person does about one exception: wait, ask the provider, adjust, say how it was solved."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from paydesk.domain.ledger.steps import Entry, Leg, post_entries
from paydesk.domain.reconciliation import rules
from paydesk.domain.reconciliation.models import Match, ReconciliationException
from paydesk.domain.reconciliation.queries import code
from paydesk.domain.reconciliation.states import ADJUST, EXCEPTION, RESOLUTIONS
from paydesk.domain.reconciliation.steps import (
    SUBJECT,
    add_members,
    match_identity,
    open_again,
    resolve,
    start_clock,
)
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import ChangedRefused, Refused

RIGHT, OUTSIDE = "matching.confirm", "matching.outside_tolerance"
# What a difference may be adjusted as, and the account it goes to.
ADJUSTMENTS = {"fee": "5010", "fx": "5050", "rounding": "5060"}
BY_WORDS = ("chased", "error_in_file", "done_elsewhere")


class ExceptionRefused(Refused):
    """This cannot be done with this exception."""

    code = "exception.refused"


class ExceptionChangedRefused(ChangedRefused):
    """Somebody else was quicker."""

    code = "exception.changed"


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
    found = _locked(exception_id, version, by)
    if why := rules.why_no_wait(until, today=_today(found, now)):
        raise ExceptionRefused(why)
    said = _said(reason)
    found.state = EXCEPTION.after("wait", found.state)
    found.waits_for, found.waits_until, found.reason = what, until, said
    found.version += 1
    found.save()
    _record(
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
    found = _locked(exception_id, version, by)
    was, said = found.state, _said(reason)
    resolve(found, how, said, by.label, now)
    _record("exception.resolved", found, by, now, note=said, state=[was, found.state], resolution=how)
    return found


@transaction.atomic(durable=True)
def reopen_exception(
    exception_id: int, *, reason: str, version: int | None = None, by: Actor, now: datetime
) -> ReconciliationException:
    """Open again what was resolved in words; what a match or a posting resolved is taken back there."""
    found = _locked(exception_id, version, by)
    if found.state == "resolved" and found.resolution not in (*BY_WORDS, "timing"):
        raise ExceptionRefused(
            f"It was resolved by an act ({RESOLUTIONS[found.resolution].lower()}): take that back instead."
        )
    was = found.state
    said = _said(reason)
    _reopen(found, now)
    _record("exception.reopened", found, by, now, note=said, state=[was, found.state])
    return found


@transaction.atomic(durable=True)
def end_waiting(exception_id: int, *, by: Actor, now: datetime) -> ReconciliationException:
    """The day something waited for has come, and it is not there: open again."""
    found = ReconciliationException.objects.select_for_update().get(pk=exception_id)
    if found.state != "pending":
        return found
    was_for, until = found.waits_for, found.waits_until
    _reopen(found, now)
    _record(
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
    found = _locked(exception_id, version, by, right=OUTSIDE)
    difference = _difference(found, adjust_as)
    said = _said(reason)
    payload = {"version": found.version, "adjust_as": adjust_as, "difference_minor": difference.amount_minor}
    approval = approvals.ask(
        ADJUST, subject=(SUBJECT, found.pk), market=found.market, right=OUTSIDE, payload=payload,
        reasons=[f"{code(found)}: {rules.CLASSES[found.kind].lower()}."],
        amount=Money(abs(difference.amount_minor), difference.currency), note=said, by=by, now=now,
    )  # fmt: skip
    _record("exception.adjustment_asked", found, by, now, note=said, approval_id=approval.pk, **payload)
    return approval


@transaction.atomic(durable=True)
def approve_adjustment(
    approval_id: int, *, by: Actor, now: datetime, note: str = ""
) -> ReconciliationException:
    """The second person says yes: the difference is posted, both rows are a match locked against rules."""
    approval = approvals.decide(approval_id, ADJUST, by=by, now=now, note=note)
    found = _locked(approval.subject_id, approval.payload["version"], by, right="")
    adjust_as = approval.payload["adjust_as"]
    difference = _difference(found, adjust_as)
    account = found.source_account
    counter = ADJUSTMENTS[adjust_as]
    key = account.pk if counter == "5010" else 0
    day = _today(found, now)
    (entry_id,) = post_entries(
        [
            Entry(
                f"reconciliation.{adjust_as}", found.market, day, found.day, SUBJECT, found.pk,
                f"adjusted:{found.pk}:{found.version}",
                (
                    Leg(account.ledger_code, account.pk, difference.amount_minor, difference.currency),
                    Leg(counter, key, -difference.amount_minor, difference.currency),
                ),
            )
        ],
        by=by,
        at=now,
    )  # fmt: skip
    members = {
        ("left", found.left_key): (found.left.get("amount_minor") or 0, found.left),
        ("right", found.right_key): (found.right.get("amount_minor") or 0, found.right),
    }
    match = Match.objects.create(
        market=found.market, source_account=account, day=found.day, state="confirmed", kind="1:1",
        identity=match_identity(members), rule="by_hand", why=found.why,
        residual_minor=difference.amount_minor, residual_as=adjust_as, entry_id=abs(entry_id),
        currency=found.currency, run=found.last_run, made_by=approval.asked_by, made_at=now,
        decided_by=by.label, decided_at=now,
    )  # fmt: skip
    add_members(match, members)
    was = found.state
    resolve(found, adjust_as, approval.note, by.label, now)
    _record(
        "exception.adjusted", found, by, now, state=[was, found.state], entry_id=abs(entry_id),
        difference_minor=difference.amount_minor, match_id=match.pk,
    )  # fmt: skip
    return found


def _difference(found: ReconciliationException, adjust_as: str) -> Money:
    """What the ledger has to move by to say what the provider says."""
    if adjust_as not in ADJUSTMENTS:
        raise ExceptionRefused("Choose what the difference is: a fee, an exchange difference or rounding.")
    if not (found.left_key and found.right_key) or found.kind not in ("amount_mismatch", "fee_variance"):
        raise ExceptionRefused("Only the difference of two rows that name one payment can be adjusted.")
    left, right = (
        int(side.get("amount_minor") or 0) - int(side.get("fee_minor") or 0)
        for side in (found.left, found.right)
    )
    if left == right:
        raise ExceptionRefused("Both rows moved the same: there is nothing to adjust.")
    return Money(right - left, found.currency)


def _reopen(found: ReconciliationException, now: datetime) -> None:
    if found.state == "pending":
        found.state = EXCEPTION.after("resume", found.state)
        found.waits_for, found.waits_until, found.reason = "", None, ""
        found.version += 1
    else:
        open_again(found)
        start_clock(found, now)
    found.save()


def _locked(exception_id: int, version: int | None, by: Actor, right: str = RIGHT) -> ReconciliationException:
    found = (
        ReconciliationException.objects.select_for_update(of=["self"])
        .select_related("source_account", "last_run", "payment")
        .get(pk=exception_id)
    )
    if right:
        by.needs(right, market=found.market)
    if version is not None and version != found.version:
        raise ExceptionChangedRefused("Somebody changed this exception meanwhile. Look again before you act.")
    if found.payment_id and found.payment is not None:
        approvals.refuse_if_related(by, "customer", [found.payment.customer_id])
    return found


def _today(found: ReconciliationException, now: datetime) -> date:
    return now.astimezone(ZoneInfo(found.source_account.time_zone)).date()


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise ExceptionRefused("Say why, in a few words: the reason is kept with the exception.")
    return said[:500]


def _record(
    verb: str, found: ReconciliationException, by: Actor, now: datetime, note: str = "", **changes: object
) -> None:
    audit.record(
        verb, subject=(SUBJECT, found.pk), by=by, at=now, changes=changes, market=found.market, note=note
    )
