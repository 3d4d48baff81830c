"""What somebody pastes: a customer's message from their mobile-money provider, or a list, one thing per line.

Each thing is read as what it most likely is; nothing is looked up here. Shapes of messages differ by country
and change without notice, so codes are taken by their labels, not by position.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from paydesk.kernel.find_text import name_words, whole_phones
from paydesk.kernel.phone_numbers import PLANS
from paydesk.kernel.references import key_of

MOST_ITEMS = 200
MOST_CHARACTERS = 100_000
LONGEST_ITEM = 1_000
PLANS_READ = frozenset(PLANS)

Kind = Literal["message", "code", "phone", "name", "unreadable"]

_CURRENCIES = {"GHS": "GHS", "GHC": "GHS", "GH₵": "GHS", "GH¢": "GHS", "KSH": "KES", "KES": "KES",
               "UGX": "UGX", "USH": "UGX", "NGN": "NGN", "₦": "NGN"}  # fmt: skip
_AMOUNT = re.compile(
    r"(?<![A-Za-z])(?P<currency>" + "|".join(map(re.escape, _CURRENCIES)) + r")\.?\s?"
    r"(?P<figure>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,12}(?:\.\d{1,2})?)",
    re.IGNORECASE,
)
_CODE = r"(?P<code>[A-Z0-9][A-Z0-9.\-]{5,38}[A-Z0-9])"
# What comes first is the transaction's own; a message may name the code of another one, or a balance, later.
_LABELLED = (
    re.compile(r"\A\W*" + _CODE + r"\.?\s+confirmed\b", re.IGNORECASE),
    re.compile(
        r"\b(?:financial\s+)?(?:transaction|trans|txn|trx)\.?\s*(?:id|no|number|ref|code)\.?\s*(?:is)?\s*[:#.]?\s*"
        + _CODE,
        re.IGNORECASE,
    ),
    re.compile(r"\bT\.?I\.?D\.?\s*[:#.]?\s*" + _CODE, re.IGNORECASE),
    re.compile(r"\b(?:receipt|external\s+transaction\s+id|id)\s*(?:no)?\.?\s*[:#]\s*" + _CODE, re.IGNORECASE),
)
_ACCOUNT = re.compile(
    r"\b(?:for\s+account|account(?:\s+(?:no|number))?|reference|ref)\b\.?\s*[:#]?\s*"
    r"(?P<typed>[A-Z0-9][A-Z0-9 /\-]{3,18})",
    re.IGNORECASE,
)
_DATE = (
    re.compile(r"(?<!\d)(?P<year>20\d{2})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>(?:20)?\d{2})(?!\d)"),
)
_WORDS_OF_MESSAGES = re.compile(
    r"\b(?:confirmed|payment|paid|sent|transferred|received|balance|transaction|trans|txn|trx|tid|fee|charged)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """One pasted thing. `codes` are references it may be known by, `amount` in major units.

    `typed` is the account number a message names, in comparison form; `on` the day it says.
    """

    place: int
    text: str
    kind: Kind
    codes: tuple[str, ...] = ()
    amount: Decimal | None = None
    currency: str = ""
    on: date | None = None
    typed: str = ""
    phones: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class TooMuchPastedError(ValueError):
    """More things than one paste may hold; the message says how many."""


def read_pasted(text: str, *, markets: Collection[str]) -> list[Pasted]:
    """Everything that was pasted, in its order. Raises TooMuchPastedError beyond MOST_ITEMS.

    National phone numbers are read in `markets`. A message may run over several lines; blank lines part them.
    """
    if len(text) > MOST_CHARACTERS:
        raise TooMuchPastedError(f"Paste up to {MOST_CHARACTERS:,} characters at once.")
    clean = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    items = [item for block in re.split(r"\n[ \t]*\n", clean) for item in _items_of(block)]
    if len(items) > MOST_ITEMS:
        raise TooMuchPastedError(f"Paste up to {MOST_ITEMS} lines at once: these are {len(items):,}.")
    return [_read(place, item[:LONGEST_ITEM], markets) for place, item in enumerate(items, start=1)]


def _items_of(block: str) -> list[str]:
    lines = [" ".join(line.split()).strip("\"',;") for line in block.split("\n")]
    lines = [line for line in lines if line]
    messages = sum(map(_is_message, lines))
    joined = " ".join(lines)
    is_one = messages <= 1 and len(lines) > 1 and _is_message(joined) and any(" " in line for line in lines)
    wordy = sum(len(line.split()) >= 3 for line in lines)
    return [joined] if is_one and wordy * 2 >= len(lines) else lines


def _is_message(text: str) -> bool:
    words = {word.lower() for word in _WORDS_OF_MESSAGES.findall(text)}
    return len(text.split()) >= 5 and len(words) >= 2 and bool(_AMOUNT.search(text) or _codes_in(text))


def _codes_in(text: str) -> tuple[str, ...]:
    found = (match["code"].rstrip(".-") for label in _LABELLED for match in label.finditer(text))
    return tuple(dict.fromkeys(code for code in found if any(c.isdigit() for c in code)))


def _read(place: int, text: str, markets: Collection[str]) -> Pasted:
    if _is_message(text):
        amount, typed = _AMOUNT.search(text), _ACCOUNT.search(text)
        key = key_of(typed["typed"].split(" on ")[0]) if typed else ""
        return Pasted(
            place, text, "message", codes=_codes_in(text),
            amount=Decimal(amount["figure"].replace(",", "")) if amount else None,
            currency=_CURRENCIES[amount["currency"].upper()] if amount else "",
            on=_day_in(text), typed=_digits_first(key),
        )  # fmt: skip
    if phones := whole_phones(text, markets) if re.fullmatch(r"[+\d][\d\s().\-/]*", text) else ():
        return Pasted(place, text, "phone", codes=(text,), phones=phones)
    if any(c.isdigit() for c in text) and len(key_of(text)) >= 4 and len(text) <= 60:
        return Pasted(place, text, "code", codes=(text,))
    if words := name_words(text) if not any(c.isdigit() for c in text) else ():
        return Pasted(place, text, "name", words=words)
    return Pasted(place, text, "unreadable")


def _digits_first(key: str) -> str:
    """The leading digits of a key: a message goes on with words after the number."""
    digits = re.match(r"\d{4,}", key)
    return digits[0] if digits else ""


def _day_in(text: str) -> date | None:
    for form in _DATE:
        if found := form.search(text):
            year = int(found["year"])
            try:
                return date(year + 2000 if year < 100 else year, int(found["month"]), int(found["day"]))
            except ValueError:
                continue
    return None
