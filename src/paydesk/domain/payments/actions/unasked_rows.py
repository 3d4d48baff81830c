"""Rows that nobody asked for, said by people: two say what a provider took or gave; one takes that apart."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.ledger.steps import Leg
from paydesk.domain.payments.explained_rows import (
    ExplanationRefused,
    check_open,
    explain,
    locked_row,
    take_apart,
)
from paydesk.domain.payments.models import ReversalRow
from paydesk.domain.payments.what_rows_are import BOOK, BOOK_MANY, BOOKINGS, RIGHT, SUBJECT, check_said
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.queries import pending_of_kind
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


@transaction.atomic(durable=True)
def request_booking(row_id: int, *, book_as: str, note: str, by: Actor, now: datetime) -> Approval:
    """Ask a second person to book what a row moved as what it is, out of what is recoverable (1310).

    Raises ExplanationRefused; ApprovalRefused where it is asked for already.
    """
    row = locked_row(row_id)
    by.needs(RIGHT, market=row.market)
    check_open(row)
    check_said(book_as, note)
    if any(row.pk in each.payload["row_ids"] for each in pending_of_kind(BOOK_MANY)):
        raise ExplanationRefused("This row waits for a second person already, together with others.")
    payload = {"book_as": book_as, "amount_minor": row.amount_minor}
    approval = approvals.ask(
        BOOK, subject=(SUBJECT, row.pk), market=row.market, right=RIGHT, payload=payload,
        reasons=[f"The provider does not say what it is: a person says {BOOKINGS[book_as][0]}."],
        amount=Money(abs(row.amount_minor), row.currency), note=note.strip(), by=by, now=now,
    )  # fmt: skip
    record_row("reversal_row.booking_asked", row, by, now, approval_id=approval.pk, book_as=book_as)
    return approval


@transaction.atomic(durable=True)
def approve_booking(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> ReversalRow:
    """The second person says yes: the row is booked as what it is. Raises ExplanationRefused."""
    approval = approvals.decide(approval_id, BOOK, by=by, now=now, note=note)
    row = locked_row(approval.subject_id)
    check_open(row)
    book_row(row, approval.payload["book_as"], f"booked:{row.pk}:{approval.pk}", by, now)
    return row


def book_row(row: ReversalRow, book_as: str, key: str, by: Actor, now: datetime) -> None:
    """Book a locked, open row as what it is, with its record; joined to the caller's transaction."""
    _, code, of_account = BOOKINGS[book_as]
    other = Leg(code, row.source_account_id if of_account else 0, row.amount_minor, row.currency)
    entry_id = explain(
        row, other, kind="provider.explained", cause=("line", row.statement_line_id), key=key,
        explained_as=book_as, by=by, now=now,
    )  # fmt: skip
    record_row(
        "reversal_row.booked", row, by, now, book_as=book_as, entry_id=entry_id, state=["open", row.state]
    )


@transaction.atomic(durable=True)
def unexplain_row(row_id: int, *, note: str, by: Actor, now: datetime) -> ReversalRow:
    """Take apart what explained a row, whoever said it: it is recoverable (1310) again, for people.

    Raises ExplanationRefused where what it explained has moved on since.
    """
    row = locked_row(row_id)
    by.needs("payments.reverse", market=row.market)
    if row.state != "explained":
        raise ExplanationRefused("Nothing explains this row yet.")
    if not note.strip():
        raise ExplanationRefused("Say why, in a few words: the reason is kept in the audit trail.")
    was = {"explained_as": row.explained_as, "explained_id": row.explained_id}
    take_apart(row, by=by, now=now)
    record_row("reversal_row.unexplained", row, by, now, note, **was, state=["explained", row.state])
    return row


def record_row(
    verb: str, row: ReversalRow, by: Actor, now: datetime, note: str = "", **changes: object
) -> None:
    """What happened to a row, in the audit trail."""
    audit.record(
        verb,
        subject=(SUBJECT, row.pk),
        by=by,
        at=now,
        changes={"amount_minor": row.amount_minor, **changes},
        market=row.market,
        note=note.strip(),
    )
