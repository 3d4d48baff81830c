"""One explanation for many rows of one kind that nobody asked for: one says it, a second person agrees."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from paydesk.domain.payments.actions.unasked_rows import book_row, record_row
from paydesk.domain.payments.explained_rows import ExplanationRefused, rows_locked
from paydesk.domain.payments.models import ReversalRow
from paydesk.domain.payments.what_rows_are import (
    BOOK_MANY,
    BOOKINGS,
    RIGHT,
    SUBJECT,
    bookings_waiting,
    check_all,
    check_said,
)
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

MOST_TOGETHER = 100


@transaction.atomic(durable=True)
def request_bookings(
    row_ids: Collection[int], *, book_as: str, note: str, by: Actor, now: datetime
) -> Approval:
    """Ask a second person to book many rows of one account and kind as the same thing, out of 1310.

    Their sum is held against the limit. A record in the trail for each row. Raises ExplanationRefused.
    """
    if not 2 <= len(set(row_ids)) <= MOST_TOGETHER:
        raise ExplanationRefused(f"Choose 2 to {MOST_TOGETHER} rows to explain together.")
    rows = rows_locked(row_ids)
    for market in {row.market for row in rows}:
        by.needs(RIGHT, market=market)
    check_all(rows)
    check_said(book_as, note)
    if waiting := bookings_waiting(row.pk for row in rows):
        raise ExplanationRefused(f"{len(waiting)} of these rows wait for a second person already.")
    first, total = rows[0], sum(row.amount_minor for row in rows)
    approval = approvals.ask(
        BOOK_MANY, subject=(SUBJECT, first.pk), market=first.market, right=RIGHT,
        payload={"book_as": book_as, "row_ids": [row.pk for row in rows], "amount_minor": total},
        reasons=[f"The provider does not say what they are: a person says {BOOKINGS[book_as][0]}."],
        amount=Money(abs(total), first.currency), note=note.strip(), by=by, now=now,
    )  # fmt: skip
    for row in rows:
        record_row(
            "reversal_row.booking_asked", row, by, now, approval_id=approval.pk, book_as=book_as,
            together=len(rows),
        )  # fmt: skip
    return approval


@transaction.atomic(durable=True)
def approve_bookings(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> list[ReversalRow]:
    """The second person says yes: all the rows are booked as what they are, or none.

    Raises ExplanationRefused where one of them is explained by now.
    """
    approval = approvals.decide(approval_id, BOOK_MANY, by=by, now=now, note=note)
    rows = rows_locked(approval.payload["row_ids"])
    check_all(rows)
    for row in rows:
        book_row(row, approval.payload["book_as"], f"booked:{row.pk}:{approval.pk}", by, now)
    return rows
