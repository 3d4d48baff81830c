"""Hubtel's receive-money callback, and the answer that a request was accepted, which has the same shape.

ResponseCode 0000 is paid, 0001 accepted and not final, the others failed; a failed one repeats amounts and
ids. What Hubtel kept is Amount less AmountAfterCharges, never Charges: a charge the payer bore was not ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.json_messages import Fields, JsonImporter, raw_of, words_to
from paydesk.importers.moments import Moments
from paydesk.importers.records import Kind, StatementLine, Status
from paydesk.kernel.phone_numbers import e164_digits

CODES: dict[str, Status] = {
    "0000": "success", "000": "success",
    "0001": "pending", "001": "pending",
    "2001": "failed", "2000": "failed", "4000": "failed", "4070": "failed", "4075": "failed",
    "4101": "failed", "4103": "failed",
}  # fmt: skip
# Some integrations send a word beside the code; the two must agree.
WORDS: dict[str, str] = {
    "success": "success", "successful": "success", "paid": "success", "completed": "success",
    "pending": "pending", "failed": "failed", "declined": "failed", "cancelled": "failed",
    "expired": "failed",
}  # fmt: skip


class HubtelCallback(JsonImporter):
    """The importer for Hubtel's callbacks."""

    name = "hubtel.callback"
    about = About(
        title="Hubtel receive-money callback",
        provider="Hubtel",
        sources=(
            "official",
            "samples",
            "integration_code",
        ),
        source="Hubtel's documentation; examples of an open integration.",
        sure="high",
        known_missing=("Codes beyond those documented are pending until a status check says more.",),
    )
    what = "Hubtel callback"
    currency = "GHS"
    marks = ("ResponseCode", "Data")

    def fits(self, document: object) -> bool:
        return isinstance(document, dict) and "ResponseCode" in document and "Data" in document

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        """One line, or ValueError: an unknown code is never taken for paid or failed."""
        status = _status(document)
        data = document.within("Data")
        amount = data.needed_amount("Amount") if status == "success" else data.amount("Amount") or Decimal(0)
        kind: Kind = "failed" if status == "failed" else "payment"
        yield StatementLine(
            first,
            kind,
            status,
            amount,
            self.currency,
            fee=None if status == "failed" else kept_back(data, amount, "AmountAfterCharges"),
            reference=data.text("ClientReference"),
            provider_ref=data.needed_id("TransactionId"),
            network_ref=data.id("ExternalTransactionId"),
            msisdn=e164_digits(data.text("CustomerMsisdn"), "GH") or "",
            payer_name=data.text("CustomerName"),
            text=data.text("Description") or document.text("Message"),
            channel=data.text("Channel"),
            occurred_at=moment(data.text("PaymentDate")),
            raw=raw_of(document.found),
        )


def _status(document: Fields) -> Status:
    code = document.text("ResponseCode")
    status = CODES.get(code)
    if status is None:
        raise ValueError(
            f"ResponseCode {code[:20]!r} is not known, so it is not clear whether money moved; ask Hubtel "
            "what it means."
        )
    word = document.text("Status") if document.has("Status") else ""
    said = words_to(WORDS, word)
    if word and said != status:
        raise ValueError(f"ResponseCode {code} says {status}, but Status says {word[:40]!r}; ask Hubtel.")
    return status


def kept_back(data: Fields, amount: Decimal, net_name: str) -> Decimal | None:
    """What the provider kept of `amount`; None where the message does not say what is left after charges."""
    net = data.amount(net_name)
    if net is None:
        return None
    if not 0 <= net <= amount:
        raise ValueError(
            f"{net_name} is {plain_text(net)}, the amount {plain_text(amount)}; ask the provider."
        )
    return amount - net


def moment(text: str) -> datetime | None:
    """The instant in Hubtel's ISO text, Ghana's clock where it names none; None when there is none."""
    return Moments("ymd", "Africa/Accra").read(text)[0] if text else None
