"""Checkout.com's payouts report: one row per payout to our bank, with the totals it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.delimited.tables import Table
from paydesk.importers.moments import Moments
from paydesk.importers.records import EXACT, FileWarning, Statement, StatementLine
from paydesk.importers.settlement_rows import Row
from paydesk.importers.settlement_sums import Batches, currency_code
from paydesk.importers.settlement_tables import TableReport

PARTS = (
    "Merchant Payout Fees", "Payments", "Refunds", "Chargebacks", "Pay To Cards",
    "Card Payment Interchange Fees", "Card Payment Scheme Fees", "Acquiring Premiums",
    "Card Payment Gateway Fees", "Card Payment Blended Fees", "Refunded Interchange Fees",
    "Refund Scheme Fees", "Refund Gateway Fees", "Chargeback Fees", "Retrieval Fees", "Representment Fees",
    "Pay To Card Interchange Fees", "Pay To Card Scheme Fees", "Pay To Card Fees",
    "Alternative Payment Method Fees", "Adjustments", "Tax", "Account Updater Fees", "Transfers In",
    "Transfers Out", "Authentication Fees", "Authentication Scheme Fees", "Risk Engine Fees",
    "Intelligent Acceptance Fees", "Network Token Fees",
)  # fmt: skip
_UTC = Moments("ymd", "UTC")


class CheckoutPayouts(TableReport):
    """The importer for payouts reports."""

    name = "checkout.payouts"
    what = "payouts report of Checkout.com"
    marks = (("Payout ID",), ("Payout Amount",), ("Payout Date",), ("Merchant Payout Fees", "Payments"))
    needs = (("Holding Currency",),)
    money = ("Payout Amount",)
    has_batches = False
    about = About(
        title="Checkout.com payouts report",
        provider="Checkout.com",
        sources=("samples",),
        source="A report with its origin's tests.",
        sure="medium",
        known_missing=("Times carry no zone and are read as UTC, as the origin's tests do.",),
    )

    def statement(self, table: Table, first: list[StatementLine]) -> Statement:
        head = super().statement(table, first)
        accounts = {line.account for line in first}
        return Statement(
            account=(accounts.pop() if len(accounts) == 1 else "") or None, currency=head.currency
        )

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        currency = currency_code(row.text("Holding Currency"), "'Holding Currency'")
        paid = row.needed_amount("Payout Amount")
        payout_id = row.id("Payout ID").upper()
        yield from _checked(row, payout_id, paid, currency)
        occurred_at, booked_on = _UTC.read(row.text("Payout Date"))
        yield StatementLine(
            row.line,
            "sweep",
            "success",
            EXACT.minus(paid),
            currency,
            provider_ref=payout_id,
            batch_key=payout_id,
            account=row.text("Currency Account ID"),
            text=row.text("Currency Account Name", "Client Entity Name"),
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=row.raw(),
        )


def _checked(row: Row, payout_id: str, paid: Decimal, currency: str) -> Iterator[FileWarning]:
    """A warning where the totals in the row are not what was paid."""
    parts = [amount for name in PARTS if (amount := row.amount(name)) is not None]
    made = Decimal(0)
    for amount in parts:
        made = EXACT.add(made, amount)
    if parts and made != paid:
        yield FileWarning(
            f"Payout {payout_id}: its totals of payments, refunds and fees come to {plain_text(made)} "
            f"{currency}, the payout is {plain_text(paid)} {currency}.",
            row.line,
            contradicts=True,
        )
