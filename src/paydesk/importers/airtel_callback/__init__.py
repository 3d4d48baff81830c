"""Airtel Money callbacks: TS is paid, TF failed, TA ambiguous: that one is no money, Airtel has to be asked.

Two shapes are known. One names amount, currency and payer; the other only ids and a code, so that even its
TS is no amount that could be booked: it stays pending until Airtel is asked or its file is in.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, any_msisdn, currency_code, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.records import Kind, StatementLine, Status

CODES: dict[str, Status] = {"TS": "success", "TF": "failed", "TA": "pending", "TIP": "pending"}


class AirtelCallback(JsonImporter):
    """The importer for Airtel Money's payment callbacks."""

    name = "airtel.callback"
    what = "Airtel Money callback"
    marks = ("transaction", "id")
    about = About(
        title="Airtel Money payment callback",
        provider="Airtel Money",
        sources=("integration_code", "samples"),
        source="Integration code in two shapes; one specimen of the longer one.",
        sure="low",
        known_missing=(
            "The callback of a payout looks the same: send only collections to this address.",
            "No statement export is public: map its columns.",
        ),
    )

    def fits(self, document: object) -> bool:
        inner = document.get("transaction") if isinstance(document, dict) else None
        return isinstance(inner, dict) and "id" in inner and bool({"status", "status_code"} & inner.keys())

    def currency_in(self, document: Fields) -> str | None:
        return currency_code(document) if document.has("currency") else None

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        """One line. Raises ValueError for a code that is not known."""
        inner = document.within("transaction")
        code = (inner.text("status_code") or inner.text("status")).upper()
        status = CODES.get(code)
        if status is None:
            raise ValueError(f"The status {code[:20]!r} is not known; ask Airtel what it means.")
        text = inner.text("message")
        if code == "TA":
            text = f"Ambiguous (TA), ask Airtel: {text}".rstrip(": ")
        amount = document.amount("amount")
        if status == "success" and amount is None:
            status, text = "pending", f"Paid (TS), but no amount is named: {text}".rstrip(": ")
        elif status == "success":
            amount = document.needed_amount("amount")
        payer = document.within("subscriber").text("msisdn") if document.has("subscriber") else ""
        at = document.text("timestamp")
        kind: Kind = "failed" if status == "failed" else "payment"
        # Where Airtel's own id stands beside, the transaction's is the one we gave it.
        airtel_id = inner.id("airtel_money_id")
        yield StatementLine(
            first, kind, status, amount or Decimal(0),
            currency_code(document) if document.has("currency") else "XXX",
            reference=document.text("reference") or (inner.text("id") if airtel_id else ""),
            provider_ref=airtel_id or inner.needed_id("id"), msisdn=any_msisdn(payer), text=text,
            occurred_at=Moments("ymd", "UTC").read(at)[0] if at else None, raw=raw_of(document.found),
        )  # fmt: skip
