"""Adyen's standard notifications (webhooks): one message holds one or more items, amounts in minor units.

`success` is text. An authorisation is a promise and stays pending until it is captured or settled; a capture,
refund or chargeback of success moves money. REPORT_AVAILABLE carries the address of a report. What tells
only something is a notice; an event that is not known is rejected, because it may be money.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, currency_code, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.records import Kind, RejectedLine, StatementLine, Status
from paydesk.importers.settlement_sums import major_units

# Where Adyen counts other decimals than ISO 4217.
DECIMALS = {"CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2}
# Event: (kind, sign of its effect on the balance). With success false no money moved.
MONEY: dict[str, tuple[Kind, int]] = {
    "AUTHORISATION": ("payment", 1), "CAPTURE": ("payment", 1),
    "REFUND": ("refund", -1), "CANCEL_OR_REFUND": ("refund", -1), "REFUND_WITH_DATA": ("refund", -1),
    "REFUNDED_REVERSED": ("refund", 1),
    "CHARGEBACK": ("chargeback", -1), "SECOND_CHARGEBACK": ("chargeback", -1),
    "CHARGEBACK_REVERSED": ("chargeback", 1),
    "PAYOUT_THIRDPARTY": ("payout", -1), "PAIDOUT_REVERSED": ("payout", 1),
}  # fmt: skip
PROMISES = frozenset({"AUTHORISATION", "CANCEL_OR_REFUND"})  # what is to come of them is told later
FAILURES = frozenset({"CAPTURE_FAILED", "REFUND_FAILED"})  # something announced as done was not
NOTICES = frozenset({
    "REPORT_AVAILABLE", "CANCELLATION", "TECHNICAL_CANCEL", "EXPIRE", "AUTHORISATION_ADJUSTMENT",
    "NOTIFICATION_OF_CHARGEBACK", "REQUEST_FOR_INFORMATION", "INFORMATION_SUPPLIED",
    "DISPUTE_DEFENSE_PERIOD_ENDED", "DISPUTE_OPENED_WITH_CHARGEBACK", "PREARBITRATION_WON",
    "PREARBITRATION_LOST", "ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "ISSUER_COMMENTS", "NOTIFICATION_OF_FRAUD",
    "MANUAL_REVIEW_ACCEPT", "MANUAL_REVIEW_REJECT", "RECURRING_CONTRACT", "DISABLE_RECURRING",
    "ORDER_OPENED", "ORDER_CLOSED", "OFFER_CLOSED", "PENDING", "POSTPONED_REFUND", "VOID_PENDING_REFUND",
    "PAYOUT_EXPIRE", "PAYOUT_DECLINE", "AUTHENTICATION", "DONATION",
})  # fmt: skip


class AdyenNotification(JsonImporter):
    """The importer for standard notifications."""

    name = "adyen.notification"
    about = About(
        title="Adyen standard notification (webhook)",
        provider="Adyen",
        sources=("official", "samples"),
        source="Adyen's webhook documentation; five notifications of an integration's tests.",
        sure="high",
        known_missing=(
            "Notifications of platforms (balance accounts, transfers) have another shape.",
            "Payouts to the bank are not notified; they stand in the settlement report.",
        ),
    )
    what = "Adyen notification"
    marks = ("notificationItems",)

    def fits(self, document: object) -> bool:
        return isinstance(document, dict) and isinstance(document.get("notificationItems"), list)

    def account(self, document: Fields) -> str | None:
        accounts = {item.text("merchantAccountCode") for item in _items(document)}
        if len(accounts) > 1:
            raise ValueError(f"Items of the merchant accounts {', '.join(sorted(accounts))} in one message.")
        return accounts.pop() or None if accounts else None

    def is_test(self, document: Mapping[str, object]) -> bool:
        return document.get("live") in ("false", False)

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine | RejectedLine]:
        items = _items(document)
        if not items:
            raise ValueError("The notification holds no item.")
        for number, item in enumerate(items, start=first):
            try:
                yield _line(number, item)
            except ValueError as problem:
                yield RejectedLine(number, str(problem), raw_of(item.found))


def _items(document: Fields) -> list[Fields]:
    found = document.found["notificationItems"]
    assert isinstance(found, list)
    return [Fields(each, "an item").within("NotificationRequestItem") for each in found]


def _line(number: int, item: Fields) -> StatementLine:
    code = item.text("eventCode")
    kind, status, amount, currency = _effect(code, item)
    psp_reference, original = item.own_id("pspReference"), item.own_id("originalReference")
    if not psp_reference:
        raise ValueError("pspReference is missing, so this event could not be known again.")
    reason = item.text("reason").removeprefix("null")
    about = [code.replace("_", " ").capitalize(), f"of payment {original}" if original else "", reason]
    moment = item.text("eventDate")
    occurred_at, booked_on = Moments("ymd", "UTC").read(moment) if moment else (None, None)
    is_report = code == "REPORT_AVAILABLE"
    return StatementLine(
        number,
        kind,
        status,
        amount,
        currency,
        reference=item.own_id("merchantReference"),
        provider_ref="" if is_report else psp_reference,
        text=f"{psp_reference}: {reason}"
        if is_report
        else " ".join(filter(None, about)).replace(" null", ""),
        channel=item.text("paymentMethod"),
        occurred_at=occurred_at,
        booked_on=booked_on,
        raw=raw_of(item.found),
    )


def _effect(code: str, item: Fields) -> tuple[Kind, Status, Decimal, str]:
    """What the event does to the balance: kind, status, signed amount and currency."""
    success = str(item.found.get("success")).casefold()  # text in most messages, a word of JSON in some
    if success not in ("true", "false"):
        raise ValueError(f"success is {success[:20]!r}, not true or false.")
    if code in NOTICES:
        return "notice", "success", Decimal(0), "XXX"
    if code not in MONEY and code not in FAILURES:
        raise ValueError(
            f"The event {code[:60]!r} is not known, so it is not clear whether money moved; ask Adyen."
        )
    amount = item.within("amount")
    currency = currency_code(amount)
    value = major_units(amount.text("value"), currency, DECIMALS)
    if value < 0:
        raise ValueError(f"value is {amount.text('value')}; Adyen states amounts without a sign.")
    if success == "false" or code in FAILURES:
        return "failed", "failed", value, currency
    kind, sign = MONEY[code]
    return kind, "pending" if code in PROMISES else "success", value if sign > 0 else -value, currency
