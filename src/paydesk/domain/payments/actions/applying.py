"""Applying by hand: naming the payer, laying what is open on a contract, alone or by two."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases.steps import asked_by_them
from paydesk.domain.payments import learning, rules
from paydesk.domain.payments.applicable import (
    ApplyRefused,
    check_applicable,
    limit_before,
    refuse_aged,
    refuse_stopped,
)
from paydesk.domain.payments.clocks import meet_identification_clocks
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.steps import apply_to, locked
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

APPLY_AGED = "payment.apply_aged"


@transaction.atomic(durable=True)
def apply_payment(
    payment_id: int,
    *,
    customer_id: int,
    contract_id: int | None,
    amount: Money | None = None,
    version: int | None = None,
    suggestion: int | None = None,
    case_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Payment:
    """Name the payer of money in suspense and apply what is open of a payment to a contract of theirs.

    Without a contract the payer alone is named; without an amount all that is open is applied. What the
    contract does not take stays unapplied. `version` is what the person saw; a payment that changed since is
    refused. `suggestion` is the place of the suggestion that was taken, for the trail. What is confirmed here
    is learnt. `case_id` is the case it is asked for from: whoever asks must be known well enough.
    Raises ApplyRefused, IdentityRefused; SecondPersonRefused for money that waited long in suspense.
    """
    payment = Payment.objects.only("market", "customer_id").get(pk=payment_id)
    by.needs("payments.allocate", market=payment.market)
    if payment.customer_id is None:
        by.needs("payments.identify", market=payment.market)
    _asked_from(case_id, payment, by)
    approvals.refuse_if_related(by, "customer", [customer_id])
    payment = locked(payment_id, contract_ids=[contract_id], customer_ids=[customer_id])
    refuse_aged(payment, by, now)
    return _apply(payment, customer_id, contract_id, amount, version, by, now, suggestion=suggestion)


def _asked_from(case_id: int | None, payment: Payment, by: Actor) -> None:
    """From a case whoever asks is known as well as applying, or naming the payer, needs."""
    if case_id is not None:
        verb = "payment.name_payer" if payment.customer_id is None else "payment.apply"
        asked_by_them(case_id, verb, by, about=[("payment", payment.pk)])


def _apply(
    payment: Payment,
    customer_id: int,
    contract_id: int | None,
    amount: Money | None,
    version: int | None,
    by: Actor,
    now: datetime,
    approval_id: int | None = None,
    suggestion: int | None = None,
) -> Payment:
    refuse_stopped(payment, [customer_id], [contract_id], now)
    check_applicable(payment, customer_id, contract_id, amount, version)
    was_open, was_customer = payment.open_minor, payment.customer_id
    was_limit = limit_before(payment, contract_id)
    apply_to(payment.pk, customer_id, contract_id, amount.amount_minor if amount else None, by=by, at=now)
    meet_identification_clocks([payment.pk], now)
    payment.refresh_from_db()
    if contract_id is not None and payment.open_minor == was_open and was_customer is not None:
        raise ApplyRefused("Nothing was applied: this contract has nothing open that this payment could pay.")
    learning.confirmed(payment.pk, [contract_id])
    audit.record(
        "payment.identified" if was_customer is None else "payment.allocated",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={
            "customer_id": [was_customer, payment.customer_id],
            "contract_id": contract_id,
            "open_minor": [was_open, payment.open_minor],
            "limit_minor": was_limit,
            "version": payment.version,
            **({"approval_id": approval_id} if approval_id else {}),
            **({"suggestion": suggestion} if suggestion else {}),
        },
        market=payment.market,
    )
    return payment


@transaction.atomic(durable=True)
def request_apply(
    payment_id: int,
    *,
    customer_id: int,
    contract_id: int | None,
    amount: Money | None = None,
    note: str,
    version: int | None = None,
    case_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Approval:
    """Ask a second person to apply what is open, or `amount` of it, with the reason why it is theirs.

    For money that waited long in suspense, and for whoever asks and does not apply. `case_id` as in
    `apply_payment`. Raises ApplyRefused, IdentityRefused.
    """
    payment = Payment.objects.get(pk=payment_id)
    by.needs_to_ask("payments.allocate_weak_evidence", market=payment.market)
    _asked_from(case_id, payment, by)
    approvals.refuse_if_related(by, "customer", [customer_id])
    check_applicable(payment, customer_id, contract_id, amount, version)
    if not note.strip():
        raise ApplyRefused("Say what shows that this money is theirs: a second person decides on it.")
    aged = rules.why_aged(payment.received_at, now)
    approval = approvals.ask(
        APPLY_AGED,
        subject=("payment", payment.pk),
        market=payment.market,
        right="payments.allocate_weak_evidence",
        payload={
            "version": payment.version,
            "customer_id": customer_id,
            "contract_id": contract_id,
            "amount_minor": amount.amount_minor if amount else None,
        },
        reasons=[aged or "Asked for by somebody who does not apply it: read why it is theirs."],
        amount=amount or Money(payment.open_minor, payment.currency),
        note=note.strip(),
        by=by,
        now=now,
    )
    audit.record(
        "payment.apply_requested",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={
            "approval_id": approval.pk,
            "customer_id": customer_id,
            "contract_id": contract_id,
            **({"amount_minor": amount.amount_minor} if amount else {}),
        },
        market=payment.market,
    )
    return approval


@transaction.atomic(durable=True)
def approve_apply(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Payment:
    """The second person says yes: identified and applied, as much as was asked for.

    Raises ApprovalRefused, ApplyRefused.
    """
    approval = approvals.decide(approval_id, APPLY_AGED, by=by, now=now, note=note)
    wanted = approval.payload
    approvals.refuse_if_related(by, "customer", [wanted["customer_id"]])
    payment = locked(
        approval.subject_id, contract_ids=[wanted["contract_id"]], customer_ids=[wanted["customer_id"]]
    )
    part = wanted.get("amount_minor")  # what was asked for before parts could be has none
    amount = Money(part, payment.currency) if part else None
    return _apply(
        payment, wanted["customer_id"], wanted["contract_id"], amount, wanted["version"], by, now, approval.pk
    )
