"""Saved transaction details of PayPal's own pages: one transaction as the account's owner sees it.

Amounts are shown with a currency sign; the code stands beside the funding source or the raw amounts. Whether
money came or went is said by isCredit. The day is all that is said of the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from paydesk.importers.about import About
from paydesk.importers.amounts import signed_amount
from paydesk.importers.json_messages import Fields, JsonImporter, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.records import EXACT, Kind, StatementLine, Status
from paydesk.importers.settlement_sums import currency_code

STATUSES: Mapping[str, Status] = {
    "COMPLETED": "success", "PAID": "success", "REFUNDED": "success", "PARTIALLY_REFUNDED": "success",
    "PENDING": "pending", "ON_HOLD": "pending", "UNCLAIMED": "pending",
    "DENIED": "failed", "CANCELED": "failed", "CANCELLED": "failed", "FAILED": "failed", "EXPIRED": "failed",
}  # fmt: skip
_WHEN = Moments("mdy", "UTC")


class PayPalDetails(JsonImporter):
    """The importer for saved transaction details."""

    name = "paypal.details"
    about = About(
        title="PayPal transaction details, saved from its pages",
        provider="PayPal",
        sources=("samples",),
        source="Four saved transactions of another importer's tests.",
        sure="low",
        known_missing=("The layout is internal to PayPal's pages and may change without notice.",),
    )
    what = "PayPal transaction detail"
    marks = ("transactionTypeEnum", "grossAmount")

    def fits(self, document: object) -> bool:
        return (
            isinstance(document, dict)
            and "transactionTypeEnum" in document
            and "transactionId" in document
            and isinstance(document.get("amount"), dict)
        )

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        status = STATUSES.get(document.text("status").upper())
        if status is None:
            word = document.text("status")
            raise ValueError(f"status {word[:40]!r} is not known as done, pending or failed.")
        credit = document.found.get("isCredit")
        if not isinstance(credit, bool):
            raise ValueError("isCredit is missing, so it is not clear whether money came or went.")
        shown = document.within("amount")
        (gross, sign), (net, _) = (signed_amount(shown.text(name)) for name in ("grossAmount", "netAmount"))
        if not credit:
            gross, net = EXACT.minus(gross.copy_abs()), EXACT.minus(net.copy_abs())
        day = document.text("date")
        party = document.within("counterparty")
        kind = _kind(document.text("transactionTypeEnum"), credit=credit)
        yield StatementLine(
            first,
            "failed" if status == "failed" else kind,
            status,
            gross,
            _currency(document, shown) or sign or "XXX",
            fee=None if status == "failed" else EXACT.subtract(gross, net),
            provider_ref=document.own_id("transactionId"),
            account=party.text("email"),
            payer_name=party.text("name"),
            text=_text(document),
            booked_on=_WHEN.read(day)[1] if day else None,
            raw=raw_of(document.found),
        )


def _kind(word: str, *, credit: bool) -> Kind:
    key = word.upper()
    if "REFUND" in key:
        return "refund"
    if "TRANSFER" in key:
        return "float_transfer" if credit else "sweep"
    return "payment" if credit else "payout"


def _currency(document: Fields, shown: Fields) -> str:
    """The code of the raw amounts or of the funding source; "" where neither is there."""
    found: object = shown.found.get("rawAmounts")
    if isinstance(found, dict) and isinstance(gross := found.get("gross"), dict):
        return currency_code(str(gross.get("currencyCode")), "currencyCode")
    source = document.found.get("fundingSource")
    listed = source.get("fundingSourceList") if isinstance(source, dict) else None
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        return currency_code(str(listed[0].get("currencyCode")), "currencyCode")
    return ""


def _text(document: Fields) -> str:
    details = document.found.get("itemDetails")
    items = details.get("itemList") if isinstance(details, dict) else None
    names = [Fields(item, "an item").text("name") for item in items] if isinstance(items, list) else []
    return ", ".join(filter(None, [document.text("transactionType"), *names]))[:1000]
