"""Fields that a company adds to its cases: what each type takes, how a value is kept and said. Plain Python.

Values stand in one JSON column of the case, by the key of their field; the definitions are a table. So a page
of the inbox, its filters and its export have the values with the rows they read anyhow, where a table of
values would be joined once for each field. What JSON does not check is checked here, for nothing else writes
it. A number is kept as its exact decimal text, an amount as whole minor units with its currency.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.phone_numbers import e164_digits, shown

TYPES = {
    "text": "Text",
    "number": "Number",
    "amount": "Amount with currency",
    "date": "Date",
    "yes_no": "Yes or no",
    "choice": "Choice from a list",
    "phone": "Phone number",
}
NAMES_SOMEBODY = ("text", "phone")  # the trail, which is kept for good, does not have these
LONGEST_KEY, LONGEST_LABEL, LONGEST_HELP, LONGEST_TEXT = 30, 60, 200, 200
MOST_FIELDS, MOST_CHOICES = 40, 50
YES_NO = {"yes": True, "no": False}
KEY = r"^[a-z][a-z0-9_]*$"
LARGEST_MINOR = 10**15
_NUMBER = re.compile(r"[-\u2212]?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d{1,6})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field as it is now. `categories` are groups and categories whose cases have it; none: all cases."""

    pk: int
    key: str
    label: str
    type: str
    help_text: str = ""
    choices: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    is_required: bool = False
    is_retired: bool = False
    version: int = 1

    def is_of(self, category: str, group: str) -> bool:
        """Whether a case of this category, which stands in this group, has the field."""
        return not self.categories or category in self.categories or group in self.categories


def fields_of(
    fields: Iterable[OwnField], category: str, group: str, values: Mapping[str, Any]
) -> list[OwnField]:
    """The fields that a case shows: those of its category, and any other in which it has a value."""
    return [
        each for each in fields if each.key in values or (not each.is_retired and each.is_of(category, group))
    ]


def missing_fields(
    fields: Iterable[OwnField], category: str, group: str, values: Mapping[str, Any]
) -> list[OwnField]:
    """Those that are required of a case of this category and that nobody has filled in."""
    return [
        each
        for each in fields
        if each.is_required and not each.is_retired
        and each.is_of(category, group) and each.key not in values
    ]  # fmt: skip


def value_of(field: OwnField, text: str, *, market: str, currency: str) -> Any:
    """What is kept for what a person typed; None for an empty field.

    A national number is one of `market`; an amount that names no currency is in `currency`.
    Raises ValueError with a sentence where it is nothing of the field's type.
    """
    said = " ".join(text.split())
    if not said:
        return None
    return _READ[field.type](field, said, market, currency)


def typed(field: OwnField, value: Any) -> str:
    """A value as a person would type it: what `value_of` reads as the same; "" for None."""
    if value is None:
        return ""
    if field.type == "amount":
        return f"{Money(value['minor'], value['currency']).amount:f} {value['currency']}"
    if field.type == "yes_no":
        return "yes" if value else "no"
    return str(value)


def in_words(field: OwnField, value: Any) -> str:
    """A value in the words of a note; of a phone the last four digits, as not everybody sees all of it."""
    if value is None:
        return "—"
    if field.type == "phone":
        return f"…{str(value)[-4:]}"
    return str(Money(value["minor"], value["currency"])) if field.type == "amount" else typed(field, value)


def shown_value(field: OwnField, value: Any) -> str:
    """A value as a screen or an export shows it to whoever sees all of it."""
    return shown(str(value)) if field.type == "phone" else in_words(field, value)


def without(
    words: str, fields: Iterable[OwnField], values: Mapping[str, Any], *, instead: str
) -> dict[str, Any]:
    """Values from which words are taken out: in a text `instead` stands for them, any other value goes."""
    texts = {each.key for each in fields if each.type == "text"}
    kept = {}
    for key, value in values.items():
        if words not in str(value):
            kept[key] = value
        elif key in texts:
            kept[key] = value.replace(words, instead)[:LONGEST_TEXT]
    return kept


