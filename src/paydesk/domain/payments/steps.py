"""What verbs about payments share: locking in the one order, the database's functions, their refusals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import DatabaseError, connection

from paydesk.domain.ledger.models import JournalEntry
from paydesk.domain.ledger.steps import refusal_of
from paydesk.domain.payments.models import Payment
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused, Refused


class PaymentRefused(Refused):
    """This cannot be done with this payment."""

    code = "payment.refused"


class PaymentChangedRefused(PaymentRefused, ChangedRefused):
    """Someone else did something with this payment since the person opened it."""

    code = "payment.changed"


CHANGED = "Someone else changed this payment since you opened it. Reload it and look again."


def call(function: str, *arguments: tuple[Any, str]) -> Any:
    """Call a function of the database with (value, SQL type) arguments; returns its one value.

    Raises PeriodClosedRefused and PaymentRefused for what the database refuses with a known code.
    """
    places = ", ".join(f"%s::{kind}" for _, kind in arguments)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}({places})", [value for value, _ in arguments])
            return cursor.fetchone()[0]
    except DatabaseError as problem:
        if getattr(problem.__cause__, "sqlstate", None) == "40001":
            raise PaymentChangedRefused(CHANGED) from problem
        raise refusal_of(problem) from problem


def locked(
    payment_id: int,
    *,
    contract_ids: Iterable[int | None] = (),
    customer_ids: Iterable[int | None] = (),
    version: int | None = None,
) -> Payment:
    """The payment, locked with the contracts and balances that a correction of it may change.

    Raises PaymentRefused if it is not as the person saw it (`version`), Payment.DoesNotExist.
    """
    lock_all([payment_id], contract_ids=contract_ids, customer_ids=customer_ids)
    payment = Payment.objects.select_related("source_account", "statement_line").get(pk=payment_id)
    if version is not None and payment.version != version:
        raise PaymentChangedRefused(CHANGED)
    return payment


def lock_all(
    payment_ids: list[int],
    *,
    contract_ids: Iterable[int | None] = (),
    customer_ids: Iterable[int | None] = (),
) -> None:
    """Lock these payments, their contracts and these balances in the one order, to the transaction's end."""
    call(
        "payments_lock",
        ([*contracts_of(payment_ids), *(each for each in contract_ids if each is not None)], "bigint[]"),
        (payment_ids, "bigint[]"),
        ([each for each in customer_ids if each is not None], "bigint[]"),
    )


def contracts_of(payment_ids: list[int]) -> list[int]:
    """The contracts these payments are applied to or were meant for."""
    return list(call("payments_contracts_of", (payment_ids, "bigint[]")))


def apply_to(
    payment_id: int,
    customer_id: int | None,
    contract_id: int | None,
    amount_minor: int | None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Name the payer where they are unknown, and apply what is open, or `amount_minor` of it, to a contract.

    Joins the caller's transaction, which holds the locks (`locked`).
    """
    call(
        "payments_apply",
        ([payment_id], "bigint[]"),
        ([customer_id], "bigint[]"),
        ([contract_id], "bigint[]"),
        ([amount_minor], "bigint[]"),
        ("by_hand", "text"),
        (by.label, "text"),
        (at, "timestamptz"),
    )


def move_to(
    payment_id: int, customer_id: int | None, contract_id: int | None, *, by: Actor, at: datetime
) -> None:
    """Off every contract and over to a customer, or back to suspense where there is none.

    Joins the caller's transaction, which holds the locks (`locked`).
    """
    call(
        "payments_move",
        (payment_id, "bigint"),
        (customer_id, "bigint"),
        (contract_id, "bigint"),
        (by.label, "text"),
        (at, "timestamptz"),
    )


def take_back(payment_id: int, amount_minor: int, *, by: Actor, at: datetime) -> None:
    """Take money of a payment back without a row of the provider. Joins the caller's transaction."""
    _take_back(payment_id, amount_minor, "reversed", by, at)


def charge_back(payment_id: int, amount_minor: int, *, by: Actor, at: datetime) -> int:
    """Take money of a payment back because a dispute about it is lost; returns the id of the entry.

    Joins the caller's transaction, which books the row that took it (1300) against the same account.
    """
    _take_back(payment_id, amount_minor, "charged_back", by, at)
    made = JournalEntry.objects.filter(
        cause_kind="payment", cause_id=payment_id, kind="payment.charged_back"
    )  # fmt: skip
    return made.latest("pk").pk


def _take_back(payment_id: int, amount_minor: int, state: str, by: Actor, at: datetime) -> None:
    call(
        "payments_take_back",
        ([payment_id], "bigint[]"),
        ([amount_minor], "bigint[]"),
        ([None], "bigint[]"),
        (state, "text"),
        (f"payment.{state}", "text"),
        (by.label, "text"),
        (at, "timestamptz"),
    )


def backdate(payment_id: int, counts_on: date, *, by: Actor, at: datetime) -> None:
    """Let a payment count from another day and replay its contracts. Joins the caller's transaction."""
    call(
        "payments_backdate",
        (payment_id, "bigint"),
        (counts_on, "date"),
        (by.label, "text"),
        (at, "timestamptz"),
    )


def reinstate(payment_id: int, entry_id: int, *, by: Actor, at: datetime) -> int:
    """Undo a reversal of ours, by its journal entry; returns how much stands again, 0 where it did before.

    Joins the caller's transaction.
    """
    return int(
        call(
            "payments_reinstate",
            (payment_id, "bigint"),
            (entry_id, "bigint"),
            (by.label, "text"),
            (at, "timestamptz"),
        )
    )


def owe_again(allocation_id: int, *, by: Actor, at: datetime) -> int:
    """Undo a write-off, by its allocation; returns the minor units owed again, 0 where it was undone before.

    Joins the caller's transaction.
    """
    return int(
        call(
            "payments_undo_write_off",
            (allocation_id, "bigint"),
            (by.label, "text"),
            (at, "timestamptz"),
        )
    )


def reserve(payment_id: int, amount_minor: int, *, by: Actor, at: datetime) -> None:
    """Hold money of a payment for a refund: off its contracts and out of the credit, as far as needed.

    Joins the caller's transaction. Raises PaymentRefused if there is not that much of it left.
    """
    got = call(
        "payments_reserve",
        (payment_id, "bigint"),
        (amount_minor, "bigint"),
        (by.label, "text"),
        (at, "timestamptz"),
    )
    if not got:
        raise PaymentRefused("There is not that much of this payment left: it was refunded or taken back.")


def let_go(payment_id: int, amount_minor: int, *, by: Actor, at: datetime) -> None:
    """Money held for a refund is open again; the contracts it was meant for take it. Joins a transaction."""
    call(
        "payments_let_go",
        (payment_id, "bigint"),
        (amount_minor, "bigint"),
        (by.label, "text"),
        (at, "timestamptz"),
    )


def owe_back(
    payment_id: int, amount_minor: int, *, refund_id: int, key: str, by: Actor, at: datetime
) -> None:
    """Held money is payable to the payer now: Dr 2010 or 2020 / Cr 2050 [refund].

    A negative amount takes that back: held again, not payable. Joins the caller's transaction.
    """
    call(
        "payments_owe_back",
        (payment_id, "bigint"),
        (amount_minor, "bigint"),
        (refund_id, "bigint"),
        (key, "text"),
        (by.label, "text"),
        (at, "timestamptz"),
    )
