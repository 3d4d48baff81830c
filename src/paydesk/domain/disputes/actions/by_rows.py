"""Rows of a provider that debit or credit a contested payment, or take a fee: the only money of a dispute.

The row itself is booked when it is read. A chargeback that names its payment was taken off that: here it
stands on 1300 instead, so that the customer keeps what they paid for until it is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction

from paydesk.domain.cases.steps import link_along
from paydesk.domain.disputes import queries
from paydesk.domain.disputes.actions.opening import open_on
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.disputes.queries import FEE, MOVED
from paydesk.domain.disputes.states import OPEN
from paydesk.domain.disputes.steps import CONTESTED, SUBJECT, keep, locked, lose_if_debited, record
from paydesk.domain.ledger.steps import Leg
from paydesk.domain.payments.explained_rows import ExplanationRefused, check_open, explain, locked_row
from paydesk.domain.payments.models import ReversalRow
from paydesk.domain.payments.steps import call
from paydesk.domain.payments.steps import locked as locked_payment
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

FEES = "5040"


def settle_row(row_id: int, *, by: Actor, now: datetime) -> Dispute | None:
    """Find or open the dispute of a chargeback row; None where nobody can tell by the row alone.

    A row that names a dispute of ours is of that. One that took a payment back is of that payment's dispute,
    which is opened where there is none: its notice is to be recorded then.
    """
    with transaction.atomic(durable=True):
        row = locked_row(row_id)
        if row.kind != "chargeback" or row.state in ("explained", "withdrawn") or row.reason == "taken_apart":
            return None
        named = queries.named_in(row.keys, row.source_account_id)
        if len(named) == 1:
            dispute: Dispute | None = _locked(named[0].pk)
        elif row.payment_id is not None:
            dispute = _of_payment(row, by, now)
        else:
            return None
        if dispute is None or _problem(dispute, row, MOVED):
            return None
        _book(dispute, row, MOVED, by, now)
        return dispute


def _of_payment(row: ReversalRow, by: Actor, now: datetime) -> Dispute | None:
    """The dispute of the payment that a row took back: the open one, else the last, else a new one."""
    assert row.payment_id is not None
    known = list(queries.disputes_of_payments([row.payment_id]))
    if known:
        return _locked(next((each for each in known if each.state in OPEN), known[0]).pk)
    payment = locked_payment(row.payment_id)
    dispute = open_on(payment, min(row.amount_minor, payment.amount_minor), "", by=by, now=now)
    link_along(("payment", payment.pk), (SUBJECT, dispute.pk), by=by, at=now)
    record("dispute.opened", dispute, by, now, payment_id=payment.pk, state=dispute.state, row_id=row.pk)
    return dispute


@transaction.atomic(durable=True)
def match_row(
    dispute_id: int,
    row_id: int,
    *,
    is_fee: bool = False,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Dispute:
    """A person says that an open row moved money because of this dispute, or is a fee for it.

    Raises ExplanationRefused.
    """
    row = locked_row(row_id)
    dispute = locked(dispute_id, by, version=version)
    check_open(row)
    explained_as = FEE if is_fee else MOVED
    if problem := _problem(dispute, row, explained_as):
        raise ExplanationRefused(problem)
    _book(dispute, row, explained_as, by, now)
    return dispute


def _problem(dispute: Dispute, row: ReversalRow, explained_as: str) -> str:
    """Why this row cannot be of this dispute, "" where it can."""
    if (row.source_account_id, row.currency) != (dispute.source_account_id, dispute.currency):
        return "The row is of another account or currency than the contested payment."
    out = dispute.debited_minor - dispute.credited_minor
    if explained_as == MOVED and row.amount_minor < 0 and -row.amount_minor > out:
        came, gone = Money(-row.amount_minor, row.currency), Money(out, row.currency)
        return f"The row brought {came}; {gone} of this dispute is with the provider."
    return ""


def _book(dispute: Dispute, row: ReversalRow, explained_as: str, by: Actor, now: datetime) -> None:
    day = None
    if row.state in ("matched", "confirmed"):  # off the payment, which has its money again
        locked_payment(row.payment_id or 0)
        call("payments_take_original_off", (row.pk, "bigint"), (by.label, "text"), (now, "timestamptz"))
        row.refresh_from_db()
        day = now.astimezone(UTC).date()
    is_fee = explained_as == FEE
    other = Leg(FEES if is_fee else CONTESTED, 0 if is_fee else dispute.pk, row.amount_minor, row.currency)
    kind = "dispute.fee" if is_fee else "dispute.debited" if row.amount_minor > 0 else "dispute.credited"
    explain(
        row, other, kind=kind, cause=(SUBJECT, dispute.pk),
        key=f"dispute_row:{row.pk}:{dispute.pk}:{dispute.version}", explained_as=explained_as,
        explained_id=dispute.pk, day=day, by=by, now=now,
    )  # fmt: skip
    _count(dispute, row, 1)
    was = dispute.state
    lose_if_debited(dispute, now)
    keep(dispute, by, now)
    record(kind, dispute, by, now, reversal_row_id=row.pk, moved_minor=row.amount_minor,
           state=[was, dispute.state])  # fmt: skip


def _count(dispute: Dispute, row: ReversalRow, sign: int) -> None:
    if row.explained_as == FEE:
        dispute.fee_minor += sign * row.amount_minor
    elif row.amount_minor > 0:
        dispute.debited_minor += sign * row.amount_minor
    else:
        dispute.credited_minor -= sign * row.amount_minor


def undo_rows(rows: Sequence[ReversalRow], by: Actor, now: datetime) -> None:
    """Disputes as they stood before these rows. Postings of the rows are undone by the caller."""
    for row in rows:
        dispute = _locked(row.explained_id or 0)
        _count(dispute, row, -1)
        keep(dispute, by, now)
        record("dispute.row_undone", dispute, by, now, reversal_row_id=row.pk, moved_minor=row.amount_minor)


def _locked(dispute_id: int) -> Dispute:
    return Dispute.objects.select_for_update(of=["self"]).select_related("payment").get(pk=dispute_id)