def problem_with_field(
    *, label: str, type: str, help_text: str, choices: Iterable[str], categories: Iterable[str],
    known: Iterable[str],
) -> str:  # fmt: skip
    """Why a field cannot be so; "" where it can. `known` are the codes of groups and categories there are."""
    listed = list(choices)
    if not label:
        return "Give the field a name."
    if len(label) > LONGEST_LABEL or len(help_text) > LONGEST_HELP:
        return f"A name has up to {LONGEST_LABEL} letters, its help up to {LONGEST_HELP}."
    if type not in TYPES:
        return "Choose the type from its list."
    if type == "choice" and len(listed) < 2:
        return "A choice needs two lines at least, one for each answer."
    if type != "choice" and listed:
        return "Only a choice has a list of answers."
    if len(listed) > MOST_CHOICES or any(len(each) > LONGEST_TEXT for each in listed):
        return f"A choice has up to {MOST_CHOICES} answers of up to {LONGEST_TEXT} letters."
    if not set(categories) <= set(known):
        return "Choose the categories from the tree."
    return ""


def key_for(label: str, taken: Iterable[str]) -> str:
    """A key nobody has yet, from the words: "serial_number"; a key is never used again."""
    stem = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
    stem = (stem if re.match(KEY, stem) else f"field_{stem}".rstrip("_"))[: LONGEST_KEY - 3].rstrip("_")
    known, number, key = set(taken), 1, stem
    while key in known:
        number += 1
        key = f"{stem}_{number}"
    return key


def _text(field: OwnField, said: str, market: str, currency: str) -> str:
    if len(said) > LONGEST_TEXT:
        raise ValueError(f"{field.label}: up to {LONGEST_TEXT} letters can be kept.")
    return said


def _decimal(said: str) -> Decimal | None:
    """A number as it is written everywhere at the desk: 1250.5 or 1,250.5. A comma is no decimal point."""
    return Decimal(said.replace(",", "").replace("\u2212", "-")) if _NUMBER.fullmatch(said) else None


def _number(field: OwnField, said: str, market: str, currency: str) -> str:
    number = _decimal(said)
    if number is None:
        raise ValueError(f"{field.label}: type a number as 1250 or 12.5.")
    return f"{number.normalize():f}" if number else "0"


def _amount(field: OwnField, said: str, market: str, currency: str) -> dict[str, Any]:
    figure, _, named = said.rpartition(" ") if said[-1:].isalpha() else (said, "", currency)
    number, named = _decimal(figure.replace(" ", "")), named.upper()
    minor = exact_minor(number, named) if number is not None and _CURRENCY.fullmatch(named) else None
    if minor is None or abs(minor) > LARGEST_MINOR:
        raise ValueError(f"{field.label}: type an amount and its currency as 12.50 {currency}.")
    return {"minor": minor, "currency": named}


def _date(field: OwnField, said: str, market: str, currency: str) -> str:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = date.min
    if not 1900 <= day.year <= 2100:
        raise ValueError(f"{field.label}: type a day as 2026-03-04.")
    return day.isoformat()


def _yes_no(field: OwnField, said: str, market: str, currency: str) -> bool:
    if said.lower() not in YES_NO:
        raise ValueError(f"{field.label}: choose yes or no.")
    return YES_NO[said.lower()]


def _choice(field: OwnField, said: str, market: str, currency: str) -> str:
    if said not in field.choices:
        raise ValueError(f"{field.label}: choose from its list.")
    return said


def _phone(field: OwnField, said: str, market: str, currency: str) -> str:
    digits = e164_digits(said, market)
    if digits is None:
        raise ValueError(f"{field.label}: this is no phone number of a country we know.")
    return digits


_READ = {
    "text": _text, "number": _number, "amount": _amount, "date": _date, "yes_no": _yes_no,
    "choice": _choice, "phone": _phone,
}  # fmt: skip
