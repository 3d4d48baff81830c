"""Putting right what went wrong, with a second person: moving, taking back, writing off a small difference.

Each has a request and an approval; `effects.effects_of` shows beforehand what it changes.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases.steps import asked_by_them
from paydesk.domain.contracts.models import DueItem
from paydesk.domain.contracts.queries import customer_market, owner_and_currency
from paydesk.domain.payments import learning, rules
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries import written_off_on
from paydesk.domain.payments.steps import (
    CHANGED,
    PaymentChangedRefused,
    PaymentRefused,
    call,
    contracts_of,
    locked,
    move_to,
    take_back,
)
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

MOVE = "payment.move"
REVERSE = "payment.reverse"
WRITE_OFF = "due_item.write_off"


class CorrectionRefused(PaymentRefused):
    """This cannot be put right that way."""

    code = "payment.correction_refused"


@transaction.atomic(durable=True)
def request_move(
    payment_id: int,
    *,
    customer_id: int,
    contract_id: int | None,
    note: str,
    version: int | None = None,
    case_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Approval:
    """Ask to move a whole payment to another customer: it was meant for them.

    `case_id` is the case it is asked for from: whoever asks must be known in a strong way.
    Raises CorrectionRefused, IdentityRefused.
    """
    payment = Payment.objects.get(pk=payment_id)
    by.needs_to_ask("payments.move", market=payment.market)
    if case_id is not None:
        about = [("payment", payment_id), ("customer", customer_id)]  # from them, or to them
        asked_by_them(case_id, "payment.move", by, about=about)
    _check_movable(payment, customer_id, contract_id, version)
    _close_to_nobody(by, payment, customer_id)
    reasons = []
    if payment.allocated_minor:
        reasons.append(
            f"{Money(payment.allocated_minor, payment.currency)} of it is applied already: the contract it "
            "leaves falls back."
        )
    if payment.rule in ("account_number", "reference_in_text"):
        reasons.append("The payer named the contract it leaves: the row is evidence against this move.")
    return _asked(
        MOVE,
        payment,
        right="payments.move",
        payload={"version": payment.version, "customer_id": customer_id, "contract_id": contract_id},
        reasons=reasons,
        amount=Money(payment.amount_minor - payment.reversed_minor, payment.currency),
        note=note,
        by=by,
        now=now,
    )


@transaction.atomic(durable=True)
def approve_move(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Payment:
    """The second person says yes: off the one customer's contracts, over to the other's."""
    approval = approvals.decide(approval_id, MOVE, by=by, now=now, note=note)
    wanted = approval.payload
    payment = locked(
        approval.subject_id,
        contract_ids=[wanted["contract_id"]],
        customer_ids=[wanted["customer_id"]],
        version=wanted["version"],
    )
    _check_movable(payment, wanted["customer_id"], wanted["contract_id"], None)
    _close_to_nobody(by, payment, wanted["customer_id"])
    was_customer, was_contract = payment.customer_id, payment.contract_id
    left = contracts_of([payment.pk])
    move_to(payment.pk, wanted["customer_id"], wanted["contract_id"], by=by, at=now)
    payment.refresh_from_db()
    learning.doubted(payment.pk, left, revoke=True, at=now)
    learning.confirmed(payment.pk, [payment.contract_id])
    audit.record(
        "payment.moved",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={
            "customer_id": [was_customer, payment.customer_id],
            "contract_id": [was_contract, payment.contract_id],
            "approval_id": approval.pk,
        },
        market=payment.market,
    )
    return payment


@transaction.atomic(durable=True)
def request_reversal(
    payment_id: int,
    *,
    amount: Money | None = None,
    note: str,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Approval:
    """Ask to take a payment back, whole or a part, because it should never have been posted.

    What a provider takes back is posted from its own row, without asking. Raises CorrectionRefused.
    """
    payment = Payment.objects.get(pk=payment_id)
    by.needs("payments.reverse", market=payment.market)
    _close_to_nobody(by, payment)
    amount = amount or Money(payment.amount_minor - payment.reversed_minor, payment.currency)
    _check_reversible(payment, amount, version)
    return _asked(
        REVERSE,
        payment,
        right="payments.reverse",
        payload={"version": payment.version, "amount_minor": amount.amount_minor},
        reasons=["No row of the provider shows this: the account will differ from what the provider shows."],
        amount=amount,
        note=note,
        by=by,
        now=now,
    )


@transaction.atomic(durable=True)
def approve_reversal(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Payment:
    """The second person says yes: the money comes off the contracts and out of the books."""
    approval = approvals.decide(approval_id, REVERSE, by=by, now=now, note=note)
    payment = locked(approval.subject_id, version=approval.payload["version"])
    _close_to_nobody(by, payment)
    amount = Money(approval.payload["amount_minor"], payment.currency)
    _check_reversible(payment, amount, None)
    was = payment.state
    take_back(payment.pk, amount.amount_minor, by=by, at=now)
    payment.refresh_from_db()
    audit.record(
        "payment.reversed",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={
            "state": [was, payment.state],
            "amount_minor": amount.amount_minor,
            "shortfall_minor": payment.shortfall_minor,
            "approval_id": approval.pk,
        },
        market=payment.market,
    )
    return payment


@transaction.atomic(durable=True)
def request_write_off(due_item_id: int, *, note: str, by: Actor, now: datetime) -> Approval:
    """Ask to write off what little is left open of a due item. Raises CorrectionRefused."""
    item = DueItem.objects.select_related("contract").get(pk=due_item_id)
    contract = item.contract
    by.needs("matching.write_off_small", market=contract.market)
    approvals.refuse_if_related(by, "customer", [contract.customer_id])
    left = Money(item.amount_minor - item.allocated_minor, contract.currency)
    _check_small(left, contract.market, contract.state, now)
    approval = approvals.ask(
        WRITE_OFF,
        subject=("due_item", item.pk),
        market=contract.market,
        right="matching.write_off_small",
        payload={"amount_minor": left.amount_minor, "contract_id": contract.pk},
        amount=left,
        note=note.strip(),
        by=by,
        now=now,
    )
    record_of_item("due_item.write_off_requested", item, approval.pk, left, by, now)
    return approval


@transaction.atomic(durable=True)
def approve_write_off(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> DueItem:
    """The second person says yes: the difference is an expense (5060), the due item is settled."""
    approval = approvals.decide(approval_id, WRITE_OFF, by=by, now=now, note=note)
    item = DueItem.objects.select_related("contract").get(pk=approval.subject_id)
    contract = item.contract
    left = item.amount_minor - item.allocated_minor
    if left != approval.payload["amount_minor"]:
        raise CorrectionRefused("What is open of this due item has changed since. Reject it and ask again.")
    approvals.refuse_if_related(by, "customer", [contract.customer_id])
    _check_small(Money(left, contract.currency), contract.market, contract.state, now)
    done = call(
        "payments_write_off",
        ([item.pk], "bigint[]"),
        ([left], "bigint[]"),
        (by.label, "text"),
        (now, "timestamptz"),
    )
    if not done:
        raise CorrectionRefused("What is open of this due item has changed since. Reject it and ask again.")
    record_of_item("due_item.written_off", item, approval.pk, Money(left, contract.currency), by, now)
    item.refresh_from_db()
    return item


def record_of_item(
    verb: str, item: DueItem, approval_id: int, amount: Money, by: Actor, now: datetime
) -> None:
    """What was asked for or done about a due item, in the trail of its contract. Joins the transaction."""
    audit.record(
        verb,
        subject=("contract", item.contract_id),
        by=by,
        at=now,
        changes={
            "approval_id": approval_id,
            "due_item_id": item.pk,
            "amount_minor": amount.amount_minor,
            "currency": amount.currency,
        },
        market=item.contract.market,
    )


def _asked(
    kind: str,
    payment: Payment,
    *,
    right: str,
    payload: dict[str, object],
    reasons: list[str],
    amount: Money,
    note: str,
    by: Actor,
    now: datetime,
) -> Approval:
    if not note.strip():
        raise CorrectionRefused("Say why: the second person decides on what you write here.")
    approval = approvals.ask(
        kind,
        subject=("payment", payment.pk),
        market=payment.market,
        right=right,
        payload=payload,
        reasons=reasons,
        amount=amount,
        note=note.strip(),
        by=by,
        now=now,
    )
    audit.record(
        f"{kind}_requested",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={"approval_id": approval.pk, **payload},
        market=payment.market,
    )
    return approval


def _close_to_nobody(by: Actor, payment: Payment, *more: int | None) -> None:
    approvals.refuse_if_related(by, "customer", [payment.customer_id, *more])


def _check_movable(payment: Payment, customer_id: int, contract_id: int | None, version: int | None) -> None:
    if version is not None and payment.version != version:
        raise PaymentChangedRefused(CHANGED)
    if payment.state != "received":
        raise CorrectionRefused("This payment was taken back. There is nothing left to move.")
    if payment.customer_id is None:
        raise CorrectionRefused("The payer is unknown: apply the payment instead, nobody has to give it up.")
    if payment.customer_id == customer_id:
        raise CorrectionRefused(
            "It belongs to this customer already. Take it off one contract, apply it to another."
        )
    if payment.reserved_minor or payment.refunded_minor:
        raise CorrectionRefused("A refund of this payment is asked for or paid. It cannot be moved as well.")
    if customer_market(customer_id) != payment.market:
        raise CorrectionRefused("This customer is in another market than the payment.")
    if contract_id is not None:
        owner, currency = owner_and_currency(contract_id)
        if owner != customer_id:
            raise CorrectionRefused("This contract belongs to a third customer.")
        if currency != payment.currency:
            raise CorrectionRefused(f"This contract is in {currency}, the payment in {payment.currency}.")


def _check_reversible(payment: Payment, amount: Money, version: int | None) -> None:
    if version is not None and payment.version != version:
        raise PaymentChangedRefused(CHANGED)
    if payment.state != "received":
        raise CorrectionRefused("This payment was taken back already.")
    left = Money(
        payment.amount_minor - payment.reversed_minor - payment.reserved_minor - payment.refunded_minor,
        payment.currency,
    )
    if amount.currency != payment.currency or not 0 < amount.amount_minor <= left.amount_minor:
        raise CorrectionRefused(
            f"At most {left} of this payment can be taken back: the rest was refunded or taken back before.",
            left_minor=left.amount_minor,
        )


def _check_small(left: Money, market: str, state: str, now: datetime) -> None:
    if state not in ("active", "defaulted"):
        raise CorrectionRefused("Only a contract that is running has due items to write off.")
    if not left.amount_minor:
        raise CorrectionRefused("Nothing of this due item is open.")
    tolerance = rules.small_difference(left.currency)
    if left.amount_minor > tolerance.amount_minor:
        raise CorrectionRefused(
            f"{left} is not a small difference: up to {tolerance} is. More is a credit write-off."
        )
    room = rules.written_off_room(left.currency, written_off_on(market, left.currency, now))
    if left.amount_minor > room.amount_minor:
        raise CorrectionRefused(
            f"Today's room for small differences in {market} is used up ({room} left). Try tomorrow."
        )
