"""PayPal's instant payment notifications: one message per event, amounts in major units, fees beside them.

PayPal posts them as a form; `document_of` makes the fields a message, as saved ones are. A refund names its
payment in parent_txn_id and takes the fee back with minus where PayPal returned it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO
from urllib.parse import parse_qsl

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, NotJson, currency_code, raw_of
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import Kind, NotReadable, StatementLine, Status
from paydesk.importers.zone_words import ZonedMoments

STATUSES: Mapping[str, Status] = {
    "completed": "success", "refunded": "success", "partially_refunded": "success", "reversed": "success",
    "canceled_reversal": "success",
    "pending": "pending", "processed": "pending", "in-progress": "pending", "created": "pending",
    "denied": "failed", "failed": "failed", "expired": "failed", "voided": "failed",
}  # fmt: skip
MOST_FIELDS = 300
_DATE = re.compile(r"(\d{1,2}:\d{2}:\d{2}) ([A-Za-z]{3}\.? \d{1,2}, \d{4}) ([A-Z]{2,5})", re.ASCII)
_CLOCK = ZonedMoments("mdy")
_FORM = re.compile(rb"[\w.%+-]{1,80}=[^&\s]{0,2000}&")


class PayPalIpn(JsonImporter):
    """The importer for IPN messages."""

    name = "paypal.ipn"
    about = About(
        title="PayPal instant payment notification (IPN)",
        provider="PayPal",
        sources=("official", "samples"),
        source="PayPal's IPN documentation; four messages of an integration's tests.",
        sure="medium",
        known_missing=("A message has to be confirmed with PayPal by the door that takes it.",),
    )
    what = "PayPal instant payment notification"
    marks = ("ipn_track_id",)

    def fits(self, document: object) -> bool:
        return (
            isinstance(document, dict)
            and "ipn_track_id" in document
            and ("payment_status" in document or "txn_type" in document)
        )

    def recognises(self, head: bytes) -> bool:
        return super().recognises(head) or _is_form(head)

    def prepare(self, file: BinaryIO) -> Prepared:
        """Also of a saved form, as PayPal posts it, or several, one per line."""
        file.seek(0)
        if not _is_form(file.read(64 * 1024)):
            return super().prepare(file)
        file.seek(0)
        body = file.read(self.limits.json_bytes + 1)
        if len(body) > self.limits.json_bytes:
            raise NotReadable(
                f"The file is larger than {self.limits.json_bytes:,} bytes; send the messages in parts."
            )
        try:
            documents = [document_of(row) for row in body.splitlines() if row.strip()]
        except NotJson as problem:
            raise NotReadable(str(problem)) from problem
        return Prepared(self.name, None, lambda: self.records(documents))

    def account(self, document: Fields) -> str | None:
        return document.id("receiver_id") or document.text("business") or None

    def is_test(self, document: Mapping[str, object]) -> bool:
        return document.get("test_ipn") in ("1", "true")

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        word = document.text("payment_status")
        occurred_at, booked_on = moment(document.text("payment_date"))
        kind, status = _meaning(document, word)
        moves = kind != "notice"
        amount = document.amount("mc_gross") if moves else Decimal(0)
        if amount is None:
            raise ValueError("mc_gross is missing.")
        parent, reason = document.own_id("parent_txn_id"), document.text("reason_code")
        kept = document.amount("mc_fee") if moves and status != "failed" else None
        name = f"{document.text('first_name')} {document.text('last_name')}".strip()
        item = document.text("item_name")
        about = [word or document.text("txn_type"), parent and f"of {parent}", reason, item]
        yield StatementLine(
            first,
            kind,
            status,
            amount,
            currency_code(document, "mc_currency") if moves else "XXX",
            fee=kept,
            reference=document.own_id("invoice") or document.own_id("custom"),
            provider_ref=document.own_id("txn_id") if moves else document.own_id("ipn_track_id"),
            account=document.text("payer_email"),
            payer_name=name or document.text("payer_business_name"),
            text=", ".join(filter(None, about)),
            channel=document.text("payment_type"),
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=raw_of(document.found),
        )


def _is_form(head: bytes) -> bool:
    return _FORM.match(head) is not None and b"ipn_track_id=" in head


def _meaning(document: Fields, word: str) -> tuple[Kind, Status]:
    """What an event is and whether it is final. Raises ValueError for a status that is not known."""
    if not word:
        return "notice", "success"  # a subscription or a case was opened: no payment
    status = STATUSES.get(word.casefold())
    if status is None:
        raise ValueError(
            f"payment_status {word[:40]!r} is not known, so it is not clear whether money moved."
        )
    if not document.own_id("txn_id"):
        raise ValueError("txn_id is missing, so this payment could not be known again.")
    if status == "failed":
        return "failed", status
    contested = "chargeback" in document.text("reason_code").casefold()
    if document.text("txn_type") == "adjustment" or contested:
        return "chargeback", status
    if "refunded" in word.casefold():
        return "refund", status
    if "revers" in word.casefold():
        return "reversal", status
    amount = document.amount("mc_gross")
    return ("payout" if amount is not None and amount < 0 else "payment"), status


def moment(text: str) -> tuple[datetime | None, date | None]:
    """The instant in "11:55:22 Sep 28, 2016 PDT". Raises ValueError with a sentence."""
    if not text:
        return None, None
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(f"payment_date is {text[:40]!r}, not such as 11:55:22 Sep 28, 2016 PDT.")
    return _CLOCK.read(f"{found[2]} {found[1]}", found[3])


def document_of(body: bytes) -> dict[str, str]:
    """The fields of a posted form, in the encoding it names (charset). Raises NotJson with a sentence."""
    try:
        plain = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
        charset = codecs.lookup(plain.get("charset", "windows-1252")).name
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding=charset,
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except (ValueError, LookupError) as problem:
        raise NotJson("The message is no form as PayPal posts it.") from problem
    found = dict(pairs)
    if not found or len(found) < len(pairs):
        raise NotJson("The message is no form as PayPal posts it: a field stands twice or none at all.")
    return found
