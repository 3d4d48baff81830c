"""Adyen's payments accounting report: the life of each payment, of which only settled rows are money.

Payable (SC) is what the row left on the account, net of the fees beside it. The processing fee (FC) is
invoiced apart. Rows such as Authorised or SentForSettle are stages; they are counted, not read as money.
"""

from __future__ import annotations

from collections.abc import Iterator

from paydesk.importers.about import About
from paydesk.importers.adyen.words import KINDS, STAGES, AdyenReport, channel, sum_of, when
from paydesk.importers.records import EXACT, FileWarning, StatementLine
from paydesk.importers.settlement_rows import Row
from paydesk.importers.settlement_sums import Batches, currency_code

FEES = ("Commission (SC)", "Markup (SC)", "Scheme Fees (SC)", "Interchange (SC)")


class AdyenAccounting(AdyenReport):
    """The importer for payments accounting reports."""

    name = "adyen.accounting"
    about = About(
        title="Adyen payments accounting report",
        provider="Adyen",
        sources=("official", "samples"),
        source="Adyen's report documentation; two reports with what their origin's tests expect.",
        sure="medium",
        known_missing=("The processing fee (FC) is in the raw row only: Adyen invoices it apart.",),
    )
    what = "Adyen payments accounting report"
    marks = (("Record Type",), ("Payable (SC)",), ("Psp Reference",))
    needs = (("Settlement Currency",), ("Booking Date", "Creation Date"))
    money = ("Payable (SC)", "Captured (PC)", "Main Amount", *FEES)

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        word = row.text("Record Type")
        key = word.replace(" ", "").casefold()
        if key in STAGES:
            row.columns.passed_over(row, word)
            return
        kind = KINDS.get(key, "adjustment")
        if key not in KINDS:
            row.columns.unknown(row, "Record Type", word, "an adjustment")
        currency = currency_code(row.text("Settlement Currency"), "'Settlement Currency'")
        net = row.needed_amount("Payable (SC)")
        fee = sum_of(row, *FEES)
        paid_in = row.text("Payment Currency").upper() or currency
        original = row.amount("Original Amount") if paid_in != currency else None
        if original is not None and EXACT.add(net, fee) < 0:
            original = EXACT.minus(original.copy_abs())
        occurred_at, booked_on = when(row, "Booking Date", "Creation Date")
        psp_reference = row.id("Psp Reference")
        yield StatementLine(
            row.line,
            kind,
            "success",
            EXACT.add(net, fee),
            currency,
            fee=fee,
            reference=row.id("Merchant Reference"),
            provider_ref=row.id("Modification Psp Reference") or psp_reference,
            text=f"{word} of payment {psp_reference}",
            channel=channel(row),
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=row.raw(),
            original_amount=original,
            original_currency=paid_in if original is not None else "",
        )
