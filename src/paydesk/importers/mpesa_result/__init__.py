"""M-Pesa results: what became of a payout (B2C, B2B), a status question, a reversal or a balance question.

All have one envelope; the parameters tell them apart. A ResultCode other than 0 fails the request it answers:
for a status question that says nothing about the payment asked about, whose id is not in the message.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, any_msisdn, raw_of, words_to
from paydesk.importers.moments import Moments
from paydesk.importers.mpesa_result.parameters import balances_in, charges_in, items_in, party_of
from paydesk.importers.records import Kind, StatementLine, Status

STATUSES: dict[str, Status] = {
    "completed": "success",
    "pending": "pending", "authorized": "pending", "authorised": "pending", "initiated": "pending",
    "submitted": "pending",
    "failed": "failed", "cancelled": "failed", "declined": "failed", "expired": "failed",
}  # fmt: skip
ZERO = Decimal(0)
AMOUNTS = ("TransactionAmount", "Amount")
TIMES = ("TransactionCompletedDateTime", "TransCompletedTime", "FinalisedTime", "BOCompletedTime")


class MpesaResult(JsonImporter):
    """The importer for results of B2C, B2B, status, reversal and balance requests."""

    name = "mpesa.result"
    what = "M-Pesa result"
    currency = "KES"
    marks = ("Result", "ResultCode")
    about = About(
        title="M-Pesa result of a payout, status, reversal or balance request",
        provider="Safaricom M-Pesa",
        sources=("official", "samples"),
        source="Daraja's documented results; one specimen of a B2C result.",
        sure="medium",
        known_missing=(
            "A reversal result that names no amount is rejected; the portal file has the row.",
            "The result of a status question with two organisations as parties does not say which is ours.",
        ),
    )

    def fits(self, document: object) -> bool:
        result = document.get("Result") if isinstance(document, dict) else None
        return isinstance(result, dict) and "ResultCode" in result and "ConversationID" in result

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        """One line; one notice per account for a balance. Raises ValueError for what is not clear."""
        result = document.within("Result")
        raw = raw_of(document.found)
        code = result.text("ResultCode")
        if not code:
            raise ValueError("ResultCode is missing, so it is not clear whether anything happened.")
        if code != "0":
            yield StatementLine(
                first, "failed", "failed", ZERO, self.currency,
                reference=result.id("OriginatorConversationID"),
                # Failed results share one id of zeros, so the exchange is what one is known by.
                provider_ref=result.needed_id("ConversationID"), text=result.text("ResultDesc"), raw=raw,
            )  # fmt: skip
            return
        items = items_in(result, "ResultParameters", "ResultParameter")
        if items.has("AccountBalance"):
            yield from self._balances(first, result, items, raw)
        elif items.has("ReceiptNo"):
            yield self._status(first, result, items, raw)
        elif items.has("OriginalTransactionID"):
            yield self._moved(first, "reversal", result, items, raw)
        elif items.has("TransactionReceipt") or items.has("ReceiverPartyPublicName"):
            yield self._moved(first, "payout", result, items, raw)
        else:
            raise ValueError(
                "This succeeded without saying what moved, as results of reversals may: the portal file has "
                "the row."
            )

    def _moved(
        self, first: int, kind: Kind, result: Fields, items: Fields, raw: dict[str, str]
    ) -> StatementLine:
        """Money that left: a payout, or a payment given back."""
        other = items.text("ReceiverPartyPublicName") or items.text("CreditPartyPublicName")
        number, name = party_of(other)
        return StatementLine(
            first, kind, "success", -_amount(items), _currency(items), fee=charges_in(items),
            reference=result.id("OriginatorConversationID"),
            provider_ref=items.id("TransactionReceipt") or _id(result),
            network_ref=result.id("ConversationID"), account="" if any_msisdn(number) else number,
            msisdn=any_msisdn(number), payer_name=name, text=_text(result, items), occurred_at=_moment(items),
            raw=raw,
        )  # fmt: skip

    def _status(self, first: int, result: Fields, items: Fields, raw: dict[str, str]) -> StatementLine:
        """What a status question found: in when a phone pays us, out when we pay a phone."""
        word = items.text("TransactionStatus")
        status = words_to(STATUSES, word)
        if status is None:
            raise ValueError(f"TransactionStatus {word[:40]!r} is not known; ask M-Pesa what it means.")
        payer, payee = party_of(items.text("DebitPartyName")), party_of(items.text("CreditPartyName"))
        is_in = bool(any_msisdn(payer[0])) and not any_msisdn(payee[0])
        if not is_in and (any_msisdn(payer[0]) or not any_msisdn(payee[0])):
            raise ValueError(
                f"From {payer[0][:40] or 'nobody'} to {payee[0][:40] or 'nobody'}: which of the two is ours "
                "is not clear; look it up in the portal."
            )
        amount = _amount(items)
        kind: Kind = "failed" if status == "failed" else "payment" if is_in else "payout"
        number, name = payer if is_in else payee
        return StatementLine(
            first, kind, status, amount if is_in else -amount, _currency(items),
            # The debited side bears these: not us, where the payer is debited.
            fee=None if is_in or status == "failed" else charges_in(items),
            # The ids of the payment stand among the parameters; the message's own are the question's.
            reference=items.id("Originator Conversation ID") or items.id("OriginatorConversationID"),
            provider_ref=items.needed_id("ReceiptNo"),
            network_ref=items.id("Conversation ID") or items.id("ConversationID"),
            msisdn=any_msisdn(number), payer_name=name, text=items.text("ReasonType"),
            occurred_at=_moment(items), raw=raw,
        )  # fmt: skip

    def _balances(
        self, first: int, result: Fields, items: Fields, raw: dict[str, str]
    ) -> Iterator[StatementLine]:
        for place, balance in enumerate(balances_in(items.text("AccountBalance"))):
            yield StatementLine(
                first + place, "notice", "success", ZERO, balance.currency,
                provider_ref=f"{_id(result)}/{place + 1}", network_ref=result.id("ConversationID"),
                text=balance.text, channel=balance.account, balance=balance.current,
                occurred_at=_moment(items), raw=raw,
            )  # fmt: skip


def _id(result: Fields) -> str:
    """M-Pesa's own id; a request that failed early has none, then the id of the exchange."""
    return result.id("TransactionID") or result.needed_id("ConversationID")


def _amount(items: Fields) -> Decimal:
    return items.needed_amount(next((name for name in AMOUNTS if items.has(name)), AMOUNTS[0]))


def _currency(items: Fields) -> str:
    return items.text("Currency") or MpesaResult.currency


def _text(result: Fields, items: Fields) -> str:
    original = items.id("OriginalTransactionID")
    if original:
        return f"Reversal of {original}"
    reference = items_in(result, "ReferenceData", "ReferenceItem")
    return reference.text("BillReferenceNumber") or reference.text("Occasion") or result.text("ResultDesc")


def _moment(items: Fields) -> datetime | None:
    """When it was done: dd.mm.yyyy with a time, or the digits of it; Nairobi's clock."""
    text = next((items.text(name) for name in TIMES if items.text(name)), "")
    return Moments("dmy", "Africa/Nairobi").read(text)[0] if text else None
