"""Letting a payment count from an earlier day than its row says, with a second person; and taking that back.

The row, its date and time are evidence and stay. What changes is `counts_on`, and with it the order in which
the contract's payments meet its due items: all that came later is laid on again.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from paydesk.domain.ledger.queries import closed_through
from paydesk.domain.payments import rules
from paydesk.domain.payments.actions.correcting import CorrectionRefused
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.steps import CHANGED, PaymentChangedRefused, backdate, locked
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

BACKDATE = "payment.backdate"
IN_A_CLOSED_PERIOD = "payments.backdate:check:closed_period"


@transaction.atomic(durable=True)
def request_backdating(
    payment_id: int, *, counts_on: date, note: str, version: int | None = None, by: Actor, now: datetime
) -> Approval:
    """Ask to let a payment count from `counts_on`; the day of its row takes an earlier backdating back.

    In a closed period a finance controller decides. Raises CorrectionRefused.
    """
    payment = Payment.objects.get(pk=payment_id)
    by.needs("payments.backdate", market=payment.market)
    approvals.refuse_if_related(by, "customer", [payment.customer_id])
    _check_backdatable(payment, counts_on, version)
    if not note.strip():
        raise CorrectionRefused("Say what shows it: the second person decides on what you write here.")
    closed = closed_through(payment.market)
    in_closed = closed is not None and counts_on <= closed
    approval = approvals.ask(
        BACKDATE,
        subject=("payment", payment.pk),
        market=payment.market,
        right="payments.backdate",
        decide_right=IN_A_CLOSED_PERIOD if in_closed else None,
        payload={"version": payment.version, "counts_on": counts_on.isoformat()},
        reasons=rules.reasons_to_look_at_day(payment.value_on, counts_on, closed),
        amount=Money(payment.amount_minor - payment.reversed_minor, payment.currency),
        note=note.strip(),
        by=by,
        now=now,
    )
    audit.record(
        "payment.backdate_requested",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={"approval_id": approval.pk, "counts_on": counts_on.isoformat()},
        market=payment.market,
    )
    return approval


@transaction.atomic(durable=True)
def approve_backdating(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Payment:
    """The second person says yes: it counts from that day, and its contracts are replayed."""
    approval = approvals.decide(approval_id, BACKDATE, by=by, now=now, note=note)
    payment = locked(approval.subject_id, version=approval.payload["version"])
    approvals.refuse_if_related(by, "customer", [payment.customer_id])
    counts_on = date.fromisoformat(approval.payload["counts_on"])
    _check_backdatable(payment, counts_on, None)
    closed = closed_through(payment.market)
    if closed is not None and counts_on <= closed and approval.right != IN_A_CLOSED_PERIOD:
        raise CorrectionRefused(
            "That day was closed since. Reject it and ask again: a controller decides then."
        )
    was = payment.counts_from
    backdate(payment.pk, counts_on, by=by, at=now)
    payment.refresh_from_db()
    audit.record(
        "payment.backdated",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={
            "counts_from": [was.isoformat(), payment.counts_from.isoformat()],
            "approval_id": approval.pk,
            "version": payment.version,
        },
        market=payment.market,
    )
    return payment


def _check_backdatable(payment: Payment, counts_on: date, version: int | None) -> None:
    """Raises CorrectionRefused, PaymentChangedRefused."""
    if version is not None and payment.version != version:
        raise PaymentChangedRefused(CHANGED)
    if payment.state != "received":
        raise CorrectionRefused("This payment was taken back: it counts from no day.")
    if problem := rules.why_not_from(payment.value_on, payment.counts_from, counts_on):
        raise CorrectionRefused(problem)
