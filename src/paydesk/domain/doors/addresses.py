"""Addresses and secrets of doors: signed with the desk's key, or known by a digest, kept nowhere."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from paydesk.domain.doors.models import StatusLink

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SIGNATURE_LENGTH = 22  # letters of six bits: nobody guesses 132


def token_of(link: StatusLink) -> str:
    """The last part of a status page's address: "2s-3kQ…"."""
    return f"{_in_letters(link.pk)}-{_signature(settings.SECRET_KEY, link.pk, link.expires_at)}"


def link_behind(token: str, now: datetime) -> StatusLink | None:
    """The link of an address that we signed, also one withdrawn; None for any other and once it expired."""
    letters, _, signature = token.partition("-")
    if not letters or len(letters) > 12 or len(signature) != SIGNATURE_LENGTH:
        return None
    if not set(letters) <= set(_ALPHABET):
        return None
    number = int(letters, 36)
    link = StatusLink.objects.select_related("case").filter(pk=number).first() if number < 2**63 else None
    if link is None or link.expires_at <= now:
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    signed = [constant_time_compare(_signature(key, link.pk, link.expires_at), signature) for key in keys]
    return link if any(signed) else None


def new_key() -> str:
    """A key for the address of a form or widget."""
    return secrets.token_hex(8)


def new_secret() -> str:
    """A secret that is shown once: of a visitor's browser, of a telephone system."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Six digits that an agent reads out."""
    return f"{secrets.randbelow(1_000_000):06d}"


def digest_of(secret: str) -> str:
    """What a table knows a secret by."""
    return hashlib.sha256(secret.encode()).hexdigest()


def digest_of_code(code: str) -> str:
    """As `digest_of` for six digits, with the desk's key: without it they are quickly tried out."""
    return salted_hmac("paydesk.doors.code", code, algorithm="sha256").hexdigest()


def _signature(key: str, number: int, expires_at: datetime) -> str:
    said = f"status.{number}.{expires_at.isoformat()}"
    made = salted_hmac("paydesk.status", said, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode()[:SIGNATURE_LENGTH]


def _in_letters(number: int) -> str:
    letters = ""
    while number:
        number, digit = divmod(number, 36)
        letters = _ALPHABET[digit] + letters
    return letters or "0"
