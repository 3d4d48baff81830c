"""Venmo's transactions: payments, charges (asked for by the one who is paid), transfers to the bank."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.delimited.tables import Table
from paydesk.importers.moments import Moments
from paydesk.importers.records import EXACT, FileWarning, Kind, Record, StatementLine, Status
from paydesk.importers.settlement_rows import Row
from paydesk.importers.settlement_sums import Batches
from paydesk.importers.settlement_tables import TableReport

TOTAL, FEE = "Amount (total)", "Amount (fee)"
# Type to the kind of money in and of money out.
TYPES: dict[str, tuple[Kind, Kind]] = {
    "payment": ("payment", "payout"), "charge": ("payment", "payout"),
    "merchant transaction": ("reversal", "payout"),
    "standard transfer": ("sweep", "sweep"), "instant transfer": ("sweep", "sweep"),
    "bank transfer": ("sweep", "sweep"),
    "add funds": ("float_transfer", "float_transfer"),
}  # fmt: skip
# None is no money.
STATUSES: dict[str, Status | None] = {
    "complete": "success", "completed": "success", "issued": "success",
    "pending": "pending", "held": "pending", "processing": "pending",
    "failed": None, "cancelled": None, "canceled": None, "declined": None, "expired": None,
}  # fmt: skip
OWN_BALANCE = "venmo balance"
_UTC = Moments("ymd", "UTC")


class VenmoTransactions(TableReport):
    """The importer for transactions."""

    name = "venmo.transactions"
    what = "Venmo export of transactions"
    marks = ((TOTAL,), ("Funding Source",), ("Destination",), ("Datetime",))
    needs = (("ID",), ("Type",), ("Status",))
    about = About(
        title="Venmo transactions",
        provider="Venmo",
        sources=("samples", "integration_code"),
        source="Exports that a bookkeeping importer reads.",
        sure="medium",
        known_missing=(
            "Times carry no zone and are read as UTC.",
            "Whether a fee is inside the total is not published: it is read as kept back beside it.",
        ),
    )

    def records(self, table: Table) -> Iterator[Record]:
        """The rows, then which of them did not touch the balance and which bore a fee."""
        others, fees = _Noticed(), _Noticed()
        for record in super().records(table):
            if isinstance(record, StatementLine):
                if record.channel and record.channel.casefold() != OWN_BALANCE and record.kind != "sweep":
                    others.add(record, record.amount)
                if record.fee:
                    fees.add(record, record.fee)
            yield record
        if others.count:
            yield FileWarning(
                f"Not paid from or into the Venmo balance: {others.said}, for example with "
                f"{others.example!r}. They leave the balance as it was.",
                others.line,
            )
        if fees.count:
            yield FileWarning(
                f"Fees: {fees.said}. They were read as kept back beside the total; compare one with the "
                "balance.",
                fees.line,
            )

    def is_other(self, row: Row) -> bool:
        """Rows of a newer export that only state a balance or hold a disclaimer."""
        return not row.text("ID", TOTAL, "Datetime")

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        word, status_word = row.text("Type"), row.text("Status")
        if status_word.casefold() not in STATUSES:
            raise ValueError(f"The status {status_word[:40]!r} is not one we know; ask Venmo what it means.")
        amount, currency = row.needed_amount(TOTAL), row.columns.amounts[row.text(TOTAL)][1] or "USD"
        status = STATUSES[status_word.casefold()]
        if status is None:
            row.columns.passed_over(row, f"{word} {status_word}")
            return
        is_in = amount >= 0
        kind_in, kind_out = TYPES.get(word.casefold(), ("adjustment", "adjustment"))
        if word.casefold() not in TYPES:
            row.columns.unknown(row, "Type", word, "an adjustment")
        fee = row.amount(FEE)
        occurred_at, booked_on = _UTC.read(row.text("Datetime"))
        # Who is paid asks for a charge; who pays sends a payment.
        from_other = is_in != (word.casefold() == "charge")
        yield StatementLine(
            row.line,
            kind_in if is_in else kind_out,
            status,
            amount,
            currency,
            fee=fee.copy_abs() if fee else None,
            provider_ref=row.id("ID"),
            payer_name=row.text("From" if from_other else "To"),
            text=row.text("Note"),
            channel=row.text("Destination", "Funding Source") if is_in else row.text("Funding Source"),
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=row.raw(),
        )


class _Noticed:
    """Rows of one sort: how many, their sum, the first."""

    def __init__(self) -> None:
        self.count = self.line = 0
        self.total = Decimal(0)
        self.currency = self.example = ""

    def add(self, line: StatementLine, amount: Decimal) -> None:
        self.count += 1
        self.line = self.line or line.line
        self.example = self.example or line.channel
        self.currency = line.currency
        self.total = EXACT.add(self.total, amount)

    @property
    def said(self) -> str:
        rows = f"{self.count} rows" if self.count > 1 else "1 row"
        return f"{rows} of {plain_text(self.total)} {self.currency} together, the first on line {self.line}"
