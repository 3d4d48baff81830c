"""The secret part of a callback address: made from this installation's key, so that it is stored nowhere."""

from __future__ import annotations

import hashlib

from django.utils.crypto import salted_hmac

LENGTH = 40


def secret_of(endpoint_id: int, nonce: str) -> str:
    """160 bits as 40 hexadecimal digits.

    Only 0-9 and a-f: M-Pesa refuses addresses that contain words such as "cmd", "exe" or "sql", which a
    richer alphabet would form by chance.
    """
    made = salted_hmac("paydesk.callbacks", f"{endpoint_id}:{nonce}", algorithm="sha256")
    return made.hexdigest()[:LENGTH]


def digest_of(secret: str) -> bytes:
    """What the table knows a secret by."""
    return hashlib.sha256(secret.encode()).digest()
