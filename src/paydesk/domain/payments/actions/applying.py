"""Applying by hand: naming the payer, laying money on contracts, taking it off again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.domain.cases.steps import asked_by_them
from paydesk.domain.contracts.models import Contract
from paydesk.domain.contracts.queries import customer_market, owner_and_currency
from paydesk.domain.payments import learning, rules
from paydesk.domain.payments.clocks import meet_identification_clocks, start_clocks_of_payments
from paydesk.domain.payments.models import Allocation, Application, Payment
from paydesk.domain.payments.queries import undoable
from paydesk.domain.payments.steps import (
    CHANGED,
    PaymentChangedRefused,
    PaymentRefused,
    apply_to,
    call,
    locked,
    move_to,
)
from paydesk.domain.risk.queries import Party, why_stopped
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.audit.queries import history
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

APPLY_AGED = "payment.apply_aged"


class ApplyRefused(PaymentRefused):
    """This money cannot be applied there."""

    code = "payment.apply_refused"


class SecondPersonRefused(ApplyRefused):
    """This needs a second person: ask for it with `request_apply`."""

    code = "payment.second_person"


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
    _refuse_aged(payment, by, now)
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
    _refuse_stopped(payment, [customer_id], [contract_id], now)
    _check_applicable(payment, customer_id, contract_id, amount, version)
    was_open, was_customer = payment.open_minor, payment.customer_id
    was_limit = _limit(payment, contract_id)
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
    _check_applicable(payment, customer_id, contract_id, amount, version)
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
    _refuse_aged(payment, by, now)
    _refuse_stopped(payment, {customer_id, *(owner for owner, _ in owners.values())}, contract_ids, now)
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


@transaction.atomic(durable=True)
def unapply_payment(
    payment_id: int, *, contract_id: int, version: int | None = None, by: Actor, now: datetime
) -> Payment:
    """Take a payment off a contract: it is unapplied again, later payments of the contract are replayed.

    One person's act while the money stays with its customer. Raises ApplyRefused.
    """
    payment = Payment.objects.only("market").get(pk=payment_id)
    by.needs("payments.allocate", market=payment.market)
    payment = locked(payment_id, contract_ids=[contract_id], version=version)
    approvals.refuse_if_related(by, "customer", [payment.customer_id])
    standing = _allocated(payment, contract_id)
    if not standing:
        raise ApplyRefused("Nothing of this payment is applied to that contract.")
    _unapply(payment, contract_id, 0, by, now)
    learning.doubted(payment.pk, [contract_id], revoke=False, at=now)
    audit.record(
        "payment.unapplied",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={
            "contract_id": contract_id,
            "amount_minor": standing,
            "open_minor": [payment.open_minor - standing, payment.open_minor],
            "version": payment.version,
        },
        market=payment.market,
    )
    return payment


@transaction.atomic(durable=True)
def undo_apply(payment_id: int, *, by: Actor, now: datetime) -> Payment:
    """Undo one's own last act on a payment if nothing happened since: identify, apply, split, take off.

    Money goes back to where it was; both ways stay in the books and the trail. Raises ApplyRefused.
    """
    payment = Payment.objects.only("market").get(pk=payment_id)
    by.needs("payments.allocate", market=payment.market)
    payment = locked(payment_id)
    last = undoable(payment, list(history("payment", payment_id)), by)
    if last is None:
        raise ApplyRefused(
            "There is nothing of yours to undo: something else happened to this payment since."
        )
    if payment.reserved_minor or payment.refunded_minor:
        raise ApplyRefused("A refund of this payment is under way. Cancel the refund first.")
    was_customer = last.changes.get("customer_id", [payment.customer_id])[0]
    if last.verb in ("payment.identified", "payment.split") and was_customer is None:
        move_to(payment.pk, None, None, by=by, at=now)
    elif last.verb == "payment.allocated":
        _unapply(payment, last.changes["contract_id"], last.changes["limit_minor"] or 0, by, now)
    elif last.verb == "payment.split":
        for contract_id, _ in last.changes["parts"]:
            _unapply(payment, contract_id, 0, by, now)
    else:
        apply_to(
            payment.pk,
            payment.customer_id,
            last.changes["contract_id"],
            last.changes["amount_minor"],
            by=by,
            at=now,
        )
    _unlearn(payment.pk, last.verb, last.changes, now)
    payment.refresh_from_db()
    if payment.customer_id is None:
        start_clocks_of_payments([payment.pk], now)
    audit.record(
        "payment.undone",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={"verb": last.verb, "customer_id": [None, payment.customer_id], "record_id": last.pk},
        market=payment.market,
    )
    return payment


def _unlearn(payment_id: int, verb: str, changes: dict[str, Any], now: datetime) -> None:
    """What an act that is undone had taught."""
    if verb == "payment.unapplied":
        learning.confirmed(payment_id, [changes["contract_id"]])
    elif verb == "payment.split":
        learning.doubted(payment_id, [number for number, _ in changes["parts"]], revoke=False, at=now)
    else:
        learning.doubted(payment_id, [changes["contract_id"]], revoke=False, at=now)


@transaction.atomic(durable=True)
def replay_contract(contract_id: int, *, by: Actor, now: datetime) -> None:
    """Lay the money meant for a contract on its due items again, in order; what stands right stays."""
    call("payments_lock", ([contract_id], "bigint[]"), ([], "bigint[]"), ([], "bigint[]"))
    call(
        "payments_replay",
        ([contract_id], "bigint[]"),
        ([], "bigint[]"),
        ([], "bigint[]"),
        (by.label, "text"),
        (now, "timestamptz"),
    )
    market = Contract.objects.values_list("market", flat=True).get(pk=contract_id)
    audit.record(
        "contract.replayed", subject=("contract", contract_id), by=by, at=now, changes={}, market=market
    )


def _refuse_stopped(
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


def _refuse_aged(payment: Payment, by: Actor, now: datetime) -> None:
    """Money that waited long in suspense is not one person's to give. Raises SecondPersonRefused."""
    if payment.customer_id is None and by.kind == "person":
        aged = rules.why_aged(payment.received_at, now)
        if aged:
            raise SecondPersonRefused(aged)


def _unapply(payment: Payment, contract_id: int, keep: int, by: Actor, now: datetime) -> None:
    call(
        "payments_unapply",
        (payment.pk, "bigint"),
        (contract_id, "bigint"),
        (keep, "bigint"),
        (by.label, "text"),
        (now, "timestamptz"),
    )
    payment.refresh_from_db()


def _limit(payment: Payment, contract_id: int | None) -> int | None:
    """How much of the payment was meant for the contract before, None if all or nothing said."""
    if contract_id is None:
        return None
    found = Application.objects.filter(payment=payment, contract_id=contract_id).first()
    return found.limit_minor if found else _allocated(payment, contract_id)


def _allocated(payment: Payment, contract_id: int) -> int:
    parts = Allocation.objects.filter(payment=payment, due_item__contract_id=contract_id)
    return sum(parts.values_list("amount_minor", flat=True))


def _check_applicable(
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
