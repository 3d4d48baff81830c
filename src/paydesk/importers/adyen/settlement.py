"""Adyen's settlement detail report: every row of a batch with gross, fees and net, and the payout of it.

Amounts stand in a debit and a credit column; the net may be a debit in a Settled row whose fees exceed the
sale. Gross is in the currency of the payment, net and fees in the one the account is settled in: what a row
left is its net, what it was is the net and the fees. Every batch comes to zero with its payout.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.adyen.words import (
    KINDS,
    STAGES,
    ZERO,
    AdyenReport,
    channel,
    payout_id,
    sum_of,
    when,
)
from paydesk.importers.amounts import plain_text
from paydesk.importers.records import EXACT, FileWarning, Kind, StatementLine
from paydesk.importers.settlement_rows import Row
from paydesk.importers.settlement_sums import Batches, currency_code

FEES = ("Commission (NC)", "Markup (NC)", "Scheme Fees (NC)", "Interchange (NC)")


class AdyenSettlement(AdyenReport):
    """The importer for settlement detail reports, CSV or XLSX."""

    name = "adyen.settlement"
    about = About(
        title="Adyen settlement details report",
        provider="Adyen",
        sources=("official", "samples"),
        source="Adyen's report documentation; seven reports with what their origins' tests expect.",
        sure="high",
        versions="30 to 49 columns, in any order",
        known_missing=("Columns in the balance currency (BC) of platforms are kept in the raw row only.",),
    )
    what = "Adyen settlement detail report"
    marks = (("Net Debit (NC)",), ("Net Credit (NC)",), ("Psp Reference",))
    needs = (("Type",), ("Net Currency",), ("Creation Date", "Booking Date"), ("Batch Number",))
    money = ("Gross Debit (GC)", "Gross Credit (GC)", "Net Debit (NC)", "Net Credit (NC)", *FEES)
    batches_are_whole = True

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        word = row.text("Type")
        kind = _kind(row, word)
        currency = currency_code(row.text("Net Currency"), "'Net Currency'")
        gross = _credit_less_debit(row, "Gross Credit (GC)", "Gross Debit (GC)")
        net = _credit_less_debit(row, "Net Credit (NC)", "Net Debit (NC)")
        if net is None:
            if gross is None or gross != sum_of(row, *FEES):
                raise ValueError("'Net Debit (NC)' and 'Net Credit (NC)' are empty: no amount.")
            net = ZERO  # the fees took all of it
        charged = sum_of(row, *FEES)
        amount = EXACT.add(net, charged)
        gross_currency = row.text("Gross Currency").upper() or currency
        if gross is not None and gross_currency == currency and gross != amount:
            yield FileWarning(
                f"Line {row.line}: gross {plain_text(gross)} less fees of {plain_text(charged)} is not the "
                f"net of {plain_text(net)}; gross and net count.",
                row.line,
                contradicts=True,
            )
            amount = gross
        fee = EXACT.subtract(amount, net)
        foreign = gross is not None and gross_currency != currency
        description = row.text("Modification Reference")
        psp_reference = row.id("Psp Reference")
        occurred_at, day = when(row, "Creation Date", "Booking Date")
        yield StatementLine(
            row.line,
            kind,
            "success",
            amount,
            currency,
            fee=None if gross is None and not fee else fee,
            reference=row.id("Merchant Reference"),
            provider_ref=(row.id("Modification Reference") or psp_reference)
            if psp_reference
            else payout_id(description),
            batch_key=_batch(row),
            text=_text(row, psp_reference, description),
            channel=channel(row),
            occurred_at=occurred_at,
            booked_on=when(row, "Booking Date")[1] or day,
            raw=row.raw(),
            original_amount=gross if foreign else None,
            original_currency=gross_currency if foreign else "",
        )


def _kind(row: Row, word: str) -> Kind:
    key = word.replace(" ", "").casefold()
    if key in STAGES:
        raise ValueError(f"Type {word!r} is a stage of a payment, which no settled batch holds.")
    kind = KINDS.get(key)
    if kind is None:
        row.columns.unknown(row, "Type", word, "an adjustment")
        return "adjustment"
    return kind


def _credit_less_debit(row: Row, credit_name: str, debit_name: str) -> Decimal | None:
    credit, debit = row.amount(credit_name), row.amount(debit_name)
    if credit is None and debit is None:
        return None
    return EXACT.subtract(credit or ZERO, debit or ZERO)


def _batch(row: Row) -> str:
    """Batches are numbered per merchant account, and one report may hold several accounts."""
    number = row.id("Batch Number")
    account = row.text("Merchant Account")
    return f"{account}/{number}" if account and number else number


def _text(row: Row, psp_reference: str, description: str) -> str:
    """What the row says of itself: the payment it belongs to, or what the deduction, fee or payout is for."""
    if psp_reference:
        return f"{row.text('Type')} of payment {psp_reference}"
    if row.text("Psp Reference"):
        return row.text("Type")  # its references were cut by a spreadsheet
    note = row.text("Modification Merchant Reference")
    return " ".join(f"{description} {note if note != '<auto>' else ''}".split())
