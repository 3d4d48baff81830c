"""Who sees names and numbers of customers and payers in clear. Decided here, for screens and exports.

customers.names   AN SU CO SD TL     names in clear: they compare names, or serve the person before them
customers.phones  AN SU CO TL        phone numbers in clear on the page of one customer, contract or payment
customers.reveal  all but QA and AD  may reveal one customer or payer, for a reason, for REVEAL_MINUTES

Numbers of identity documents are masked for everybody: nobody needs them all day. In lists and exports
phone numbers are masked for everybody: nobody phones a list, and a list is what leaks. Finding works with
the whole name or number for everyone; what is found is shown as above. A row of a file as it stood there
holds the payer too: `masked_row` hides names and numbers in it for whoever may not see both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from paydesk.kernel.actor import Actor
from paydesk.kernel.phone_numbers import PLANS, shown
from paydesk.kernel.references import key_of

REVEAL_MINUTES = 10
REVEALS_AN_HOUR = 40
REASON_LENGTH = (8, 200)
HIDDEN = "•••"

_PERSONAL_COLUMN = re.compile(
    r"name|payer|sender|customer|client|debtor|payee|msisdn|phone|mobile|wallet|narration|description|details|"
    r"identity|passport|national.?id|voter|licen[cs]e|from|to\b|party|remark|memo|text|sms|e-?mail|address|bill.?ref",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"\+?\d[\d \-]{6,16}\d")


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person sees in clear. `close` is the page of one customer, contract or payment."""

    names: bool
    phones: bool
    may_reveal: bool

    def name(self, text: str, *, revealed: bool = False) -> str:
        return text if self.names or revealed else masked_name(text)

    def phone(self, digits: str, *, close: bool = False, revealed: bool = False) -> str:
        """E.164 digits as people read them, masked where they may not be seen."""
        return shown(digits) if revealed or (close and self.phones) else masked_phone(digits)

    def identity(self, number: str, *, revealed: bool = False) -> str:
        return number if revealed else masked_identity(number)

    def hides(self) -> list[str]:
        """The fields that a page of one person hides from this one: what a reveal would show."""
        return [field for field, seen in (("name", self.names), ("phone", self.phones)) if not seen]


def sight_of(actor: Actor) -> Sight:
    """What `actor` sees, from the rights they hold."""
    return Sight(
        names=actor.may("customers.names:view"),
        phones=actor.may("customers.phones:view"),
        may_reveal=actor.may("customers.reveal"),
    )


def masked_name(name: str) -> str:
    """ "Ama Mensah" is "Ama M•••", "Kofi" is "K•••": enough to go on with somebody who says the rest."""
    words = name.split()
    if not words:
        return ""
    if len(words) == 1:
        return f"{words[0][0]}{HIDDEN}"
    return f"{words[0]} {words[-1][0]}{HIDDEN}"


def masked_phone(digits: str) -> str:
    """ "233241234567" is "+233 24 ••• ••67": country, network and the last two."""
    if not digits:
        return ""
    for country_code, length in PLANS.values():
        if digits.startswith(country_code) and len(digits) == len(country_code) + length:
            return f"+{country_code} {digits[len(country_code) :][:2]} ••• ••{digits[-2:]}"
    return f"{HIDDEN}{digits[-2:]}" if len(digits) > 4 else HIDDEN


def masked_identity(number: str) -> str:
    """ "GHA-123456789-0" is "•••90": the last two, enough to tell two documents of one person apart."""
    read = [character for character in number if character.isalnum()]
    return f"{HIDDEN}{''.join(read[-2:])}" if len(read) > 4 else HIDDEN


def masked_row(row: Mapping[str, str] | str, personal: Iterable[str] = ()) -> dict[str, str] | str:
    """A row of a file as it stands there, less what may be a name or a number of somebody.

    `personal` are values known to be so (the payer's name and number that were read from it). Of a row with
    columns, those whose head speaks of people are hidden whole, and phone numbers anywhere; a row that is one
    text is hidden whole, since nobody can tell what in it is a name.
    """
    if isinstance(row, str):
        return HIDDEN if row else ""
    known = [text for text in personal if text]
    return {head: _masked_cell(head, value, known) for head, value in row.items()}


def _masked_cell(head: str, value: str, known: list[str]) -> str:
    text = str(value or "")
    if not text:
        return text
    if _PERSONAL_COLUMN.search(head) or any(part.lower() in text.lower() for part in known):
        return HIDDEN
    return _LONG_NUMBER.sub(lambda found: HIDDEN if _is_phone(found.group()) else found.group(), text)


def _is_phone(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return any(
        (digits.startswith(code) and len(digits) == len(code) + length)
        or (digits.startswith("0") and len(digits) == length + 1)
        for code, length in PLANS.values()
    )


def why_no_reason(reason: str, hidden: Iterable[str]) -> str:
    """What is wrong with `reason`, as a sentence; "" when it will do. It is sealed, so it may name nobody."""
    shortest, longest = REASON_LENGTH
    if len(reason) < shortest:
        return "Say in a few words why you need to see it; the reason is kept in the trail."
    if len(reason) > longest:
        return f"Say it in at most {longest} characters."
    hidden = [text for text in hidden if text]
    numbers = {key_of(text) for text in hidden if any(letter.isdigit() for letter in text)}
    words = {word for text in hidden for word in text.lower().split() if len(word) > 2}
    without_codes = re.sub(r"\b[A-Z]{3}-[0-9A-Z]+\b", "", reason)
    if (
        re.search(r"\d[\d \-]{5,}\d", without_codes)
        or words & set(re.findall(r"[^\W_]+", reason.lower()))
        or any(number in key_of(reason) for number in numbers if number)
    ):
        return "Leave names and numbers out of the reason: it is kept for good. A code like PAY-… may stand."
    return ""
