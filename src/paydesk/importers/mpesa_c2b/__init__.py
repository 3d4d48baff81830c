"""M-Pesa's C2B confirmation: a payment to our paybill or till that has happened.

The validation call asks beforehand and has the same body with an empty balance: that one is not money, and
the address it comes to tells the two apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.records import StatementLine
from paydesk.kernel.phone_numbers import e164_digits


class MpesaC2b(JsonImporter):
    """The importer for C2B confirmations."""

    name = "mpesa.c2b"
    about = About(
        title="M-Pesa C2B confirmation",
        provider="M-Pesa (Safaricom)",
        sources=(
            "official",
            "samples",
        ),
        source="Safaricom's developer documentation; one example of it.",
        sure="high",
        known_missing=(
            "The validation call has the same body: the address it comes to tells the two apart.",
        ),
    )
    what = "M-Pesa C2B confirmation"
    currency = "KES"
    marks = ("TransID", "TransAmount", "BusinessShortCode")

    def fits(self, document: object) -> bool:
        return isinstance(document, dict) and all(mark in document for mark in self.marks)

    def account(self, document: Fields) -> str | None:
        return document.id("BusinessShortCode") or None

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        names = [document.text(name) for name in ("FirstName", "MiddleName", "LastName")]
        at = document.text("TransTime")
        if not at:
            raise ValueError("TransTime is missing.")
        yield StatementLine(
            first,
            "payment",
            "success",
            document.needed_amount("TransAmount"),
            self.currency,
            reference=document.text("BillRefNumber") or document.text("InvoiceNumber"),
            provider_ref=document.needed_id("TransID"),
            # A hash or a masked number, as M-Pesa may send it, names nobody.
            msisdn=e164_digits(document.text("MSISDN"), "KE") or "",
            payer_name=" ".join(name for name in names if name),
            text=document.text("TransactionType"),
            balance=document.amount("OrgAccountBalance"),
            occurred_at=Moments("ymd", "Africa/Nairobi").read(at)[0],
            raw=raw_of(document.found),
        )
