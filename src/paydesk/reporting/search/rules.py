"""How strongly a thing answers what was typed, and the words for why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import IntEnum

from paydesk.kernel.find_text import FindText
from paydesk.kernel.money import exact_minor
from paydesk.kernel.references import key_of


class Rank(IntEnum):
    """The strength of a reason, strongest first."""

    EXACT = 0  # it bears the very number, and nothing else does so of right
    BELONGS = 1  # it belongs to what bears the number
    BEGINS = 2
    ENDS = 3
    NAMED = 4
    NEAR = 5  # another spelling, another day
    RELATED = 6  # of somebody who was found


def amounts_meant(asked: FindText, currencies: Sequence[str]) -> list[tuple[str, int]]:
    """(currency, minor units) of the amount in the currency that was named, else in each of `currencies`."""
    if asked.amount is None:
        return []
    wanted = [asked.currency] if asked.currency else currencies
    found = ((currency, exact_minor(asked.amount, currency)) for currency in wanted)
    return [(currency, minor) for currency, minor in found if minor]


def why_reference(asked: FindText, *, provider_ref: str, network_ref: str, typed: str) -> tuple[Rank, str]:
    """How a row bears the reference asked for."""
    for value, name in ((provider_ref, "Provider reference"), (network_ref, "Network reference")):
        if value and value in asked.spellings:
            return Rank.EXACT, name
    if asked.key and typed == asked.key:
        return Rank.BELONGS, "Reference as the payer typed it"
    for value, name in ((provider_ref, "Provider reference"), (network_ref, "Network reference")):
        if value and value.startswith(asked.spellings):
            return Rank.BEGINS, f"{name} begins so"
    return Rank.BEGINS, "Reference as typed begins so"


def why_phone(how: str) -> tuple[Rank, str]:
    """What `how` a number was found means (parties.finding.PhonesFound)."""
    return {
        "whole": (Rank.EXACT, "Phone number"),
        "begins": (Rank.BEGINS, "Phone begins so"),
        "ends": (Rank.ENDS, "Phone ends so"),
        "part": (Rank.ENDS, "Part of the phone"),
    }[how]


def why_name(words: Sequence[str], name: str, *, meant: bool) -> tuple[Rank, str]:
    """Whether a name begins with the words or has them, or is only spelt like them."""
    if meant:
        return Rank.NEAR, "Spelt almost so"
    begins = name.lower().startswith(" ".join(words))
    return (Rank.BEGINS, "Name begins so") if begins else (Rank.NAMED, "Name has it")


def why_amount(asked: FindText, on: date) -> tuple[Rank, str]:
    """The amount on the day that was named, or how far from it."""
    days = asked.days
    if days is None:
        return Rank.BEGINS, "Amount"
    if days.first <= on <= days.last:
        return Rank.BEGINS, "Amount and day" if days.first == days.last else "Amount and month"
    return Rank.NEAR, "Amount, the day before" if on < days.first else "Amount, the day after"


def has_words(words: Sequence[str], *names: str) -> bool:
    """Whether one of the names has all the words."""
    return any(all(word in name.lower() for word in words) for name in names)


def is_account(asked: FindText, account_key: str) -> bool:
    return bool(asked.key) and account_key == asked.key


def bears(asked: FindText, text: str) -> bool:
    """Whether `text` is the very reference asked for, letters large or small, blanks left out."""
    return bool(text) and (text in asked.spellings or key_of(text) == asked.key != "")
