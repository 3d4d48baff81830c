"""M-Pesa's pull of transactions: payments of the last 48 hours, asked for when callbacks did not come."""

from __future__ import annotations

from collections.abc import Iterator

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.records import RejectedLine, StatementLine
from paydesk.kernel.phone_numbers import e164_digits

NOTHING_FOUND = {"1001"}


class MpesaPull(JsonImporter):
    """The importer for answers of the pull: a list inside a list of payments."""

    name = "mpesa.pull"
    about = About(
        title="M-Pesa pull of transactions",
        provider="M-Pesa (Safaricom)",
        sources=(
            "official",
            "samples",
        ),
        source="Safaricom's developer documentation; one example of it.",
        sure="medium",
        known_missing=(
            "The provider keeps 48 hours only.",
            "Which words transactiontype may hold is not published.",
        ),
    )
    what = "answer of M-Pesa's transaction pull"
    currency = "KES"
    marks = ("ResponseRefID", "Response")

    def fits(self, document: object) -> bool:
        return isinstance(document, dict) and "ResponseRefID" in document and "Response" in document

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine | RejectedLine]:
        """One line per payment. Raises ValueError when the answer says that the question failed."""
        code = document.text("ResponseCode")
        if code in NOTHING_FOUND:
            return
        if code != "1000":
            raise ValueError(f"M-Pesa did not answer the question (code {code[:20]!r}).")
        for number, row in enumerate(_rows(document.found.get("Response")), start=first):
            try:
                yield self._line(number, Fields(row, "a transaction"))
            except ValueError as problem:
                yield RejectedLine(number, str(problem), raw_of(row))

    def _line(self, number: int, row: Fields) -> StatementLine:
        kind = row.text("transactiontype")
        if not kind.startswith("c2b-"):
            raise ValueError(f"A transaction of type {kind[:40]!r} is not known to be a payment to us.")
        return StatementLine(
            number,
            "payment",
            "success",
            row.needed_amount("amount"),
            self.currency,
            reference=row.text("billreference"),
            provider_ref=row.needed_id("transactionId"),
            msisdn=e164_digits(row.text("msisdn"), "KE") or "",
            payer_name=row.text("sender"),
            text=kind,
            occurred_at=Moments("ymd", "Africa/Nairobi").read(row.text("trxDate"))[0],
            raw=raw_of(row.found),
        )


def _rows(found: object) -> Iterator[object]:
    if not isinstance(found, list):
        raise ValueError("Response is no list of transactions.")
    for each in found:
        if isinstance(each, list):
            yield from each
        else:
            yield each
