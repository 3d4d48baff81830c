"""Decisions about text messages in plain Python: how long one is, what it costs at most, what is too many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

KINDS = {"code": "Code", "notice": "Notice"}
DEMO = "demo"  # a gateway of the demo company alone: nothing leaves, the code is shown to whoever sends it
CODE_MINUTES = 10
MOST_TRIES = 3  # wrong codes that end one
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_PER_HOUR, MOST_CODES_A_DAY = 4, 10  # to one number
MOST_PARTS = 3
ATTEMPTS = 5
CLAIMED = timedelta(minutes=2)
ASKED_FOR = timedelta(days=2)  # so long a gateway is asked what became of a message
# GSM 03.38 / 3GPP TS 23.038, 6.2.1: the alphabet of 7 bits, and what takes two places in it.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€\f")
CODE_TEXTS = {
    "en": "{code} is your code with {sender}, good for {minutes} minutes. Tell it only to whom you called or "
    "wrote to yourself.",
    "fr": "{code} est votre code {sender}, valable {minutes} minutes. Ne le dites qu'a la personne que vous "
    "avez vous-meme contactee.",
    "sw": "{code} ni nambari yako ya {sender}, hudumu dakika {minutes}. Mwambie tu uliyempigia au "
    "kumwandikia mwenyewe.",
}


def parts_of(text: str) -> int:
    """How many messages a text is sent as: 160 places, 153 each of several; 70 and 67 in other alphabets."""
    if set(text) <= _BASIC | _TWICE:
        places, one, of_several = len(text) + sum(each in _TWICE for each in text), 160, 153
    else:
        places, one, of_several = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if places <= one else -(-places // of_several)


def code_text(code: str, sender: str, language: str) -> str:
    """What a code is sent with: one message, in words of the alphabet of 7 bits."""
    words = CODE_TEXTS.get(language, CODE_TEXTS["en"])
    return words.format(code=f"{code[:3]} {code[3:]}", sender=sender, minutes=CODE_MINUTES)


@dataclass(frozen=True, slots=True)
class Used:
    """What went to a number and through a gateway lately; `cost` is what is known, else reckoned."""

    to_number_last_hour: int
    codes_to_number_last_day: int
    cost_last_day: Decimal


@dataclass(frozen=True, slots=True)
class Caps:
    """What a gateway's administrator allows at most."""

    per_number_hour: int
    cost_day: Decimal
    price: Decimal
    currency: str


def why_too_many(used: Used, caps: Caps, *, parts: int, is_code: bool) -> str:
    """Why one more is not sent; "" where it is. What stops it never depends on who asks."""
    if (many := used.to_number_last_hour) >= caps.per_number_hour:
        return (
            f"This number had {many} text message{'' if many == 1 else 's'} in the last hour, and gets no "
            "more: wait, or call them."
        )
    if is_code and used.codes_to_number_last_day >= MOST_CODES_A_DAY:
        return f"This number had {MOST_CODES_A_DAY} codes within a day, and gets no more: call them."
    costs = used.cost_last_day + caps.price * parts
    if costs > caps.cost_day:
        return (
            f"Text messages cost {money(used.cost_last_day, caps.currency)} within a day, and "
            f"{money(caps.cost_day, caps.currency)} is the most: call them, or have it raised under Mail."
        )
    return ""


def money(amount: Decimal, currency: str) -> str:
    """Parts of a penny stay: "12.0309 GHS"; none is written where there is none."""
    plain = amount.quantize(Decimal("0.01"))
    return f"{plain if plain == amount else amount.normalize():,f} {currency}"


def problem_with_notice(text: str) -> str:
    """Why a notice is not sent; "" where it is."""
    if not text.strip():
        return "The text message is empty."
    if (parts := parts_of(text)) > MOST_PARTS:
        return f"This would leave as {parts} messages, and {MOST_PARTS} is the most: say it shorter."
    return ""


def problem_with_address(address: str) -> str:
    """Why a gateway is not reached there; "" where it may be. Without TLS only on this machine."""
    parts = urlsplit(address.strip())
    try:
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "The address of the gateway is none."
    is_here = host in ("localhost", "127.0.0.1")
    if not host or parts.scheme not in ("https", "http") or parts.username or parts.query or parts.fragment:
        return "Give the address of the gateway as https://host, without a user or anything behind it."
    return "" if parts.scheme == "https" or is_here else "The gateway has to be reached by https."


def says(shape: Mapping[str, str]) -> str:
    """A shape as it is written into a field: "path=/send as=json"."""
    return "\n".join(f"{name}={value}" for name, value in shape.items())
