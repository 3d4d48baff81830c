"""MTN MoMo callbacks: a request-to-pay names its payer and is money in, a transfer its payee: money out.

MTN sends each once and does not repeat it, so silence has to be asked about. Amounts are text in major units.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, any_msisdn, currency_code, raw_of, words_to
from paydesk.importers.records import Kind, StatementLine, Status

STATUSES: dict[str, Status] = {"successful": "success", "pending": "pending", "failed": "failed"}


class MtnCallback(JsonImporter):
    """The importer for request-to-pay and transfer callbacks."""

    name = "mtn.callback"
    what = "MTN MoMo callback"
    marks = ("externalId", "amount", "status")
    about = About(
        title="MTN MoMo request-to-pay or transfer callback",
        provider="MTN MoMo",
        sources=("integration_code", "samples"),
        source="Integration code that matches the public API; one specimen of a request-to-pay.",
        sure="medium",
        known_missing=("It names no time: the line has that of its arrival alone.",),
    )

    def fits(self, document: object) -> bool:
        return (
            isinstance(document, dict)
            and {"externalId", "amount", "currency", "status"} <= document.keys()
            and bool({"payer", "payee"} & document.keys())
        )

    def currency_in(self, document: Fields) -> str:
        return currency_code(document)

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        """One line. Raises ValueError for a status that is not known and for both a payer and a payee."""
        word = document.text("status")
        status = words_to(STATUSES, word)
        if status is None:
            raise ValueError(f"The status {word[:40]!r} is not known; ask MTN what it means.")
        is_in, is_out = document.has("payer"), document.has("payee")
        if is_in and is_out:
            raise ValueError("Both a payer and a payee are named, so it is not clear which way money moved.")
        party = document.within("payer" if is_in else "payee")
        number = party.text("partyId")
        msisdn = any_msisdn(number) if party.text("partyIdType").upper() in ("MSISDN", "") else ""
        amount = document.needed_amount("amount") if status == "success" else document.amount("amount")
        amount = amount or Decimal(0)
        # Before the end there may be no id of MTN's money; then the one it is asked by, where it is sent.
        ref = document.id("financialTransactionId") or document.id("referenceId")
        kind: Kind = "failed" if status == "failed" else "payment" if is_in else "payout"
        yield StatementLine(
            first, kind, status, amount if is_in else -amount, currency_code(document),
            reference=document.text("externalId"),
            provider_ref=document.needed_id("financialTransactionId") if status == "success" else ref,
            network_ref=document.id("referenceId") if status == "success" else "",
            account="" if msisdn else number[:100], msisdn=msisdn, text=_text(document, is_in, status),
            raw=raw_of(document.found),
        )  # fmt: skip


def _text(document: Fields, is_in: bool, status: Status) -> str:
    if status == "failed":
        reason = document.found.get("reason")
        if isinstance(reason, dict):
            inner = Fields(reason, "reason")
            return inner.text("message") or inner.text("code")
        return document.text("reason")
    return document.text("payerMessage") if is_in else document.text("payeeNote")
