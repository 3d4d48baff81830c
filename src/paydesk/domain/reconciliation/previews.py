"""What an act on an exception would do, shown before it is asked for. What is done for it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from paydesk.domain.ledger.rules import NAMES
from paydesk.domain.payments.models import Payment
from paydesk.domain.reconciliation.actions.posting import post_row
from paydesk.domain.reconciliation.differences import difference_of
from paydesk.domain.reconciliation.held import ExceptionRefused
from paydesk.domain.reconciliation.limits import small_enough
from paydesk.domain.reconciliation.missing import missing_row
from paydesk.domain.reconciliation.models import Match, ReconciliationException
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of what would be posted: the account, and its amount, debit positive."""

    code: str
    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Received:
    """What would become of a row that is posted: whose it is, how much is applied and how much waits."""

    file: str
    row: int
    amount: Money
    contract: str
    is_known: bool
    applied: Money
    open: Money


def postings_of(code: str, difference: Money, counter: str) -> Sequence[Posting]:
    """The two lines of a difference that is booked."""
    return [
        Posting(code, NAMES[code], difference),
        Posting(counter, NAMES[counter], Money(-difference.amount_minor, difference.currency)),
    ]


def adjustment_of(found: ReconciliationException) -> Money | None:
    """The difference that an adjustment would book; None where there is none."""
    try:
        return difference_of(found)
    except ExceptionRefused:
        return None


def write_off_of(found: ReconciliationException, now: datetime) -> tuple[Money | None, str]:
    """What would be written off, or why nothing may be."""
    try:
        return small_enough(found, now), ""
    except ExceptionRefused as refused:
        return None, refused.text


def booked_of(found: ReconciliationException) -> Match | None:
    """The match with the posting that resolved an exception."""
    side, key = ("left", found.left_key) if found.left_key else ("right", found.right_key)
    return Match.objects.filter(
        source_account_id=found.source_account_id, state="confirmed", entry_id__isnull=False,
        members__side=side, members__key=key, members__is_live=True,
    ).first()  # fmt: skip


def posting_of(found: ReconciliationException, *, by: Actor, now: datetime) -> Received:
    """Post the row, look at what became of it, and take it back. Raises what the verb raises."""
    row = missing_row(found)
    with transaction.atomic():
        post_row(found, row, by=by, now=now)
        payment = Payment.objects.select_related("contract", "customer").get(
            statement_line__file=row.file, statement_line__line_key=found.right_key
        )
        told = Received(
            row.file.filename,
            row.line.line,
            Money(payment.amount_minor, payment.currency),
            payment.contract.account_number if payment.contract else "",
            payment.customer_id is not None,
            Money(payment.allocated_minor, payment.currency),
            Money(payment.open_minor, payment.currency),
        )
        transaction.set_rollback(True)
    return told
