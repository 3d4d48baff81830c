"""Adyen's notifications: each item carries its own HMAC, by a key that is written in hexadecimal digits."""

from __future__ import annotations

import base64
import binascii
import hmac

from paydesk.domain.providers.dialects.dialect import Answer, Call, Channel, Dialect, Keys, Proof
from paydesk.domain.providers.dialects.signatures import MISSING, WRONG, same
from paydesk.importers.adyen import AdyenNotification
from paydesk.importers.json_messages import NotJson, parsed

SIGNED = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")


def check(call: Call, keys: Keys) -> str:
    """Every item has to be signed; one that is not spoils the call."""
    try:
        key = binascii.unhexlify(keys["secret"])
    except (binascii.Error, ValueError):
        return "the HMAC key that is set up is not written in hexadecimal digits"
    items = _items(call.body)
    if not items:
        return MISSING
    for item in items:
        extra = item.get("additionalData")
        found = extra.get("hmacSignature") if isinstance(extra, dict) else None
        if not isinstance(found, str) or not found:
            return MISSING
        expected = base64.b64encode(hmac.new(key, signed_text(item).encode(), "sha256").digest()).decode()
        if not same(found, expected):
            return WRONG
    return ""


def signed_text(item: dict[str, object]) -> str:
    """What Adyen signs of an item: its ids, amount, event and success, joined by colons."""
    amount = item.get("amount")
    money = amount if isinstance(amount, dict) else {}
    parts = [item.get(name) for name in SIGNED]
    parts += [money.get("value"), money.get("currency"), item.get("eventCode"), item.get("success")]
    return ":".join("" if part is None else _text(part) for part in parts)


def _text(part: object) -> str:
    return str(part).lower() if isinstance(part, bool) else str(part)


def _items(body: bytes) -> list[dict[str, object]]:
    try:
        document = parsed(body)
    except NotJson:
        return []
    rows = document.get("notificationItems") if isinstance(document, dict) else None
    found = [
        each.get("NotificationRequestItem") if isinstance(each, dict) else None
        for each in (rows if isinstance(rows, list) else [])
    ]
    return [each if isinstance(each, dict) else {} for each in found]


DIALECT = Dialect(
    code="adyen",
    name="Adyen",
    provider_codes=("adyen",),
    channels={
        "event": Channel(
            "URL of a Standard webhook, method JSON",
            (AdyenNotification,),
            is_test=lambda document: isinstance(document, dict) and document.get("live") in ("false", False),
        )
    },
    set_up=(
        "In Adyen's Customer Area under Developers, Webhooks add a Standard webhook with this address, "
        "generate an HMAC key and enter it in the file of connections."
    ),
    known="documented",
    proof=Proof(check, "HMAC-SHA256 of each item, in its additionalData.hmacSignature"),
    answer=Answer(b"[accepted]", "text/plain; charset=utf-8"),
    follows_promises=False,
)
