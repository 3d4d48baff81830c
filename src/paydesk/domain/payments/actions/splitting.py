"""One payment for several contracts at once: a relative who pays for two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from paydesk.domain.contracts.queries import customer_market, owner_and_currency
from paydesk.domain.payments import learning
from paydesk.domain.payments.applicable import ApplyRefused, refuse_aged, refuse_stopped
from paydesk.domain.payments.clocks import meet_identification_clocks
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.steps import apply_to, locked
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


@transaction.atomic(durable=True)
def split_payment(
    payment_id: int,
    *,
    customer_id: int,
    parts: Sequence[tuple[int, Money]],
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Payment:
    """Apply parts of a payment to several contracts at once: a relative who pays for two.

    `customer_id` is the payer, who keeps what no part takes. Contracts of other customers may have a part
    only while the payer is unknown; afterwards that would be moving money between customers. Raises
    ApplyRefused.
    """
    payment = Payment.objects.only("market", "customer_id").get(pk=payment_id)
    by.needs("payments.allocate", market=payment.market)
    if payment.customer_id is None:
        by.needs("payments.identify", market=payment.market)
    contract_ids = [contract_id for contract_id, _ in parts]
    owners = {number: owner_and_currency(number) for number in contract_ids}
    approvals.refuse_if_related(by, "customer", [customer_id, *(owner for owner, _ in owners.values())])
    payment = locked(payment_id, contract_ids=contract_ids, customer_ids=[customer_id], version=version)
    refuse_aged(payment, by, now)
    refuse_stopped(payment, {customer_id, *(owner for owner, _ in owners.values())}, contract_ids, now)
    total = sum(part.amount_minor for _, part in parts)
    if len(parts) < 2 or len(set(contract_ids)) != len(parts):
        raise ApplyRefused("Split a payment over at least two contracts, each named once.")
    if any(part.currency != payment.currency or part.amount_minor <= 0 for _, part in parts):
        raise ApplyRefused(f"Each part must be above zero and in {payment.currency}.")
    if total > payment.open_minor:
        raise ApplyRefused(
            f"The parts add up to {Money(total, payment.currency)}, but "
            f"{Money(payment.open_minor, payment.currency)} of this payment is open.",
            open_minor=payment.open_minor,
        )
    for owner, currency in owners.values():
        if payment.customer_id is not None and owner != payment.customer_id:
            raise ApplyRefused(
                "The payer is known. Money for another customer's contract is moved, not split."
            )
        if customer_market(owner) != payment.market or currency != payment.currency:
            raise ApplyRefused("All contracts must be in the market and currency of the payment.")
    if payment.customer_id not in (None, customer_id):
        raise ApplyRefused("This payment belongs to another customer. Moving it needs a second person.")
    was_open, was_customer = payment.open_minor, payment.customer_id
    for contract_id, part in parts:
        apply_to(payment.pk, customer_id, contract_id, part.amount_minor, by=by, at=now)
    meet_identification_clocks([payment.pk], now)
    learning.confirmed(payment.pk, contract_ids)
    payment.refresh_from_db()
    audit.record(
        "payment.split",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={
            "customer_id": [was_customer, payment.customer_id],
            "parts": [[contract_id, part.amount_minor] for contract_id, part in parts],
            "open_minor": [was_open, payment.open_minor],
            "version": payment.version,
        },
        market=payment.market,
    )
    return payment
