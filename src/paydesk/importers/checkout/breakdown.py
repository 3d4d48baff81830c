"""Checkout.com's settlement breakdown: every movement that a settlement is made of.

The net of a row counts: what is kept between gross and net is the fee, save the part that goes to the
reserve. Reserves come as one row per payout behind the others, because they are kept of many rows. A row
without a gross is a fee of its own, under the reference of the payment it is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import exact_amount, plain_text
from paydesk.importers.delimited.tables import Table
from paydesk.importers.moments import Moments
from paydesk.importers.records import (
    EXACT,
    FileWarning,
    Kind,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
)
from paydesk.importers.settlement_rows import Row
from paydesk.importers.settlement_sums import Batches, currency_code
from paydesk.importers.settlement_tables import TableReport

RESERVE = "Reserve In Holding Currency"
# Of rows that move a gross amount; what costs only has none and is a fee by that.
KINDS: dict[str, Kind] = {
    "charge": "payment", "capture": "payment", "payment": "payment",
    "refund": "refund", "refund reversal": "refund",
    "chargeback": "chargeback", "chargeback reversal": "chargeback",
    "payout": "payout", "pay to card": "payout", "payout return": "payout",
    "security deposit reservation": "reserve", "security deposit release": "reserve",
    "rolling reserve": "reserve", "rolling reserve release": "reserve",
    "top up": "float_transfer", "transfer in": "float_transfer", "transfer out": "float_transfer",
    "operational funding reservation": "float_transfer", "operational funding release": "float_transfer",
    "adjustment": "adjustment", "cover negative position": "adjustment",
    "invoice settlement": "adjustment", "tiered pricing adjustment": "adjustment",
}  # fmt: skip
_UTC = Moments("ymd", "UTC")


class CheckoutBreakdown(TableReport):
    """The importer for settlement breakdowns."""

    name = "checkout.breakdown"
    what = "settlement breakdown of Checkout.com"
    marks = (("Gross In Holding Currency",), ("Net In Holding Currency",), ("Payout ID",))
    needs = (("Type",), ("Holding Currency",), ("Processed On",))
    money = ("Gross In Holding Currency", "Net In Holding Currency")
    about = About(
        title="Checkout.com settlement breakdown",
        provider="Checkout.com",
        sources=("official", "samples"),
        source="Checkout.com's documentation of the report and its breakdown types; a report with its "
        "origin's tests.",
        sure="high",
        known_missing=("Times carry no zone and are read as UTC, as the origin's tests do.",),
    )

    def records(self, table: Table) -> Iterator[Record]:
        """The rows, and behind them what was kept as reserve per payout."""
        reserves: dict[tuple[str, str], tuple[Decimal, int]] = {}
        last = 0
        for record in super().records(table):
            if isinstance(record, StatementLine | RejectedLine):
                last = max(last, record.line)
            if isinstance(record, StatementLine) and (kept := _reserve_of(record)):
                key = (record.batch_key, record.currency)
                amount, count = reserves.get(key, (Decimal(0), 0))
                reserves[key] = (EXACT.add(amount, kept), count + 1)
            yield record
        for (batch_key, currency), (amount, count) in reserves.items():
            last += 1
            yield StatementLine(
                last, "reserve", "success", amount, currency, batch_key=batch_key,
                text=f"Reserve of {count} rows",
            )  # fmt: skip

    def statement(self, table: Table, first: list[StatementLine]) -> Statement:
        head = super().statement(table, first)
        payouts = {line.batch_key for line in first}
        owners = {raw.get("Client Entity ID", "") for line in first if isinstance(raw := line.raw, dict)}
        return Statement(
            account=(owners.pop() if len(owners) == 1 else "") or None,
            currency=head.currency,
            number=(payouts.pop() if len(payouts) == 1 else "") or None,
        )

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        currency = currency_code(row.text("Holding Currency"), "'Holding Currency'")
        gross = row.needed_amount("Gross In Holding Currency")
        net = row.needed_amount("Net In Holding Currency")
        yield from _checked(row, gross, net)
        kept = EXACT.subtract(EXACT.add(gross, row.amount(RESERVE) or Decimal(0)), net)
        word = row.text("Type")
        kind = _kind(row, word, gross)
        amount, fee = (gross, kept) if gross else (EXACT.minus(kept), None)
        occurred_at, booked_on = _when(row.text("Processed On"))
        paid_in = row.text("Processing Currency") or currency
        foreign = gross and paid_in != currency
        yield StatementLine(
            row.line,
            kind if amount else "notice",
            "success",
            amount,
            currency,
            fee=fee,
            reference=row.id("Reference"),
            # The payment's id is not the fee's: one payment may cost many times.
            provider_ref=row.id("Action ID") or (row.id("Payment ID") if gross else ""),
            batch_key=row.id("Payout ID").upper(),
            text=" ".join(filter(None, (word, "" if gross else row.text("Payment ID")))),
            channel=row.text("Payment Method"),
            occurred_at=occurred_at,
            booked_on=booked_on,
            value_on=_when(row.text("Available On"))[1],
            raw=row.raw(),
            original_amount=row.amount("Gross In Processing Currency") if foreign else None,
            original_currency=paid_in if foreign else "",
        )


def _kind(row: Row, word: str, gross: Decimal) -> Kind:
    if not gross:
        return "fee"
    plain = " ".join(word.casefold().split())
    kind = KINDS.get(plain)
    if kind is None:
        row.columns.unknown(row, "Type", word, "an adjustment")
        return "adjustment"
    if (kind == "payment" and gross < 0) or (plain in ("refund", "chargeback") and gross > 0):
        raise ValueError(f"A {word} of {plain_text(gross)} contradicts itself; ask Checkout.com what it is.")
    return kind


def _checked(row: Row, gross: Decimal, net: Decimal) -> Iterator[FileWarning]:
    """A warning where the row's own deduction is not what stands between its gross and its net."""
    deduction, reserve = row.amount("Deduction In Holding Currency"), row.amount(RESERVE) or Decimal(0)
    if deduction is None:
        return
    made = EXACT.add(gross, deduction)
    if net not in (made, EXACT.add(made, reserve)):
        yield FileWarning(
            f"Line {row.line}: gross {plain_text(gross)} and deduction {plain_text(deduction)} do not make "
            f"the net of {plain_text(net)}; the net counts.",
            row.line,
            contradicts=True,
        )


def _reserve_of(line: StatementLine) -> Decimal:
    raw = line.raw
    text = raw.get(RESERVE, "") if isinstance(raw, dict) else ""
    return exact_amount(text) if text.strip() else Decimal(0)


def _when(text: str) -> tuple[datetime | None, date | None]:
    return _UTC.read(text) if text else (None, None)
