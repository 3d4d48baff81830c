"""M-Pesa STK push: the callback with its result, the answer that a push was accepted, and the status query's.

Only the callback with ResultCode 0 carries a receipt, so only that is a payment. The receipt is the one that
the C2B confirmation and the portal file name. An accepted push is pending; a status query that says 0
says that the payer paid, but without a receipt it stays pending until a message or file brings one.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.records import Kind, StatementLine, Status
from paydesk.kernel.phone_numbers import e164_digits

STILL_AT_IT = {"4999"}  # "the transaction is still under processing", an answer of the status query
MOST_ITEMS = 50


class MpesaStk(JsonImporter):
    """The importer for STK push messages."""

    name = "mpesa.stk"
    about = About(
        title="M-Pesa STK push callback, answer and status query",
        provider="M-Pesa (Safaricom)",
        sources=(
            "official",
            "samples",
        ),
        source="Safaricom's developer documentation; one example of it.",
        sure="high",
        known_missing=("A status query that says paid has no receipt: it stays pending until one comes.",),
    )
    what = "M-Pesa STK message"
    currency = "KES"
    marks = ("CheckoutRequestID",)

    def fits(self, document: object) -> bool:
        return isinstance(document, dict) and (
            _callback_in(document) is not None or "CheckoutRequestID" in document
        )

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        """One line. A failed push has no amount: its line says 0."""
        raw = raw_of(document.found)
        callback = _callback_in(document.found)
        if callback is None:
            yield self._without_receipt(first, document, raw)
            return
        inner = Fields(callback, "stkCallback")
        request = inner.needed_id("CheckoutRequestID")
        code = inner.text("ResultCode")
        if not code:
            raise ValueError("ResultCode is missing, so it is not clear whether money moved.")
        if code != "0":
            yield self._line(first, "failed", request, request, inner.text("ResultDesc"), raw)
            return
        items = _items(inner)
        at = items.text("TransactionDate")
        yield StatementLine(
            first,
            "payment",
            "success",
            items.needed_amount("Amount"),
            self.currency,
            provider_ref=items.needed_id("MpesaReceiptNumber"),
            network_ref=request,
            msisdn=e164_digits(items.text("PhoneNumber"), "KE") or "",
            text=inner.text("ResultDesc"),
            balance=items.amount("Balance"),
            occurred_at=Moments("ymd", "Africa/Nairobi").read(at)[0] if at else None,
            raw=raw,
        )

    def _without_receipt(self, first: int, document: Fields, raw: dict[str, str]) -> StatementLine:
        """The line of an accepted push, or of the status query's answer."""
        request = document.needed_id("CheckoutRequestID")
        accepted, result = document.text("ResponseCode"), document.text("ResultCode")
        status: Status = "failed" if accepted not in ("", "0") else "pending"
        if accepted == "" and result == "":
            raise ValueError("Neither ResponseCode nor ResultCode is there, so nothing is said.")
        if result not in ("", "0", *STILL_AT_IT):
            status = "failed"
        text = document.text("ResultDesc") or document.text("ResponseDescription")
        return self._line(first, status, request, request, text, raw)

    def _line(
        self, first: int, status: Status, provider_ref: str, network_ref: str, text: str, raw: dict[str, str]
    ) -> StatementLine:
        kind: Kind = "failed" if status == "failed" else "payment"
        return StatementLine(
            first, kind, status, Decimal(0), self.currency,
            provider_ref=provider_ref, network_ref=network_ref, text=text, raw=raw,
        )  # fmt: skip


def _callback_in(document: dict[str, object]) -> object | None:
    body = document.get("Body")
    return body.get("stkCallback") if isinstance(body, dict) else None


def _items(callback: Fields) -> Fields:
    """The metadata of a callback, a list of names and values, as fields."""
    found = callback.within("CallbackMetadata").found.get("Item")
    if not isinstance(found, list) or len(found) > MOST_ITEMS:
        raise ValueError("CallbackMetadata.Item is no list of names and values.")
    items: dict[str, object] = {}
    for each in found:
        item = Fields(each, "CallbackMetadata.Item")
        name = item.text("Name")
        if name in items:
            raise ValueError(f"{name[:40]!r} stands twice in CallbackMetadata.")
        items[name] = item.found.get("Value")
    return Fields(items, "CallbackMetadata")
