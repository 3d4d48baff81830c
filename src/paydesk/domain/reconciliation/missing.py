"""The row of a provider's file that an exception says the ledger lacks, read again from the file."""

from __future__ import annotations

from dataclasses import dataclass

from paydesk.domain.reconciliation import evidence
from paydesk.domain.reconciliation.held import ExceptionRefused
from paydesk.domain.reconciliation.models import ReconciliationException
from paydesk.domain.reconciliation.states import UNSOLVED
from paydesk.domain.statements.models import SourceFile
from paydesk.importers.records import StatementLine


@dataclass(frozen=True, slots=True)
class MissingRow:
    """The row as the file says it, and the file."""

    line: StatementLine
    file: SourceFile


def why_not_posted(found: ReconciliationException) -> str:
    """Why there is no payment to post for this exception; "" where there may be one. Reads no file."""
    if found.state not in UNSOLVED:
        return "It is resolved already."
    if found.kind != "missing_in_ledger" or not found.right_key:
        return "Only a row that the provider has and the ledger lacks is posted."
    if found.source_account.role != "originates":
        return f"{found.source_account.name} originates no payments: its rows never become any."
    if found.right.get("kind") != "payment" or (found.right.get("amount_minor") or 0) <= 0:
        return "Only a payment that came in is posted this way; this row is of another kind."
    if found.right.get("status") not in ("", None, "success"):
        return "The provider does not call it successful: there is no money to post."
    return ""


def missing_row(found: ReconciliationException) -> MissingRow:
    """The row of an exception; costs reading the files of its day. Raises ExceptionRefused."""
    if why := why_not_posted(found):
        raise ExceptionRefused(why)
    for row in evidence.rows_of_day(found.source_account, found.day):
        if row.key == found.right_key:
            return MissingRow(row.line, row.file)
    raise ExceptionRefused("No file of the day has this row any more. Run the day again.")
