"""Paystack's list of transactions: what payers paid, or tried to."""

from __future__ import annotations

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.json_messages import Fields, any_msisdn, currency_code, raw_of, words_to
from paydesk.importers.paystack_lists.answers import PaystackList, minor, moment
from paydesk.importers.records import Kind, StatementLine, Status

STATUSES = {
    "success": "success", "failed": "failed", "abandoned": "failed", "reversed": "reversed",
    "pending": "pending", "ongoing": "pending", "processing": "pending", "queued": "pending",
}  # fmt: skip


class PaystackTransactions(PaystackList):
    """The importer for transactions."""

    name = "paystack.transactions"
    what = "Paystack transaction"
    marks = ("reference", "gateway_response", "amount")
    keys = ("id", "reference", "amount", "status")
    never = ("event", "settlement_date", "transfer_code")
    about = About(
        title="Paystack transactions",
        provider="Paystack",
        sources=("official",),
        source="Paystack's published description of its API (the transaction record and its list).",
        sure="medium",
        known_missing=(
            "The columns of the CSV export are not published: read it by mapping.",
            "A transaction does not name its settlement; ask for the transactions of one settlement.",
            "A reversed transaction is rejected: it was money twice, in and out.",
        ),
    )

    def line(self, number: int, entry: Fields) -> StatementLine:
        word = entry.text("status")
        status = words_to(STATUSES, word)
        if status is None:
            raise ValueError(f"The status {word[:40]!r} is not one we know; ask Paystack what it means.")
        if status == "reversed":
            raise ValueError("Paystack says this was paid and reversed: look at it in Paystack's dashboard.")
        amount = minor(entry, "amount")
        if amount is None or (amount <= 0 and status != "failed"):
            said = "missing" if amount is None else f"{plain_text(amount)}, and a payment is above zero"
            raise ValueError(f"amount is {said}.")
        customer = Fields(entry.found["customer"]) if isinstance(entry.found.get("customer"), dict) else None
        names = [customer.text(name) for name in ("first_name", "last_name")] if customer else []
        occurred_at, booked_on = moment(entry, "paid_at", "paidAt", "created_at", "createdAt")
        kind: Kind = "failed" if status == "failed" else "payment"
        final: Status = "failed" if status == "failed" else "pending" if status == "pending" else "success"
        return StatementLine(
            number,
            kind,
            final,
            amount,
            currency_code(entry),
            fee=minor(entry, "fees") if status != "failed" else None,
            reference=entry.text("reference"),
            provider_ref=entry.needed_id("id"),
            msisdn=any_msisdn(customer.text("phone")) if customer else "",
            payer_name=" ".join(filter(None, names)),
            text=entry.text("gateway_response"),
            channel=entry.text("channel"),
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=raw_of(entry.found),
        )
