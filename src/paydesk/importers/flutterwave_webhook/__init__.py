"""Flutterwave webhooks, the flat shape of version 2 and the one with event and data of version 3.

Amounts are in major units. `amount` is what was asked for; `charged_amount` adds what the payer bore. A fee
is ours only where the charged amount is not above the asked one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, any_msisdn, currency_code, raw_of, words_to
from paydesk.importers.moments import Moments
from paydesk.importers.records import Kind, StatementLine, Status

STATUSES: dict[str, Status] = {
    "successful": "success", "success": "success", "failed": "failed", "cancelled": "failed",
    "pending": "pending", "new": "pending",
}  # fmt: skip
CHARGE, TRANSFER = "charge.completed", "transfer.completed"


class FlutterwaveWebhook(JsonImporter):
    """The importer for Flutterwave's charge and transfer events."""

    name = "flutterwave.webhook"
    what = "Flutterwave event"
    marks = ("amount", "currency", "status")
    about = About(
        title="Flutterwave webhook",
        provider="Flutterwave",
        sources=("official",),
        source="Flutterwave's guides of versions 2 and 3; no specimen.",
        sure="low",
        known_missing=("No settlement export is public: map its columns.",),
    )

    def fits(self, document: object) -> bool:
        if not isinstance(document, dict):
            return False
        if {"flwRef", "txRef"} <= document.keys():
            return True
        data = document.get("data")
        return document.get("event") in (CHARGE, TRANSFER) and isinstance(data, dict)

    def currency_in(self, document: Fields) -> str | None:
        return currency_code(_inner(document))

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        """One line. Raises ValueError for a status that is not known."""
        data = _inner(document)
        word = data.text("status")
        status = words_to(STATUSES, word)
        if status is None:
            raise ValueError(f"The status {word[:40]!r} is not known; ask Flutterwave what it means.")
        is_out = document.text("event") == TRANSFER
        amount = data.needed_amount("amount") if status == "success" else data.amount("amount") or Decimal(0)
        kind: Kind = "failed" if status == "failed" else "payout" if is_out else "payment"
        msisdn, name = _payer(data)
        yield StatementLine(
            first, kind, status, -amount if is_out else amount, currency_code(data),
            fee=_fee(data, amount, is_out=is_out) if status == "success" else None,
            reference=data.text("tx_ref") or data.text("txRef") or data.text("reference"),
            provider_ref=data.needed_id("id"), network_ref=data.id("flw_ref") or data.id("flwRef"),
            msisdn=msisdn, payer_name=name,
            text=data.text("narration") or data.text("processor_response") or data.text("complete_message"),
            channel=data.text("payment_type"), occurred_at=_moment(data), raw=raw_of(document.found),
        )  # fmt: skip


def _inner(document: Fields) -> Fields:
    return document.within("data") if document.has("event", "data") else document


def _fee(data: Fields, amount: Decimal, *, is_out: bool) -> Decimal | None:
    """What was kept of `amount`; of a transfer the fee is ours beside it."""
    fee = data.amount("fee") if is_out else data.amount("app_fee")
    charged = data.amount("charged_amount")
    if not is_out and fee is not None and charged is not None and charged > amount:
        return Decimal(0)
    return fee


def _payer(data: Fields) -> tuple[str, str]:
    if not isinstance(data.found.get("customer"), dict):
        return "", data.text("fullname")
    customer = data.within("customer")
    number = customer.text("phone_number") or customer.text("phone")
    return any_msisdn(number), customer.text("name") or customer.text("fullName")


def _moment(data: Fields) -> datetime | None:
    text = data.text("created_at") or data.text("createdAt")
    return Moments("ymd", "UTC").read(text)[0] if text else None
