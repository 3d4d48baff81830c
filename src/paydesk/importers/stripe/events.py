"""Stripe's event notifications (webhooks): an event holds one object; amounts in minor units.

A charge that was not captured is pending. charge.refunded repeats a running total, so the refund's own event
is the money; of a dispute it is the one that says funds went or came back. A payment intent is known by its
charge, so that both of its events are one payment. An event of a family that moves money and is not known is
rejected; the many others are notices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, currency_code, raw_of
from paydesk.importers.records import EXACT, Kind, StatementLine, Status
from paydesk.importers.settlement_sums import major_units
from paydesk.importers.stripe.own_reference import own_keys_first

# Where Stripe counts other decimals than ISO 4217.
DECIMALS = {"ISK": 2, "UGX": 2, "MGA": 0}
# Event: (kind, status, sign, the field that holds the amount). None: the status is the object's own.
MONEY: Mapping[str, tuple[Kind, Status | None, int, str]] = {
    "charge.succeeded": ("payment", None, 1, "amount"),
    "charge.captured": ("payment", "success", 1, "amount_captured"),
    "charge.pending": ("payment", "pending", 1, "amount"),
    "charge.failed": ("payment", "failed", 1, "amount"), "charge.expired": ("payment", "failed", 1, "amount"),
    "payment_intent.succeeded": ("payment", "success", 1, "amount_received"),
    "payment_intent.processing": ("payment", "pending", 1, "amount"),
    "payment_intent.payment_failed": ("payment", "failed", 1, "amount"),
    "refund.created": ("refund", None, -1, "amount"), "refund.updated": ("refund", None, -1, "amount"),
    "refund.failed": ("refund", "failed", -1, "amount"),
    "charge.refund.updated": ("refund", None, -1, "amount"),
    "charge.dispute.funds_withdrawn": ("chargeback", "success", -1, "amount"),
    "charge.dispute.funds_reinstated": ("chargeback", "success", 1, "amount"),
    "payout.created": ("sweep", "pending", -1, "amount"), "payout.paid": ("sweep", "success", -1, "amount"),
    "payout.failed": ("sweep", "failed", -1, "amount"), "payout.canceled": ("sweep", "failed", -1, "amount"),
    "transfer.created": ("payout", "success", -1, "amount"),
    "topup.succeeded": ("float_transfer", "success", 1, "amount"),
    "topup.failed": ("float_transfer", "failed", 1, "amount"),
}  # fmt: skip
# Events of those families that only tell.
TOLD = frozenset({
    "charge.refunded", "charge.updated", "charge.dispute.created", "charge.dispute.updated",
    "charge.dispute.closed", "payment_intent.created", "payment_intent.canceled",
    "payment_intent.requires_action", "payment_intent.amount_capturable_updated",
    "payment_intent.partially_funded", "payout.updated", "payout.reconciliation_completed",
    "transfer.updated", "topup.created", "topup.canceled",
})  # fmt: skip
FAMILIES = ("charge.", "payment_intent.", "refund.", "payout.", "transfer.", "topup.", "application_fee.",
            "issuing", "treasury.", "balance.")  # fmt: skip
REFUND_STATUSES: Mapping[str, Status] = {
    "succeeded": "success", "pending": "pending", "requires_action": "pending", "failed": "failed",
    "canceled": "failed",
}  # fmt: skip


class StripeEvent(JsonImporter):
    """The importer for event notifications."""

    name = "stripe.event"
    about = About(
        title="Stripe event notification (webhook)",
        provider="Stripe",
        sources=("official",),
        source="Stripe's API reference; no real message was at hand.",
        sure="medium",
        known_missing=(
            "Fees, where the balance transaction is not part of the message: they stand in the report.",
            "Thin events, which only name an object.",
        ),
    )
    what = "Stripe event"
    marks = ("object", "data", "type", "livemode")

    def fits(self, document: object) -> bool:
        if not isinstance(document, dict) or document.get("object") != "event":
            return False
        data = document.get("data")
        return isinstance(data, dict) and isinstance(data.get("object"), dict) and "type" in document

    def account(self, document: Fields) -> str | None:
        return document.id("account") or None

    def is_test(self, document: Mapping[str, object]) -> bool:
        return document.get("livemode") is False

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        event = document.text("type")
        found = document.within("data").within("object")
        if event not in MONEY:
            if event.startswith(FAMILIES) and event not in TOLD:
                raise ValueError(
                    f"The event {event[:60]!r} is not known, so it is not clear whether money moved; look it "
                    "up at Stripe."
                )
            yield _notice(first, event, document)
            return
        kind, known, sign, amount_name = MONEY[event]
        status = known or _status(event, found)
        currency = currency_code(found)
        value = major_units(_number(found, amount_name), currency, DECIMALS)
        yield StatementLine(
            first,
            "failed" if status == "failed" else kind,
            status,
            value if sign > 0 or status == "failed" else EXACT.minus(value),
            currency,
            fee=None if status == "failed" else _fee(found, currency),
            reference=own_keys_first(_metadata(found)) or found.own_id("transfer_group"),
            provider_ref=_own(event, found),
            batch_key=found.own_id("id") if kind == "sweep" else "",
            account=_billing(found, "email"),
            payer_name=_billing(found, "name"),
            text=", ".join(filter(None, [event, found.text("description"), found.text("failure_message")])),
            channel=_channel(found),
            occurred_at=(at := _instant(document)),
            booked_on=at.date() if at else None,
            raw=raw_of(document.found),
        )


def _notice(number: int, event: str, document: Fields) -> StatementLine:
    at = _instant(document)
    return StatementLine(
        number, "notice", "success", Decimal(0), "XXX", provider_ref=document.own_id("id"), text=event,
        occurred_at=at, booked_on=at.date() if at else None, raw=raw_of(document.found),
    )  # fmt: skip


def _status(event: str, found: Fields) -> Status:
    """The status an object states itself: a charge by whether it was captured, a refund by its word."""
    if event == "charge.succeeded":
        return "pending" if found.found.get("captured") is False else "success"
    status = REFUND_STATUSES.get(found.text("status"))
    if status is None:
        raise ValueError(f"The refund's status {found.text('status')[:40]!r} is not known.")
    return status


def _number(found: Fields, name: str) -> str:
    text = found.text(name) or found.text("amount")
    if not text:
        raise ValueError(f"{name} is missing.")
    return text


def _own(event: str, found: Fields) -> str:
    """The id by which the money is known in every message and report about it."""
    own = found.own_id("id")
    if event.startswith("payment_intent."):
        latest = found.found.get("latest_charge")
        own = (
            Fields(latest).own_id("id") if isinstance(latest, dict) else found.own_id("latest_charge") or own
        )
    if event == "charge.dispute.funds_reinstated":
        own = _balance_transaction(found) or f"{own} reinstated"
    if not own:
        raise ValueError("id is missing, so this event could not be known again.")
    return own


def _balance_transaction(found: Fields) -> str:
    """The last of a dispute's balance transactions: a reversal's own, as reports name it."""
    listed = found.found.get("balance_transactions")
    last = listed[-1] if isinstance(listed, list) and listed else None
    return Fields(last).own_id("id") if isinstance(last, dict) else ""


def _fee(found: Fields, currency: str) -> Decimal | None:
    """What Stripe kept, where the balance transaction is part of the message and in the same currency."""
    booked = found.found.get("balance_transaction")
    if not isinstance(booked, dict) or "fee" not in booked:
        return None
    fields = Fields(booked)
    if fields.text("currency").upper() != currency:
        return None
    return major_units(fields.text("fee"), currency, DECIMALS)


def _metadata(found: Fields) -> dict[str, str]:
    values = found.found.get("metadata")
    if not isinstance(values, dict):
        return {}
    fields = Fields(values)
    return {name: fields.own_id(name) for name in values if isinstance(values[name], str)}


def _billing(found: Fields, name: str) -> str:
    details = found.found.get("billing_details")
    return Fields(details).text(name) if isinstance(details, dict) else ""


def _channel(found: Fields) -> str:
    details = found.found.get("payment_method_details")
    if not isinstance(details, dict):
        return ""
    method = Fields(details).text("type")
    card = details.get(method)
    brand = Fields(card).text("brand") if isinstance(card, dict) else ""
    return f"{method} {brand}".strip()


def _instant(document: Fields) -> datetime | None:
    text = document.text("created")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        raise ValueError(f"created is {text[:20]!r}, not seconds since 1970.")
    return datetime.fromtimestamp(int(text), UTC)
