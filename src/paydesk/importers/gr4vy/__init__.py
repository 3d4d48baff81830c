"""Gr4vy's all-transactions report: one row per transaction of the orchestrator, in the state it has now.

Amounts are whole minor units of the row's currency. Captured money is success, what is authorised or on its
way pending. What was refused, failed or voided never was money and is passed over with its count. A refund
is only a sum in the row of its payment, without a date or an id of its own, so it is said, not booked: the
report of the payment service that paid it back has its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.delimited.tables import Table
from paydesk.importers.json_messages import any_msisdn
from paydesk.importers.moments import Moments
from paydesk.importers.records import FileWarning, Record, StatementLine, Status
from paydesk.importers.settlement_rows import Row
from paydesk.importers.settlement_sums import Batches, currency_code, major_units
from paydesk.importers.settlement_tables import TableReport

# Gr4vy's list of transaction statuses; None is no money.
STATUSES: dict[str, Status | None] = {
    "capture_succeeded": "success", "succeeded": "success",
    "processing": "pending", "buyer_approval_pending": "pending", "authorization_succeeded": "pending",
    "capture_pending": "pending", "authorization_void_pending": "pending",
    "authorization_declined": None, "authorization_failed": None, "authorization_voided": None,
    "failed": None, "cancelled": None, "declined": None, "voided": None,
}  # fmt: skip
REFUNDED = "refunded_amount"
_UTC = Moments("ymd", "UTC")


class Gr4vyTransactions(TableReport):
    """The importer for all-transactions reports."""

    name = "gr4vy.transactions"
    what = "all-transactions report of Gr4vy"
    marks = (("payment_service_transaction_id",), ("external_identifier",), ("captured_amount",), ("status",))
    needs = (("id",), ("amount",), ("currency",), ("created_at",))
    about = About(
        title="Gr4vy all-transactions report",
        provider="Gr4vy",
        sources=("official", "samples"),
        source="Gr4vy's list of transaction statuses; reports with what their origin's tests expect.",
        sure="high",
        known_missing=("Refunds are sums in the row of their payment: they are said and not booked.",),
    )

    def records(self, table: Table) -> Iterator[Record]:
        """The rows, and how many of them name a refund."""
        count = first = 0
        example = ""
        for record in super().records(table):
            if isinstance(record, StatementLine) and isinstance(record.raw, dict):
                text = record.raw.get(REFUNDED, "").strip()
                if text.strip("0"):
                    count += 1
                    first = first or record.line
                    example = example or _shown(text, record.currency)
            yield record
        if count:
            rows = f"{count} rows name refunds" if count > 1 else "1 row names a refund"
            yield FileWarning(
                f"{rows} (line {first}: {example}). The report does not say when each was made, so none is "
                "booked from it; the payment service's own report has them.",
                first,
            )

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        word = row.text("status")
        if word.casefold() not in STATUSES:
            raise ValueError(f"The status {word[:40]!r} is not one we know; ask Gr4vy what it means.")
        status = STATUSES[word.casefold()]
        currency = currency_code(row.text("currency"), "'currency'")
        amount = _minor(row, "amount", currency)
        if status is None:
            row.columns.passed_over(row, word)
            return
        if status == "success":
            amount = _minor(row, "captured_amount", currency)
        if amount <= 0:
            raise ValueError(f"A transaction that {word} has the amount {plain_text(amount)}; ask Gr4vy.")
        occurred_at, booked_on = _when(row.text("captured_at", "created_at"))
        yield StatementLine(
            row.line,
            "payment",
            status,
            amount,
            currency,
            reference=row.id("external_identifier"),
            provider_ref=row.id("id"),
            network_ref=row.id("payment_service_transaction_id"),
            msisdn=any_msisdn(row.text("billing_details_phone_number")),
            payer_name=" ".join(
                filter(None, (row.text("billing_details_first_name"), row.text("billing_details_last_name")))
            ),
            text=row.text("payment_service_display_name"),
            channel=" ".join(filter(None, (row.text("method"), row.text("scheme")))),
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=row.raw(),
        )


def _minor(row: Row, name: str, currency: str) -> Decimal:
    try:
        return major_units(row.text(name), currency)
    except ValueError as problem:
        raise ValueError(f"{name!r}: {problem}") from problem


def _shown(text: str, currency: str) -> str:
    try:
        return f"{plain_text(major_units(text, currency))} {currency}"
    except ValueError:
        return f"{text[:20]!r}"


def _when(text: str) -> tuple[datetime | None, date | None]:
    return _UTC.read(text) if text else (None, None)
