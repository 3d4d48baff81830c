"""dLocal's report of transactions: what the payer paid in local money, and what of it is ours in US dollars.

A row is settled in dollars where "Amount (USD)" is filled, else it is of the local amount. Amounts have no
sign: the type of the row gives it. The fee is in dollars and includes the tax on it (IOF).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.moments import Moments
from paydesk.importers.records import EXACT, FileWarning, Kind, StatementLine, Status
from paydesk.importers.settlement_rows import Row
from paydesk.importers.settlement_sums import Batches, currency_code
from paydesk.importers.settlement_tables import TableReport

# Type of row to kind and the sign of its money.
TYPES: dict[str, tuple[Kind, int]] = {
    "payment": ("payment", 1),
    "refund": ("refund", -1),
    "chargeback": ("chargeback", -1), "chargebacks": ("chargeback", -1),
    "chargeback reversal": ("chargeback", 1),
    "credit note": ("adjustment", 1), "debit note": ("adjustment", -1),
    "refund processing fee": ("fee", -1), "chargeback processing fee": ("fee", -1),
}  # fmt: skip
# None is no money: a payment that was not made, a chargeback that was decided in our favour.
STATUSES: dict[str, Status | None] = {
    "cleared": "success", "completed": "success", "settled": "success", "paid": "success",
    "pending": "pending", "in process": "pending", "waiting details": "pending",
    "cancelled": None, "canceled": None, "rejected": None, "expired": None, "reimbursed": None,
}  # fmt: skip
USD = "USD"
_UTC = Moments("ymd", "UTC")


class DlocalTransactions(TableReport):
    """The importer for reports of transactions."""

    name = "dlocal.transactions"
    what = "transaction report of dLocal"
    marks = (("Net Amount (local)",), ("Amount (USD)",), ("Creation date",))
    needs = (("Type",), ("currency",), ("Status",), ("Reference",))
    money = ("Net Amount (local)", "Amount (USD)")
    about = About(
        title="dLocal transaction report",
        provider="dLocal",
        sources=("samples", "integration_code"),
        source="Reports with what their origin's tests expect.",
        sure="medium",
        known_missing=(
            "Times carry no zone and are read as UTC, as the origin's tests do.",
            "The sign of notes and processing fees is taken from their name.",
        ),
    )

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        word, status_word = row.text("Type"), row.text("Status")
        if (found := TYPES.get(word.casefold())) is None:
            raise ValueError(f"The type {word[:40]!r} is not one we know; ask dLocal what it means.")
        if status_word.casefold() not in STATUSES:
            raise ValueError(f"The status {status_word[:40]!r} is not one we know; ask dLocal what it means.")
        kind, sign = found
        local, local_currency = row.amount("Net Amount (local)"), currency_code(row.text("currency"))
        settled = row.amount("Amount (USD)")
        amount, currency = (local, local_currency) if settled is None else (settled, USD)
        if amount is None or amount < 0:
            raise ValueError(
                "The row has no amount."
                if amount is None
                else f"The amount is {plain_text(amount)}, below zero, and the type {word!r} gives the sign."
            )
        status = STATUSES[status_word.casefold()]
        if status is None:
            row.columns.passed_over(row, f"{word} {status_word}")
            return
        fee = row.amount("Fee")
        if fee and currency != USD:
            yield FileWarning(
                f"Line {row.line}: the fee of {plain_text(fee)} USD is left out, because the row has no "
                "amount in USD.",
                row.line,
            )
            fee = None
        foreign = settled is not None and local is not None and local_currency != USD
        occurred_at, booked_on = _when(row.text("Creation date"))
        yield StatementLine(
            row.line,
            kind,
            status,
            amount * sign,
            currency,
            fee=fee,
            reference=row.id("Invoice", "Transaction Invoice"),
            provider_ref=row.id("Reference"),
            text=" ".join(filter(None, (word, status_word, row.id("Transaction Reference")))),
            channel=" ".join(filter(None, (row.text("Payment Method Type"), row.text("Payment Method")))),
            occurred_at=occurred_at,
            booked_on=booked_on,
            value_on=_when(row.text("Settlement date"))[1],
            raw=row.raw(),
            original_amount=EXACT.multiply(local, Decimal(sign)) if foreign and local is not None else None,
            original_currency=local_currency if foreign else "",
        )


def _when(text: str) -> tuple[datetime | None, date | None]:
    return _UTC.read(text) if text else (None, None)
