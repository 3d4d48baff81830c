"""Decisions about people that need no database: initials, e-mail addresses, codes of an authenticator app."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
from datetime import datetime

# What the desk's screens are written in, each by its own name; "" of a person: as their browser asks.
LANGUAGES = {"en": "English", "fr": "Français", "sw": "Kiswahili"}


def initials_of(name: str) -> str:
    """Up to two capital letters for the avatar: of the first and the last word of `name`."""
    words = [word for word in name.split() if word[0].isalpha()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def normal_email(text: str) -> str:
    """`text` as the desk stores it: trimmed, in small letters. Raises ValueError if it is no address."""
    email = text.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email) or len(email) > 254:
        raise ValueError(f"{text.strip()!r} is not an e-mail address")
    return email


def must_have_second_factor(*, is_demo: bool) -> bool:
    """Whether sign-in asks for a second factor: of all but demo people, whose password everybody knows."""
    return not is_demo


TOTP_SECONDS, TOTP_DIGITS, TOTP_TOLERANCE = 30, 6, 1


def totp_counter(secret: str, code: str, now: datetime) -> int | None:
    """The time step in which an authenticator app with `secret` (base32) shows `code`; None for a wrong code.

    RFC 6238: SHA-1, six digits, 30 seconds. One step before and after counts too, for clocks that differ.
    """
    key = base64.b32decode(secret.encode("ascii"), casefold=True)
    step = int(now.timestamp()) // TOTP_SECONDS
    for counter in range(step - TOTP_TOLERANCE, step + TOTP_TOLERANCE + 1):
        if hmac.compare_digest(totp_code(key, counter).encode(), code.encode()):
            return counter
    return None


def totp_code(key: bytes, counter: int) -> str:
    """The code of one time step (RFC 4226, 5.3)."""
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**TOTP_DIGITS:0{TOTP_DIGITS}}"
