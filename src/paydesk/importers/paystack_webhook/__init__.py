"""Paystack webhooks: an event and its data. Charges are money in, transfers and refunds money out.

Amounts and fees are in the smallest unit, which for Paystack is a hundredth of every currency it takes, also
of those that ISO 4217 gives no decimals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, any_msisdn, currency_code, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.records import FileWarning, Kind, Record, StatementLine, Status
from paydesk.importers.settlement_sums import major_units

DECIMALS = 2
ZERO = Decimal(0)
# Event to kind, status and the sign of its money.
EVENTS: dict[str, tuple[Kind, Status, int]] = {
    "charge.success": ("payment", "success", 1),
    "charge.failed": ("failed", "failed", 1),
    "transfer.success": ("payout", "success", -1),
    "transfer.failed": ("failed", "failed", -1),
    # The money of a transfer that had left comes back.
    "transfer.reversed": ("payout", "success", 1),
    "refund.processed": ("refund", "success", -1),
    "refund.pending": ("refund", "pending", -1),
    "refund.processing": ("refund", "pending", -1),
    "refund.failed": ("failed", "failed", -1),
}
SAYS_NO_MONEY = (
    "customeridentification.",
    "dedicatedaccount.",
    "invoice.",
    "paymentrequest.",
    "subscription.",
)
STATUS_WORDS = {"success": "success", "failed": "failed", "abandoned": "failed", "reversed": "reversed"}


def is_test(document: object) -> bool:
    """Whether an event is of Paystack's test mode: no money stands behind it."""
    data = document.get("data") if isinstance(document, dict) else None
    return isinstance(data, dict) and data.get("domain") == "test"


class PaystackWebhook(JsonImporter):
    """The importer for Paystack's events."""

    name = "paystack.webhook"
    what = "Paystack event"
    marks = ("event", "data")
    about = About(
        title="Paystack webhook",
        provider="Paystack",
        sources=("official", "samples"),
        source="Paystack's published transaction record; integration code for the events; one specimen.",
        sure="medium",
        known_missing=("Disputes are rejected: look at them in Paystack's dashboard.",),
    )

    def fits(self, document: object) -> bool:
        if not isinstance(document, dict) or not isinstance(document.get("data"), dict):
            return False
        event = document.get("event")
        return isinstance(event, str) and (
            event in EVENTS or event.startswith(SAYS_NO_MONEY) or event.startswith("charge.dispute.")
        ) and "event.type" not in document  # fmt: skip  # the last is Flutterwave's

    def records(self, documents: Sequence[object]) -> Iterator[Record]:
        tests = sum(map(is_test, documents))
        if tests:
            yield FileWarning(
                f"{tests} of {len(documents)} messages are of Paystack's test mode (domain is test): no "
                "money stands behind them."
            )
        yield from super().records(documents)

    def currency_in(self, document: Fields) -> str | None:
        return currency_code(document.within("data")) if document.within("data").has("currency") else None

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        """One line. Raises ValueError for an event or a status that is not clear."""
        event, data = document.text("event"), document.within("data")
        if event.startswith(SAYS_NO_MONEY):
            yield StatementLine(
                first, "notice", "success", ZERO, self.currency_in(document) or "XXX",
                reference=data.text("reference"), text=event, raw=raw_of(document.found),
            )  # fmt: skip
            return
        if event not in EVENTS:
            raise ValueError(
                f"Of a dispute ({event[:40]}) it says too little to be booked; look at it at Paystack."
            )
        kind, status, sign = EVENTS[event]
        _check_word(event, status, data)
        yield StatementLine(
            first, kind, status, sign * _amount(data, status), currency_code(data),
            fee=_minor(data, "fees") if kind == "payment" else None,
            # Of a refund this is the reference of its payment.
            reference=data.text("reference") or data.text("transaction_reference"),
            provider_ref=_id(event, data),
            network_ref=data.id("transfer_code") or data.id("refund_reference"),
            msisdn=_payer(data)[0], payer_name=_payer(data)[1],
            text=data.text("gateway_response") or data.text("reason") or event, channel=data.text("channel"),
            occurred_at=_moment(data), raw=raw_of(document.found),
        )  # fmt: skip


def _check_word(event: str, status: Status, data: Fields) -> None:
    """The status inside must not say something else than the event."""
    word = data.text("status").casefold()
    said = STATUS_WORDS.get(word)
    if event.startswith("charge.") and said is not None and said != status:
        raise ValueError(f"The event is {event}, but its status says {word[:40]!r}; ask Paystack.")


def _amount(data: Fields, status: Status) -> Decimal:
    found = _minor(data, "amount")
    if found is None or found <= 0:
        if status == "failed":
            return ZERO
        raise ValueError("amount is missing." if found is None else "amount is not above zero.")
    return found


def _minor(data: Fields, name: str) -> Decimal | None:
    text = data.text(name)
    return major_units(text, currency_code(data), DECIMALS) if text else None


def _id(event: str, data: Fields) -> str:
    """Paystack's own id; a refund may come without, then the id of the refund or its payment."""
    found = data.id("id") or data.id("refund_reference")
    if event == "transfer.reversed":  # the transfer's own row has the id already
        return f"{data.needed_id('id')}/reversed"
    if not found and event.startswith("refund."):
        return f"refund of {data.needed_id('transaction_reference')}"
    return found or data.needed_id("id")


def _payer(data: Fields) -> tuple[str, str]:
    if not isinstance(data.found.get("customer"), dict):
        return "", ""
    customer = data.within("customer")
    name = " ".join(word for word in (customer.text("first_name"), customer.text("last_name")) if word)
    return any_msisdn(customer.text("phone")), name


def _moment(data: Fields) -> datetime | None:
    names = ("paid_at", "transferred_at", "updated_at", "created_at", "createdAt")
    text = next((data.text(name) for name in names if data.text(name)), "")
    return Moments("ymd", "UTC").read(text)[0] if text else None
