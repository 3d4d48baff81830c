"""Who did what to a payment and its file, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from paydesk.domain.payments.queries import PaymentStory
from paydesk.kernel.money import Money
from paydesk.web.people_names import names_by_label
from paydesk.web.refunds.shown import ShownRefund
from paydesk.web.trail.words import verb_words

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval
    from paydesk.foundation.audit.models import AuditRecord


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """One line of the trail."""

    at: datetime
    by: str
    words: str


Names = Mapping[str, str]


def names_in(
    story: PaymentStory, approvals: Sequence[Approval] = (), refunds: Sequence[ShownRefund] = (),
    others: Sequence[str] = (),
) -> Names:  # fmt: skip
    """The names of everybody in a story, by the label they acted under; one query."""
    labels = {label for each in approvals for label in (each.asked_by, each.decided_by) if label}
    labels |= {record.actor for record in story.records} | {entry.actor for entry in story.entries}
    labels |= {each.refund.requested_by for each in refunds}
    labels |= {each.refund.approved_by for each in refunds if each.refund.approved_by}
    labels |= {allocation.actor for allocation in story.allocations} | {label for label in others if label}
    return names_by_label(labels | {story.payment.statement_line.file.uploaded_by})


def shown_records(story: PaymentStory, names: Names) -> list[ShownRecord]:
    """The records of the file as far as they touch this payment's row, then those of the payment itself."""
    line_no, currency = story.payment.statement_line.line_no, story.payment.currency
    return [
        ShownRecord(record.at, names[record.actor], _words(record, currency))
        for record in story.records
        if record.verb != "payments.received" or _holds(record.changes.get("rows"), line_no)
    ]


def _holds(rows: Any, line_no: int) -> bool:
    return not isinstance(rows, list) or len(rows) != 2 or rows[0] <= line_no <= rows[1]


def _words(record: AuditRecord, currency: str) -> str:
    changes: dict[str, Any] = record.changes
    match record.verb:
        case "file.uploaded":
            return "Handed over the file"
        case "file.read":
            rejected = changes.get("rejected", 0)
            return f"Read the file: {_count(changes, 'lines', 'row')}, {rejected:,} rejected"
        case "file.mapped":
            return "Said what its columns mean"
        case "file.confirmed":
            return f"Confirmed the file for posting: {_count(changes, 'rows', 'row')}"
        case "payments.received":
            return f"Received {_count(changes, 'payments', 'payment')} of it, this one among them"
        case "file.posted":
            return f"Finished posting the file: {_count(changes, 'payments', 'payment')}"
        case "payment.identified" | "payment.allocated":
            return _applied(changes, currency, named=record.verb == "payment.identified")
        case "payment.split":
            parts = changes.get("parts", [])
            total = Money(sum(amount for _, amount in parts), currency)
            return f"Split {total} over {len(parts)} contracts"
        case "payment.unapplied":
            return f"Took {Money(changes.get('amount_minor', 0), currency)} off a contract"
        case "payment.undone":
            return f"Undid: {verb_words(changes.get('verb', '')).lower()}"
        case "payment.backdated":
            was, now = (_day(date.fromisoformat(day)) for day in changes.get("counts_from", ()))
            return f"Let it count from {now} instead of {was}"
        case "payment.reversed":
            return f"Took back {Money(changes.get('amount_minor', 0), currency)}"
    return verb_words(record.verb)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def undo_words(record: AuditRecord, currency: str) -> str:
    """What one's last act on a payment was, as the button that undoes it says it."""
    return _words(record, currency)


def _applied(changes: dict[str, Any], currency: str, *, named: bool) -> str:
    was, left = changes.get("open_minor", [0, 0])
    done = []
    if named:
        done.append("named the payer")
    if was != left:
        done.append(f"applied {Money(was - left, currency)}")
    text = " and ".join(done) + (f"; {Money(left, currency)} left open" if left else "")
    return text[:1].upper() + text[1:]


def _count(changes: dict[str, Any], name: str, word: str) -> str:
    number = changes.get(name, 0)
    return f"{number:,} {word}{'' if number == 1 else 's'}"
