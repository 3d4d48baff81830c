"""PayPal's webhook events of payments: one event holds one resource, amounts in major units.

A capture is known by its id, which is the transaction id of reports and downloads; so is a refund. What tells
only something (an order, a dispute, a subscription) is a notice; an event of a family that moves money and is
not known is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, currency_code, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.records import EXACT, Kind, StatementLine, Status

# Event: what it is, its status, and the sign of its effect. A sale is the capture of the older interface.
MONEY: Mapping[str, tuple[Kind, Status, int]] = {
    "PAYMENT.CAPTURE.COMPLETED": ("payment", "success", 1),
    "PAYMENT.CAPTURE.PENDING": ("payment", "pending", 1),
    "PAYMENT.CAPTURE.DENIED": ("payment", "failed", 1), "PAYMENT.CAPTURE.DECLINED": ("payment", "failed", 1),
    "PAYMENT.CAPTURE.REFUNDED": ("refund", "success", -1),
    "PAYMENT.CAPTURE.REVERSED": ("reversal", "success", -1),
    "PAYMENT.SALE.COMPLETED": ("payment", "success", 1), "PAYMENT.SALE.PENDING": ("payment", "pending", 1),
    "PAYMENT.SALE.DENIED": ("payment", "failed", 1), "PAYMENT.SALE.REFUNDED": ("refund", "success", -1),
    "PAYMENT.SALE.REVERSED": ("reversal", "success", -1),
    "PAYMENT.PAYOUTS-ITEM.SUCCEEDED": ("payout", "success", -1),
    "PAYMENT.PAYOUTS-ITEM.UNCLAIMED": ("payout", "pending", -1),
    "PAYMENT.PAYOUTS-ITEM.FAILED": ("payout", "failed", -1),
    "PAYMENT.PAYOUTS-ITEM.DENIED": ("payout", "failed", -1),
    "PAYMENT.PAYOUTS-ITEM.RETURNED": ("payout", "success", 1),
    "PAYMENT.PAYOUTS-ITEM.REFUNDED": ("payout", "success", 1),
}  # fmt: skip
FAMILIES = ("PAYMENT.CAPTURE.", "PAYMENT.SALE.", "PAYMENT.PAYOUTS-ITEM.", "PAYMENT.REFERENCED-PAYOUT-ITEM.")
_UTC = Moments("ymd", "UTC")


class PayPalWebhook(JsonImporter):
    """The importer for webhook events."""

    name = "paypal.webhook"
    about = About(
        title="PayPal webhook event",
        provider="PayPal",
        sources=("official",),
        source="PayPal's webhook documentation; no real message was at hand.",
        sure="low",
        known_missing=(
            "Disputes are told, not booked: their money stands in the settlement report.",
            "Whether an event is of the sandbox: it does not say.",
        ),
    )
    what = "PayPal webhook event"
    marks = ("event_type", "resource_type", "resource")

    def fits(self, document: object) -> bool:
        return (
            isinstance(document, dict)
            and isinstance(document.get("resource"), dict)
            and isinstance(document.get("event_type"), str)
            and "resource_type" in document
        )

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        event = document.text("event_type").upper()
        found = document.within("resource")
        occurred_at, booked_on = _when(found.text("create_time") or document.text("create_time"))
        if event not in MONEY:
            if event.startswith(FAMILIES):
                raise ValueError(
                    f"The event {event[:60]!r} is not known, so it is not clear whether money moved; look it "
                    "up at PayPal."
                )
            yield StatementLine(
                first, "notice", "success", Decimal(0), "XXX", provider_ref=document.own_id("id"),
                text=_text(event, document), occurred_at=occurred_at, booked_on=booked_on,
                raw=raw_of(document.found),
            )  # fmt: skip
            return
        kind, status, sign = MONEY[event]
        holder = found.within("payout_item") if "payout_item" in found.found else found
        amount, currency = _money(holder.within("amount"))
        failed = status == "failed"
        provider_ref = found.own_id("transaction_id") or found.own_id("id") or found.own_id("payout_item_id")
        if not provider_ref:
            raise ValueError("id is missing, so this event could not be known again.")
        yield StatementLine(
            first,
            "failed" if failed else kind,
            status,
            amount if sign > 0 or failed else EXACT.minus(amount),
            currency,
            fee=None if failed else _fee(found, currency, kind),
            reference=found.own_id("invoice_id") or found.own_id("invoice_number") or _custom(found, holder),
            provider_ref=provider_ref,
            account=holder.text("receiver"),
            text=_text(event, document),
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=raw_of(document.found),
        )


def _money(amount: Fields) -> tuple[Decimal, str]:
    """{currency_code, value} of the present interface, {currency, total or value} of older ones."""
    name = next((name for name in ("value", "total") if amount.has(name)), "value")
    value = amount.amount(name)
    if value is None:
        raise ValueError(f"{name} of the amount is missing.")
    code = "currency_code" if amount.has("currency_code") else "currency"
    return value.copy_abs(), currency_code(amount, code)


def _fee(found: Fields, currency: str, kind: Kind) -> Decimal | None:
    """What PayPal kept of the resource, negative where it gave a fee back; None where it is not said."""
    for holder, name in (
        ("seller_receivable_breakdown", "paypal_fee"), ("seller_payable_breakdown", "paypal_fee"),
        ("", "transaction_fee"), ("", "payout_item_fee"),
    ):  # fmt: skip
        inner = found.within(holder) if holder and holder in found.found else found
        if (holder and holder not in found.found) or name not in inner.found:
            continue
        fee, named = _money(inner.within(name))
        if named != currency:
            return None
        return EXACT.minus(fee) if kind in ("refund", "reversal") else fee
    return None


def _custom(found: Fields, holder: Fields) -> str:
    return found.own_id("custom_id") or found.own_id("custom") or holder.own_id("sender_item_id")


def _text(event: str, document: Fields) -> str:
    return ", ".join(filter(None, [event, document.text("summary")]))


def _when(text: str) -> tuple[datetime | None, date | None]:
    return _UTC.read(text) if text else (None, None)
