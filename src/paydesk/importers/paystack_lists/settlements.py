"""Paystack's list of settlements: what it paid to our bank, and of what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.json_messages import Fields, currency_code, raw_of, words_to
from paydesk.importers.paystack_lists.answers import PaystackList, entries_of, minor, moment
from paydesk.importers.records import EXACT, FileWarning, Kind, Record, StatementLine, Status

STATUSES = {"success": "success", "processing": "pending", "pending": "pending", "failed": "failed"}


class PaystackSettlements(PaystackList):
    """The importer for settlements."""

    name = "paystack.settlements"
    what = "Paystack settlement"
    marks = ("settlement_date", "total_amount")
    keys = ("id", "status", "total_amount", "settlement_date")
    about = About(
        title="Paystack settlements",
        provider="Paystack",
        sources=("integration_code",),
        source="The list that integrations read; Paystack's published description leaves its fields open.",
        sure="low",
        known_missing=("What deductions hold is not published; they are compared, not booked.",),
    )

    def line(self, number: int, entry: Fields) -> StatementLine:
        word = entry.text("status")
        found = words_to(STATUSES, word)
        if found is None:
            raise ValueError(f"The status {word[:40]!r} is not one we know; ask Paystack what it means.")
        status: Status = "failed" if found == "failed" else "pending" if found == "pending" else "success"
        paid = minor(entry, "effective_amount")
        paid = minor(entry, "total_amount") if paid is None else paid
        if paid is None:
            raise ValueError("total_amount is missing.")
        kind: Kind = "failed" if status == "failed" else "sweep"
        settlement = entry.needed_id("id")
        occurred_at, booked_on = moment(entry, "settlement_date")
        return StatementLine(
            number,
            kind,
            status,
            EXACT.minus(paid),
            currency_code(entry),
            provider_ref=settlement,
            batch_key=settlement,
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=raw_of(entry.found),
        )

    def records(self, documents: Sequence[object]) -> Iterator[Record]:
        yield from super().records(documents)
        number = 0
        for document in documents:
            for entry in entries_of(document):
                number += 1
                if self.is_one(entry):
                    yield from _compared(number, Fields(entry))


def _compared(number: int, entry: Fields) -> Iterator[FileWarning]:
    """Where the figures of a settlement do not explain what was paid."""
    try:
        total, fees, processed, deducted, effective = (
            minor(entry, name)
            for name in ("total_amount", "total_fees", "total_processed", "deductions", "effective_amount")
        )
    except ValueError:
        return  # a rejected row, or figures of another shape
    if total is None:
        return
    settlement = entry.text("id")
    if processed is not None and fees is not None and EXACT.subtract(processed, fees) != total:
        yield FileWarning(
            f"Settlement {settlement}: {plain_text(processed)} processed less fees of {plain_text(fees)} is "
            f"not its total of {plain_text(total)}.",
            number,
        )
    left = EXACT.subtract(total, deducted) if deducted is not None else total
    if effective is not None and effective not in (left, total):
        yield FileWarning(
            f"Settlement {settlement}: its total is {plain_text(total)}, {plain_text(effective)} was paid; "
            "the second counts.",
            number,
        )
