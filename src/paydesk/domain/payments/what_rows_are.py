"""What a row that nobody asked for may be said to be, who waits for a second person, what fits together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from paydesk.domain.payments.explained_rows import ExplanationRefused, check_open
from paydesk.domain.payments.models import ReversalRow
from paydesk.domain.payments.rules import alike
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.queries import pending_about, pending_of_kind

BOOK, BOOK_MANY = "reversal_row.book", "reversal_row.book_many"
RIGHT = "matching.outside_tolerance"
SUBJECT = "reversal_row"
# What a row may be said to be: words, the account it goes to, and whether that is one of the source account.
BOOKINGS = {
    "fee": ("a fee of the provider", "5010", True),
    "tax": ("tax on fees", "1140", False),
    "dispute_fee": ("a fee for a dispute", "5040", False),
    "fx": ("an exchange difference", "5050", False),
    "rounding": ("rounding or a small difference", "5060", False),
    "float": ("money between our accounts: disbursement float", "1015", True),
    "reserve": ("a reserve the provider holds", "1330", True),
}


def check_said(book_as: str, note: str) -> None:
    """Raises ExplanationRefused unless it is said what a row is, and what shows it."""
    if book_as not in BOOKINGS:
        raise ExplanationRefused("Choose what the row is from the list.")
    if not note.strip():
        raise ExplanationRefused("Say what shows it: the second person decides on what you write here.")


def bookings_waiting(row_ids: Iterable[int]) -> dict[int, Approval]:
    """What waits for a second person about each of these rows, alone or with others; two queries."""
    wanted = set(row_ids)
    found = {
        number: approval
        for number, approval in pending_about(SUBJECT, wanted).items()
        if approval.kind == BOOK
    }
    for approval in pending_of_kind(BOOK_MANY):
        found |= dict.fromkeys(wanted & set(approval.payload["row_ids"]), approval)
    return found


def why_not_together(rows: Sequence[ReversalRow]) -> str:
    """Why one explanation does not fit all of these rows, "" where it does."""
    return alike([(row.source_account_id, row.currency, row.kind, row.amount_minor > 0) for row in rows])


def check_all(rows: Sequence[ReversalRow]) -> None:
    """Raises ExplanationRefused unless one explanation fits all of them and each still waits for it."""
    for row in rows:
        check_open(row)
    if why := why_not_together(rows):
        raise ExplanationRefused(why)
