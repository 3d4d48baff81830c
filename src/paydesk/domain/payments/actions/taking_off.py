"""Money comes off a contract again, one's own last act is undone, a contract is laid out anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.domain.contracts.models import Contract
from paydesk.domain.payments import learning
from paydesk.domain.payments.applicable import ApplyRefused, allocated
from paydesk.domain.payments.clocks import start_clocks_of_payments
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries import undoable
from paydesk.domain.payments.steps import apply_to, call, locked, move_to
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.audit.queries import history
from paydesk.kernel.actor import Actor


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
    standing = allocated(payment, contract_id)
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
