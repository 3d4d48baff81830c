"""Undoing a reversal of our own, with a second person: its counter-posting, linked to it.

What a provider took back by its own row stays: only the provider, or taking the row off again, gives it back.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.payments.actions.correcting import CorrectionRefused
from paydesk.domain.payments.clocks import start_clocks_of_payments
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries import OwnReversal, last_own_reversal
from paydesk.domain.payments.steps import CHANGED, PaymentChangedRefused, locked, reinstate
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

REINSTATE = "payment.reinstate"
NOTHING = "There is no reversal of ours to undo: what the provider took back, its own row took."


@transaction.atomic(durable=True)
def request_reinstating(
    payment_id: int, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> Approval:
    """Ask to undo our last reversal of a payment, all of it. Raises CorrectionRefused."""
    payment = Payment.objects.get(pk=payment_id)
    by.needs("payments.reverse", market=payment.market)
    approvals.refuse_if_related(by, "customer", [payment.customer_id])
    own = _undoable(payment, version)
    if not note.strip():
        raise CorrectionRefused("Say why: the second person decides on what you write here.")
    approval = approvals.ask(
        REINSTATE,
        subject=("payment", payment.pk),
        market=payment.market,
        right="payments.reverse",
        payload={"version": payment.version, "entry_id": own.entry_id, "amount_minor": own.amount_minor},
        reasons=["It was taken back by two people: look at what was wrong about that."],
        amount=Money(own.amount_minor, payment.currency),
        note=note.strip(),
        by=by,
        now=now,
    )
    audit.record(
        "payment.reinstate_requested",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={
            "approval_id": approval.pk,
            "entry_id": own.entry_id,
            "amount_minor": own.amount_minor,
            "currency": payment.currency,
        },
        market=payment.market,
    )
    return approval


@transaction.atomic(durable=True)
def approve_reinstating(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Payment:
    """The second person says yes: the money is in the books again and on the contracts it was meant for."""
    approval = approvals.decide(approval_id, REINSTATE, by=by, now=now, note=note)
    payment = locked(approval.subject_id, version=approval.payload["version"])
    approvals.refuse_if_related(by, "customer", [payment.customer_id])
    own = _undoable(payment, None)
    if own.entry_id != approval.payload["entry_id"]:
        raise PaymentChangedRefused(CHANGED)
    was = payment.state
    if not reinstate(payment.pk, own.entry_id, by=by, at=now):
        raise PaymentChangedRefused(CHANGED)
    payment.refresh_from_db()
    if payment.customer_id is None and payment.open_minor:
        start_clocks_of_payments([payment.pk], now)
    audit.record(
        "payment.reinstated",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={
            "state": [was, payment.state],
            "amount_minor": own.amount_minor,
            "currency": payment.currency,
            "entry_id": own.entry_id,
            "approval_id": approval.pk,
        },
        market=payment.market,
    )
    return payment


def _undoable(payment: Payment, version: int | None) -> OwnReversal:
    if version is not None and payment.version != version:
        raise PaymentChangedRefused(CHANGED)
    own = last_own_reversal(payment)
    if own is None:
        raise CorrectionRefused(NOTHING)
    return own
