"""Hubtel programmable services: the order that a USSD or app dialogue with us ended in, with its payment.

Paid is what says so in Payment.IsSuccessful; a status word of the order that says otherwise is not taken. The
reference is the session, by which our own service knows what the payer chose.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.hubtel_callback import kept_back, moment
from paydesk.importers.json_messages import Fields, JsonImporter, any_msisdn, currency_code, raw_of, words_to
from paydesk.importers.records import Kind, StatementLine, Status

WORDS: dict[str, Status] = {
    "paid": "success", "success": "success", "successful": "success", "completed": "success",
    "pending": "pending", "unpaid": "pending", "new": "pending",
    "failed": "failed", "cancelled": "failed", "expired": "failed",
}  # fmt: skip
MOST_ITEMS = 100


class HubtelOrder(JsonImporter):
    """The importer for fulfilment requests of programmable services."""

    name = "hubtel.order"
    what = "Hubtel order of a programmable service"
    marks = ("SessionId", "OrderId", "OrderInfo")
    about = About(
        title="Hubtel programmable service order (USSD fulfilment)",
        provider="Hubtel",
        sources=("official", "integration_code"),
        source="Hubtel's SDK for programmable services; newer fields from integration code.",
        sure="medium",
        known_missing=("What the payer chose stands in ExtraData, which each service fills differently.",),
    )

    def fits(self, document: object) -> bool:
        return (
            isinstance(document, dict)
            and {"SessionId", "OrderId"} <= document.keys()
            and isinstance(document.get("OrderInfo"), dict)
        )

    def currency_in(self, document: Fields) -> str | None:
        return currency_code(document.within("OrderInfo"), "Currency")

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        """One line. Raises ValueError where it is not clear whether the order is paid."""
        order = document.within("OrderInfo")
        payment = order.within("Payment")
        status = _status(order, payment)
        is_paid = status == "success"
        amount = payment.needed_amount("AmountPaid") if is_paid else payment.amount("AmountPaid")
        amount = amount or Decimal(0)
        kind: Kind = "failed" if status == "failed" else "payment"
        yield StatementLine(
            first, kind, status, amount, currency_code(order, "Currency"),
            fee=kept_back(payment, amount, "AmountAfterCharges") if is_paid else None,
            reference=document.id("SessionId"), provider_ref=document.needed_id("OrderId"),
            msisdn=any_msisdn(order.text("CustomerMobileNumber")), payer_name=order.text("CustomerName"),
            text=_items(order) or payment.text("PaymentDescription"), channel=payment.text("PaymentType"),
            occurred_at=moment(payment.text("PaymentDate") or order.text("OrderDate")),
            raw=raw_of(document.found),
        )  # fmt: skip


def _status(order: Fields, payment: Fields) -> Status:
    said = payment.found.get("IsSuccessful")
    word = order.text("Status")
    status = words_to(WORDS, word)
    if not isinstance(said, bool):
        raise ValueError("Payment.IsSuccessful is neither true nor false, so it is not clear what was paid.")
    if said and status not in ("success", None):
        raise ValueError(f"The payment is successful, but the order says {word[:40]!r}; ask Hubtel.")
    if said:
        return "success"
    return "pending" if status == "pending" else "failed"


def _items(order: Fields) -> str:
    """What was ordered, in words."""
    rows = order.found.get("Items")
    if not isinstance(rows, list):
        return ""
    found = [Fields(each, "Items") for each in rows[:MOST_ITEMS]]
    return ", ".join(f"{item.text('Quantity') or '1'} x {item.text('Name')}" for item in found)[:1000]
