"""What money may be applied where: whose it is, how long it waited, whom risk stopped. Part of verbs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from paydesk.domain.contracts.queries import customer_market, owner_and_currency
from paydesk.domain.payments import rules
from paydesk.domain.payments.models import Allocation, Application, Payment
from paydesk.domain.payments.steps import CHANGED, PaymentChangedRefused, PaymentRefused
from paydesk.domain.risk.queries import Party, why_stopped
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


class ApplyRefused(PaymentRefused):
    """This money cannot be applied there."""

    code = "payment.apply_refused"


class SecondPersonRefused(ApplyRefused):
    """This needs a second person: ask for it with `request_apply`."""

    code = "payment.second_person"


def refuse_stopped(
    payment: Payment, customer_ids: Iterable[int], contract_ids: Iterable[int | None], now: datetime
) -> None:
    """Nothing is applied to whom risk has stopped, nor anybody named for what a stopped phone paid.

    Raises ApplyRefused.
    """
    parties: set[Party] = {("customer", number) for number in customer_ids}
    parties |= {("contract", number) for number in contract_ids if number is not None}
    if payment.customer_id is None and payment.statement_line.msisdn:
        parties.add(("payer_phone", payment.statement_line.msisdn))
    if why := why_stopped(parties, "identify", now=now):
        raise ApplyRefused(why)


def refuse_aged(payment: Payment, by: Actor, now: datetime) -> None:
    """Money that waited long in suspense is not one person's to give. Raises SecondPersonRefused."""
    if payment.customer_id is None and by.kind == "person":
        aged = rules.why_aged(payment.received_at, now)
        if aged:
            raise SecondPersonRefused(aged)


def check_applicable(
    payment: Payment, customer_id: int, contract_id: int | None, amount: Money | None, version: int | None
) -> None:
    if version is not None and payment.version != version:
        raise PaymentChangedRefused(CHANGED)
    if payment.open_minor == 0:
        raise ApplyRefused("Nothing of this payment is open: all of it is applied already.")
    if payment.customer_id not in (None, customer_id):
        raise ApplyRefused("This payment belongs to another customer. Moving it needs a second person.")
    if customer_market(customer_id) != payment.market:
        raise ApplyRefused("This customer is in another market than the payment.")
    if contract_id is not None:
        owner, currency = owner_and_currency(contract_id)
        if owner != customer_id:
            raise ApplyRefused("This contract belongs to another customer.")
        if currency != payment.currency:
            raise ApplyRefused(f"This contract is in {currency}, the payment in {payment.currency}.")
    if amount is not None:
        if amount.currency != payment.currency or not 0 < amount.amount_minor <= payment.open_minor:
            raise ApplyRefused(
                f"You can apply up to {Money(payment.open_minor, payment.currency)} of this payment.",
                open_minor=payment.open_minor,
            )
        if payment.customer_id is None and contract_id is None:
            raise ApplyRefused("Choose a contract to apply a part; naming the payer moves the whole payment.")


def limit_before(payment: Payment, contract_id: int | None) -> int | None:
    """How much of the payment was meant for the contract before, None if all or nothing said."""
    if contract_id is None:
        return None
    found = Application.objects.filter(payment=payment, contract_id=contract_id).first()
    return found.limit_minor if found else allocated(payment, contract_id)


def allocated(payment: Payment, contract_id: int) -> int:
    parts = Allocation.objects.filter(payment=payment, due_item__contract_id=contract_id)
    return sum(parts.values_list("amount_minor", flat=True))
