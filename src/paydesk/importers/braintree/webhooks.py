"""Braintree's webhooks: a form whose bt_payload is XML in base 64, `document_of` makes it a message.

A disbursement is the sweep of our money to the bank: per merchant account and day one amount. All else tells
of transactions whose rows stand in the settlement batch, or of disputes, and is a notice.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO
from urllib.parse import parse_qsl

from lxml import etree

from paydesk.importers.about import About
from paydesk.importers.json_messages import Fields, JsonImporter, NotJson, currency_code, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import EXACT, NotReadable, StatementLine
from paydesk.importers.safe_xml import local_name, xml_events

DISBURSED = ("disbursement", "disbursement_exception")
_UTC = Moments("ymd", "UTC")
_FORM = re.compile(rb"bt_(?:signature|payload)=[^&\s]{1,20000}(?:&|$)")
_DEEPEST = 12
_KEPT_OF_OTHERS = ("id", "status", "amount", "currency-iso-code", "kind", "reason", "reply-by-date")


class BraintreeWebhook(JsonImporter):
    """The importer for webhook notifications."""

    name = "braintree.webhook"
    about = About(
        title="Braintree webhook",
        provider="Braintree",
        sources=("official", "integration_code"),
        source="Braintree's webhook reference, and the notifications its own libraries make for tests.",
        sure="medium",
        known_missing=(
            "A disbursement names its transactions, not the settlement batches of the report.",
            "Where money goes after a disbursement that failed: look at it in the control panel.",
        ),
    )
    what = "Braintree webhook"
    marks = ("kind", "timestamp", "subject")

    def fits(self, document: object) -> bool:
        return (
            isinstance(document, dict)
            and isinstance(document.get("kind"), str)
            and isinstance(document.get("subject"), dict)
            and "timestamp" in document
        )

    def recognises(self, head: bytes) -> bool:
        return _is_form(head) or super().recognises(head)

    def prepare(self, file: BinaryIO) -> Prepared:
        """Also of saved forms as Braintree posts them, one per line."""
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

    def is_test(self, document: object) -> bool:
        return isinstance(document, dict) and document.get("kind") == "check"

    def account(self, document: Fields) -> str | None:
        found = document.within("subject").found.get("disbursement")
        merchant = found.get("merchant-account") if isinstance(found, dict) else None
        return Fields(merchant).id("id") or None if isinstance(merchant, dict) else None

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine]:
        kind = document.text("kind")
        if kind in DISBURSED:
            yield _disbursement(first, kind, document)
            return
        if kind.startswith("disbursement"):
            raise ValueError(f"The kind {kind[:60]!r} is not known, so it is not clear whether money moved.")
        occurred_at, booked_on = _UTC.read(document.text("timestamp"))
        name, about = _subject(document.within("subject"))
        yield StatementLine(
            first, "notice", "success", Decimal(0), "XXX",
            provider_ref=f"{about['id']}/{kind}" if about.get("id") else "",  # told several times
            text=", ".join(filter(None, [kind, name, about.get("status", "")])), occurred_at=occurred_at,
            booked_on=booked_on, raw={"event": kind, **about},
        )  # fmt: skip


def _disbursement(number: int, kind: str, document: Fields) -> StatementLine:
    """Our money on its way to our bank, or, of type debit, taken from there."""
    found = document.within("subject").within("disbursement")
    merchant = found.within("merchant-account")
    amount, word = found.needed_amount("amount"), found.text("disbursement-type") or "credit"
    if word not in ("credit", "debit"):
        raise ValueError(f"disbursement-type is {word[:40]!r}, not credit or debit.")
    failed = kind == "disbursement_exception" or found.text("success") != "true"
    occurred_at, booked_on = _UTC.read(document.text("timestamp"))
    disbursed_on = found.text("disbursement-date")
    ids = found.found.get("transaction-ids")
    count = len(ids) if isinstance(ids, list) else 0
    why = found.text("exception-message") if failed else ""
    about = [f"Disbursement of {count} transaction{'' if count == 1 else 's'}", why]
    return StatementLine(
        number,
        "failed" if failed else "sweep",
        "failed" if failed else "success",
        amount if word == "debit" else EXACT.minus(amount),
        currency_code(merchant, "currency-iso-code"),
        provider_ref=found.needed_id("id"),
        text=", ".join(filter(None, about)),
        occurred_at=occurred_at,
        booked_on=booked_on,
        value_on=_UTC.read(disbursed_on)[1] if disbursed_on else None,
        raw=raw_of(document.found),
    )


def _subject(subject: Fields) -> tuple[str, dict[str, str]]:
    """What a notice is about, and the few values of it to keep."""
    for name, found in subject.found.items():
        if isinstance(found, dict):
            return name, {key: text for key, text in raw_of(found).items() if key in _KEPT_OF_OTHERS}
    return "", {}


def _is_form(head: bytes) -> bool:
    return _FORM.match(head) is not None and b"bt_payload=" in head


def document_of(body: bytes) -> dict[str, object]:
    """The notification in a posted form. Raises NotJson with a sentence."""
    try:
        form = dict(parse_qsl(body.decode("ascii"), max_num_fields=10))
        content = base64.b64decode("".join(form["bt_payload"].split()), validate=True)
    except (ValueError, KeyError, binascii.Error) as problem:
        raise NotJson(
            "The message is no form as Braintree posts it: bt_payload is missing or damaged."
        ) from problem
    root: etree._Element | None = None
    try:
        for _, element in xml_events(io.BytesIO(content)):
            root = element
    except NotReadable as problem:
        raise NotJson(str(problem)) from problem
    found = _value(root, 0) if root is not None and local_name(root) == "notification" else None
    if not isinstance(found, dict):
        raise NotJson("The payload is no notification of Braintree.")
    return found


def _is_key(name: str) -> bool:
    """Whether an element holds a key, as a message to partners does: it is never kept."""
    return name.replace("_", "-").endswith("-key")


def _value(element: etree._Element, depth: int) -> object:
    """An element as text, a list (type="array") or its children by name; None where it says nil."""
    if element.get("nil") == "true":
        return None
    if depth > _DEEPEST:
        raise NotJson("The notification is nested deeper than any of Braintree is.")
    children = [each for each in element if local_name(each) and not _is_key(local_name(each))]
    if element.get("type") == "array":
        return [_value(each, depth + 1) for each in children]
    if not children:
        return (element.text or "").strip()
    found = {local_name(each): _value(each, depth + 1) for each in children}
    if len(found) < len(children):
        raise NotJson(f"{local_name(element)!r} holds one name twice: which of the two counts is not clear.")
    return found
