"""A row of the provider's file that made no payment, posted after all: by two people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from paydesk.domain.payments.actions import receive_lines
from paydesk.domain.reconciliation.held import ExceptionRefused, locked, record, said_why
from paydesk.domain.reconciliation.missing import MissingRow, missing_row
from paydesk.domain.reconciliation.models import ReconciliationException
from paydesk.domain.reconciliation.states import POST
from paydesk.domain.reconciliation.steps import SUBJECT, resolve
from paydesk.domain.statements import steps as statements
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

BY_HAND = "payments.receive_by_hand"


@transaction.atomic(durable=True)
def request_posting(
    exception_id: int, *, reason: str, version: int | None = None, by: Actor, now: datetime
) -> Approval:
    """Ask a second person to post the payment that a row of the provider's file shows and the ledger lacks.

    The row is read again from the file, which is the evidence. Raises ExceptionRefused.
    """
    found = locked(exception_id, version, by, right=BY_HAND)
    row = missing_row(found)
    said = said_why(reason)
    amount = Money(found.right["amount_minor"], found.currency)
    approval = approvals.ask(
        POST, subject=(SUBJECT, found.pk), market=found.market, right=BY_HAND,
        payload={"version": found.version, "row": found.right_key, "file_id": row.file.pk},
        amount=amount, note=said, evidence_id=row.file.document_id, by=by, now=now,
    )  # fmt: skip
    record("exception.posting_asked", found, by, now, note=said, approval_id=approval.pk, file_id=row.file.pk)
    return approval


@transaction.atomic(durable=True)
def approve_posting(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> ReconciliationException:
    """The second person says yes: the row is stored, and received like any row of a file."""
    approval = approvals.decide(approval_id, POST, by=by, now=now, note=note)
    found = locked(approval.subject_id, approval.payload["version"], by, right="")
    row = missing_row(found)
    payments = post_row(found, row, by=by, now=now)
    was = found.state
    resolve(found, "posted", approval.note, by.label, now)
    record(
        "exception.posted", found, by, now, state=[was, found.state], file_id=row.file.pk, payments=payments
    )
    return found


def post_row(found: ReconciliationException, row: MissingRow, *, by: Actor, now: datetime) -> int:
    """Store the row in its file and receive it; how many payments it made. Joins the caller's transaction.

    Raises ExceptionRefused where the ledger has the row by now.
    """
    stored = statements.store_lines(row.file.pk, found.source_account, [row.line], now.date())
    if not stored:
        raise ExceptionRefused(
            "The ledger has this row by now, under its own file. Run the day again: nothing is missing."
        )
    made = receive_lines(stored, by=by, now=now)
    SourceFile.objects.filter(pk=row.file.pk).update(
        new_count=F("new_count") + 1, payment_count=F("payment_count") + made, revision=F("revision") + 1
    )
    return made
