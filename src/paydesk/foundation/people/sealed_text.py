"""Secrets that the desk has to give to others (mail servers) or keeps (second factors), sealed."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class UnreadableError(Exception):
    """It was sealed under another secret key of the desk."""


def seal(text: str, purpose: str) -> str:
    """`text` encrypted with the desk's key for one purpose ("second_factor"), as ASCII."""
    return _box(purpose).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, purpose: str) -> str:
    """What was sealed for this purpose. Raises UnreadableError where the key is another."""
    try:
        return _box(purpose).decrypt(sealed.encode("ascii")).decode()
    except InvalidToken:
        raise UnreadableError from None


def _box(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key_from(key, purpose)) for key in keys])


def _key_from(secret_key: str, purpose: str) -> bytes:
    derived = salted_hmac(f"paydesk.{purpose}", "key", secret=secret_key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(derived)
