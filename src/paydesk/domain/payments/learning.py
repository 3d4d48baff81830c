"""Learning who pays for whom: from numbers that payers typed, from what a person confirmed or took back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from paydesk.domain.payments.steps import call

MOST_AT_ONCE = 50_000  # ids of payments read in one transaction


def confirmed(payment_id: int, contract_ids: Iterable[int | None]) -> None:
    """A person said that this payment is for these contracts. Joins the caller's transaction."""
    numbers = [number for number in contract_ids if number is not None]
    if numbers:
        call(
            "payments_confirm_links",
            ([payment_id] * len(numbers), "bigint[]"),
            (numbers, "bigint[]"),
            (True, "boolean"),
        )


def doubted(payment_id: int, contract_ids: Iterable[int | None], *, revoke: bool, at: datetime) -> None:
    """A person said that it is not: taken off, or with `revoke` moved away. Joins a transaction."""
    for number in contract_ids:
        if number is not None:
            call(
                "payments_doubt_link",
                (payment_id, "bigint"),
                (number, "bigint"),
                (revoke, "boolean"),
                (at, "timestamptz"),
            )


def learn_from_new_payments() -> int:
    """One stretch of the payments that came since the last time; returns how many links they spoke for.

    Every payment counts once, whatever stops in between: how far one got is part of the transaction.
    """
    with transaction.atomic():
        return int(call("payments_learn", (MOST_AT_ONCE, "integer")) or 0)


def learn_all_so_far() -> int:
    """Learn from every payment there is, for whoever knows that nobody else is storing any just now: the
    demo company between two of its days. The worker goes on after it."""
    with transaction.atomic():
        return int(call("payments_learn_all_so_far") or 0)
