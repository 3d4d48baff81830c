"""Braintree: webhooks, and settlement batches, one line per sale, refund or dispute of the JSON of its API.

Amounts are in major units. What was disbursed stands beside what the payer paid and may be in another
currency. Braintree bills its fees apart, so a difference between the two in one currency is all it kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.braintree.webhooks import BraintreeWebhook, document_of
from paydesk.importers.json_messages import Fields, JsonImporter, currency_code, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.records import EXACT, StatementLine, Status

STATUSES: Mapping[str, Status] = {
    "SETTLED": "success", "SETTLEMENT_CONFIRMED": "success",
    "AUTHORIZED": "pending", "AUTHORIZING": "pending", "SUBMITTED_FOR_SETTLEMENT": "pending",
    "SETTLING": "pending", "SETTLEMENT_PENDING": "pending",
    "AUTHORIZATION_EXPIRED": "failed", "PROCESSOR_DECLINED": "failed", "GATEWAY_REJECTED": "failed",
    "SETTLEMENT_DECLINED": "failed", "FAILED": "failed", "VOIDED": "failed",
}  # fmt: skip
_UTC = Moments("ymd", "UTC")
__all__ = ["BraintreeSettlement", "BraintreeWebhook", "document_of"]


class BraintreeSettlement(JsonImporter):
    """The importer for settlement batches."""

    name = "braintree.settlement"
    about = About(
        title="Braintree settlement batch (transactions as JSON)",
        provider="Braintree",
        sources=("samples", "official"),
        source="One batch with what its origin's tests expect; Braintree's API reference for the statuses.",
        sure="medium",
        known_missing=(
            "Fees: Braintree bills them monthly and the batch does not name them.",
            "The disbursement to the bank has no row of its own (its webhook has), only its date.",
        ),
    )
    what = "Braintree settlement batch"
    marks = ("merchantAccountId", "disbursementDetails")

    def fits(self, document: object) -> bool:
        return isinstance(document, dict) and {
            "id", "merchantAccountId", "disbursementDetails", "status", "amount",
        } <= document.keys()  # fmt: skip

    def account(self, document: Fields) -> str | None:
        return document.id("merchantAccountId") or None

    def currency_in(self, document: Fields) -> str | None:
        settled = _disbursement(document)
        return _money(settled if settled else document)[1]

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        sale = _line(first, document, is_refund=bool(document.found.get("refundedTransaction")))
        yield sale
        number = first
        for each in _listed(document, "refunds"):
            number += 1
            yield _line(number, each, is_refund=True, of=sale)
        for each in _listed(document, "disputes"):
            number += 1
            yield _dispute(number, each, sale)


def _line(
    number: int, document: Fields, *, is_refund: bool, of: StatementLine | None = None
) -> StatementLine:
    status = _status(document)
    paid, paid_currency = _money(document)
    settled = _disbursement(document)
    amount, currency = _money(settled) if settled else (paid, paid_currency)
    fee: Decimal | None = None
    if currency == paid_currency and status != "failed":
        fee = EXACT.subtract(paid, amount) if settled else None
        amount = paid
    foreign = currency != paid_currency
    if is_refund:
        amount, paid = EXACT.minus(amount), EXACT.minus(paid)
        fee = None if fee is None else EXACT.minus(fee)
    held = settled is not None and settled.found.get("fundsHeld") is True
    moment = document.text("createdAt")
    occurred_at, booked_on = _UTC.read(moment) if moment else (None, None)
    disbursed_on = settled.text("date") if settled else ""
    about = [
        "Refund" if is_refund else "Sale",
        f"of {of.provider_ref}" if of else "",
        document.text("status").lower(),
        "funds held" if held else "",
    ]
    return StatementLine(
        number,
        "failed" if status == "failed" else "refund" if is_refund else "payment",
        "pending" if held else status,
        amount,
        currency,
        fee=fee,
        reference=document.own_id("orderId") or (of.reference if of else ""),
        provider_ref=document.needed_id("id"),
        batch_key=_batch(document),
        payer_name=_payer(document),
        text=", ".join(filter(None, about)),
        channel=_channel(document),
        occurred_at=occurred_at,
        booked_on=booked_on,
        value_on=_UTC.read(disbursed_on)[1] if disbursed_on else None,
        raw=raw_of(document.found),
        original_amount=paid if foreign else None,
        original_currency=paid_currency if foreign else "",
    )


def _dispute(number: int, document: Fields, sale: StatementLine) -> StatementLine:
    """A dispute tells that money may go; what does go stands in a disbursement of its own."""
    return StatementLine(
        number,
        "notice",
        "success",
        Decimal(0),
        sale.currency,
        reference=sale.reference,
        provider_ref=document.needed_id("id"),
        text=f"Dispute of {sale.provider_ref}: {document.text('status').lower() or 'no status'}",
        raw=raw_of(document.found),
    )


def _status(document: Fields) -> Status:
    word = document.text("status").upper()
    status = STATUSES.get(word)
    if status is None:
        raise ValueError(f"status {word[:40]!r} is not known, so it is not clear whether money moved.")
    return status


def _money(document: Fields) -> tuple[Decimal, str]:
    """The amount under `amount`: {value, currencyCode}. Raises ValueError with a sentence."""
    amount = document.within("amount")
    value = amount.amount("value")
    if value is None or value < 0:
        raise ValueError(f"value is {amount.text('value')[:40]!r}; amounts are zero or above.")
    return value, currency_code(amount, "currencyCode")


def _disbursement(document: Fields) -> Fields | None:
    """What was disbursed; None while nothing was."""
    found = document.found.get("disbursementDetails")
    return Fields(found) if isinstance(found, dict) and found.get("amount") else None


def _batch(document: Fields) -> str:
    """The settlement batch the history names last in time order, which is first in the list."""
    history = document.found.get("statusHistory")
    entries = history if isinstance(history, list) else []
    named = (Fields(each).own_id("settlementBatchId") for each in entries if isinstance(each, dict))
    return next((batch for batch in named if batch), "")


def _listed(document: Fields, name: str) -> list[Fields]:
    found = document.found.get(name)
    return [Fields(each, name) for each in found] if isinstance(found, list) else []


def _payer(document: Fields) -> str:
    customer = document.found.get("customer")
    if isinstance(customer, dict):
        fields = Fields(customer)
        if name := f"{fields.text('firstName')} {fields.text('lastName')}".strip():
            return name
    custom = (field for field in _listed(document, "customFields") if field.text("name") == "fullname")
    return next((field.text("value") for field in custom), "")


def _channel(document: Fields) -> str:
    method = document.found.get("paymentMethodSnapshot")
    if not isinstance(method, dict):
        return ""
    fields = Fields(method)
    return "venmo" if "venmoUserId" in method else fields.text("brandCode").lower()
