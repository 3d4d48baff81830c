"""Addresses that show how to pay an account: signed with the desk's key, kept nowhere, good for two weeks."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

GOOD_FOR = timedelta(days=14)
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
SIGNATURE_LENGTH = 22  # letters of six bits: nobody guesses 132


@dataclass(frozen=True, slots=True)
class PayLink:
    """What an address shows: a contract, with what is due or without, until the end of a day (UTC)."""

    contract_id: int
    with_amount: bool
    until: date


def token_of(link: PayLink) -> str:
    """The last part of the address. The same link on the same day is the same address."""
    return f"{_said(link).replace('.', '-')}-{_signature(settings.SECRET_KEY, link)}"


def link_behind(token: str, today: date) -> PayLink | None:
    """What an address that we signed shows; None for any other, and once its days are over."""
    parts = token.split("-", 3)
    if len(parts) != 4 or len(parts[3]) != SIGNATURE_LENGTH or not all(parts[:3]):
        return None
    number, shows, day = parts[:3]
    if not set(number + day) <= set(_LETTERS) or len(number) > 13 or len(day) > 6 or shows not in "01":
        return None
    try:
        link = PayLink(int(number, 36), shows == "1", date.fromordinal(int(day, 36)))
    except (ValueError, OverflowError):
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    signed = [constant_time_compare(_signature(key, link), parts[3]) for key in keys]
    return link if any(signed) and today <= link.until and link.contract_id < 2**63 else None


def _said(link: PayLink) -> str:
    return f"{_in_letters(link.contract_id)}.{int(link.with_amount)}.{_in_letters(link.until.toordinal())}"


def _signature(key: str, link: PayLink) -> str:
    made = salted_hmac("paydesk.pay", _said(link), secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode()[:SIGNATURE_LENGTH]


def _in_letters(number: int) -> str:
    made = ""
    while number:
        number, rest = divmod(number, 36)
        made = _LETTERS[rest] + made
    return made or "0"
