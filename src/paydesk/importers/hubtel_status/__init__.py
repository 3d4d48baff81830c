"""Hubtel's answer to a status check: what became of one transaction.

responseCode 0000 says that the question was understood, not that anything was paid; data.status says that.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.hubtel_callback import kept_back, moment
from paydesk.importers.json_messages import Fields, JsonImporter, raw_of, words_to
from paydesk.importers.records import StatementLine

STATUSES = {"paid": "success", "unpaid": "pending", "refunded": "refunded"}


class HubtelStatus(JsonImporter):
    """The importer for answers of Hubtel's status check."""

    name = "hubtel.status"
    about = About(
        title="Answer of Hubtel's status check",
        provider="Hubtel",
        sources=(
            "official",
            "samples",
        ),
        source="Hubtel's documentation; one example of an open integration.",
        sure="high",
        known_missing=(
            "A refunded payment is named, not booked: the answer does not say when and how much.",
        ),
    )
    what = "answer of Hubtel's status check"
    currency = "GHS"
    marks = ("responseCode", "data")

    def fits(self, document: object) -> bool:
        return isinstance(document, dict) and "responseCode" in document and "data" in document

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        code = document.text("responseCode")
        if code != "0000":
            said = document.text("message", 80)
            raise ValueError(f"Hubtel did not answer the question (code {code[:20]!r}: {said!r}).")
        data = document.within("data")
        status = words_to(STATUSES, data.text("status"))
        if status is None:
            raise ValueError(
                f"The status {data.text('status')[:40]!r} is not known; ask Hubtel what it means."
            )
        if status == "refunded":
            raise ValueError("Hubtel says this was paid and refunded: look at it in Hubtel's portal export.")
        currency = data.text("currencyCode") or self.currency
        if currency != self.currency:
            raise ValueError(f"The currency is {currency[:10]!r}; Hubtel pays in {self.currency}.")
        is_paid = status == "success"
        amount = data.needed_amount("amount") if is_paid else data.amount("amount") or Decimal(0)
        yield StatementLine(
            first,
            "payment",
            "success" if is_paid else "pending",
            amount,
            currency,
            fee=kept_back(data, amount, "amountAfterCharges"),
            reference=data.text("clientReference"),
            provider_ref=data.needed_id("transactionId"),
            network_ref=data.id("externalTransactionId"),
            channel=data.text("paymentMethod"),
            occurred_at=moment(data.text("date")),
            raw=raw_of(document.found),
        )
