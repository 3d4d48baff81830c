"""What a person types to find something, read as everything it may be: a code, a number, a name, an amount.

It knows forms, not things: whether there is such a payment or customer is asked of the database by others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from paydesk.kernel.phone_numbers import PLANS, e164_digits
from paydesk.kernel.public_codes import number_of
from paydesk.kernel.references import key_of

MOST_CHARACTERS = 100
SHORTEST_KEY = 3
SHORTEST_NAME = 2
PHONE_END_DIGITS = range(4, 10)
LARGEST_ID = 2**63 - 1

_CODE = re.compile(r"\s*([A-Za-z]{2,3})\s*-\s*([0-9A-Za-z]{2,14})\s*")
_PHONE_LIKE = re.compile(r"[+\d][\d\s().\-/]*")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")

_CURRENCIES = {
    "ghs": "GHS", "ghc": "GHS", "gh₵": "GHS", "gh¢": "GHS", "₵": "GHS", "cedis": "GHS", "cedi": "GHS",
    "kes": "KES", "ksh": "KES", "kshs": "KES",
    "ngn": "NGN", "₦": "NGN", "naira": "NGN",
    "ugx": "UGX", "ush": "UGX",
}  # fmt: skip
_CURRENCY = "|".join(sorted(map(re.escape, _CURRENCIES), key=len, reverse=True))
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d+(?:\.\d{1,4}|,\d{2}(?!\d))?"
_AMOUNT = re.compile(
    rf"(?<![\w.,/\-+])(?P<before>{_CURRENCY})?\.?\s*(?P<figure>{_FIGURE})\s*(?P<after>{_CURRENCY})?(?![\w,/\-])",
    re.IGNORECASE,
)
_FILLERS = frozenset(
    {
        "on",
        "of",
        "from",
        "the",
        "at",
        "about",
        "for",
        "in",
        "paid",
        "payment",
        "sent",
        "amount",
        "a",
        "an",
        "dated",
    }
)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` through `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class FindText:
    """The readings of a text; each is empty where the text cannot be that.

    `phones` are whole numbers and `phone_starts` beginnings, as E.164 digits of every plan they fit;
    `phone_end` are last digits. `key` compares references. `words` of a name are in small letters; beside an
    amount they narrow it. `amount` is in major units, `currency` empty where none was named.
    """

    text: str
    code: tuple[str, int] | None = None
    mistyped_code: str = ""
    phones: tuple[str, ...] = ()
    phone_starts: tuple[str, ...] = ()
    phone_end: str = ""
    key: str = ""
    words: tuple[str, ...] = ()
    amount: Decimal | None = None
    currency: str = ""
    days: Days | None = None

    @property
    def is_name(self) -> bool:
        return bool(self.words) and self.amount is None

    @property
    def spellings(self) -> tuple[str, ...]:
        """A reference as typed, in capitals and in small letters: providers write either."""
        return tuple(dict.fromkeys((self.text, self.text.upper(), self.text.lower())))


def read_find_text(
    text: str, *, today: date, code_prefixes: frozenset[str], markets: Collection[str] | None = None
) -> FindText:
    """Every reading of `text`; never raises.

    `today` is what "yesterday" counts from; a day without a year is the latest one that is not ahead of it.
    `code_prefixes` are those of the public codes there are ("PAY"). National phone numbers are read in
    `markets`, None for all that have a plan.
    """
    text = " ".join(text.replace("\0", "").split())[:MOST_CHARACTERS]
    if not text:
        return FindText("")
    if typed := _CODE.fullmatch(text):
        prefix = typed[1].upper()
        if prefix in code_prefixes:
            number = number_of(prefix, text)
            if number is not None and number <= LARGEST_ID:
                return FindText(text, code=(prefix, number))
            return FindText(text, mistyped_code=f"{prefix}-{typed[2].upper()}", key=key_of(text))
    if found := _amount_reading(text, today):
        return found
    digits = "".join(character for character in text if character in "0123456789")
    key = key_of(text)
    phone_like = _PHONE_LIKE.fullmatch(text) is not None
    plans = [market for market in PLANS if markets is None or market in markets]
    phones = whole_phones(text, plans) if phone_like else ()
    return FindText(
        text,
        phones=phones,
        phone_starts=_phone_starts(text, digits, plans) if phone_like and not phones else (),
        phone_end=digits if phone_like and text[0] != "+" and len(digits) in PHONE_END_DIGITS else "",
        key=key if digits and len(key) >= SHORTEST_KEY else "",
        words=name_words(text) if not digits else (),
    )


def amounts_and_days(text: str, today: date) -> tuple[frozenset[Decimal], frozenset[date]]:
    """Every figure of a free text that may be an amount, in major units, and every single day it names."""
    rest, days = text.lower(), set()
    for pattern, read in _DAY_FORMS:
        for found in pattern.finditer(rest):
            named = read(found, today)
            if named and named.first == named.last:
                days.add(named.first)
            if named:
                rest = f"{rest[: found.start()]}{' ' * len(found[0])}{rest[found.end() :]}"
    rest = re.sub(r"[,;](?=\s|$)", " ", rest)  # which part words, not digits
    return frozenset(_decimal(found["figure"]) for found in _AMOUNT.finditer(rest)), frozenset(days)


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name in small letters; none when together they are too short to look for."""
    words = tuple(word.lower() for word in _WORD.findall(text))
    return words if sum(map(len, words)) >= SHORTEST_NAME else ()


def whole_phones(text: str, markets: Iterable[str] = PLANS) -> tuple[str, ...]:
    """The numbers `text` is, as E.164 digits, one for each plan that it fits."""
    found = (e164_digits(text, market) for market in (None, *markets))
    return tuple(dict.fromkeys(number for number in found if number))


def _phone_starts(text: str, digits: str, markets: Iterable[str]) -> tuple[str, ...]:
    """How numbers begin that were typed in part: "0244 12", "+233 24", "2332441"."""
    international = digits.removeprefix("00") if digits.startswith("00") or text[0] == "+" else ""
    if international:
        return (international,) if len(international) >= 5 else ()
    if digits.startswith("0") and len(digits) >= 4:
        return tuple(PLANS[market][0] + digits[1:] for market in markets)
    codes = tuple(code for code, _ in PLANS.values())
    return (digits,) if digits.startswith(codes) and len(digits) >= 6 else ()


def _amount_reading(text: str, today: date) -> FindText | None:
    """`text` as an amount, with or without currency, day and a name; None when it is something else."""
    plain = re.sub(r"\bat\s+\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m\b\.?)?|\b\d{1,2}:\d{2}\b", " ", text.lower())
    rest, days = _without_days(plain, today)
    amounts = list(_AMOUNT.finditer(rest))
    if len(amounts) != 1:
        return None
    found = amounts[0]
    figure = found["figure"]
    currency = _CURRENCIES.get((found["before"] or found["after"] or "").lower(), "")
    is_plain_number = figure.isdigit() and not currency and days is None
    if is_plain_number and len(figure) > 3:
        return None  # more likely a reference or the end of a phone number
    left = f"{rest[: found.start()]} {rest[found.end() :]}"
    words = [word for word in left.split() if word.strip(".,") not in _FILLERS and word.strip(".,;:-")]
    if any(not _WORD.fullmatch(word.strip(".,")) for word in words) or (is_plain_number and words):
        return None
    return FindText(
        text, words=name_words(" ".join(words)), amount=_decimal(figure), currency=currency, days=days
    )


def _decimal(figure: str) -> Decimal:
    decimal_comma = re.fullmatch(r"\d+,\d{2}", figure)
    return Decimal(figure.replace(",", "." if decimal_comma else ""))


def _without_days(text: str, today: date) -> tuple[str, Days | None]:
    """`text` less the day or month it names, and that; None where it names none."""
    for pattern, read in _DAY_FORMS:
        for found in pattern.finditer(text):
            days = read(found, today)
            if days:
                return f"{text[: found.start()]} {text[found.end() :]}", days
    return text, None


def _day(year: int, month: int, day: int) -> Days | None:
    try:
        on = date(year, month, day)
    except ValueError:
        return None
    return Days(on, on)


def _latest(month: int, day: int, today: date) -> Days | None:
    """The latest such day that is not ahead; 29 February goes back to the last leap year."""
    years = range(today.year, today.year - 9, -1)
    found = (days for year in years if (days := _day(year, month, day)))
    return next((days for days in found if days.first <= today), None)


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _iso(found: re.Match[str], today: date) -> Days | None:
    return _day(int(found["year"]), int(found["month"]), int(found["day"]))


def _day_first(found: re.Match[str], today: date) -> Days | None:
    day, month, year = int(found["day"]), int(found["month"]), found["year"]
    return _day(_year(year), month, day) if year else _latest(month, day, today)


def _in_words(found: re.Match[str], today: date) -> Days | None:
    month, year = _MONTHS.index(found["month"][:3]) + 1, found["year"]
    day = int(found["day"])
    return _day(int(year), month, day) if year else _latest(month, day, today)


def _whole_month(found: re.Match[str], today: date) -> Days | None:
    month = _MONTHS.index(found["month"][:3]) + 1
    first = _day(int(found["year"]), month, 1) if found["year"] else _latest(month, 1, today)
    if first is None:
        return None
    return Days(first.first, (first.first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _ago(days: int) -> Callable[[re.Match[str], date], Days]:
    def read(found: re.Match[str], today: date) -> Days:
        on = today - timedelta(days=days)
        return Days(on, on)

    return read


def _weekday(found: re.Match[str], today: date) -> Days:
    """The last such day; on a Friday "friday" is today and "last friday" a week ago."""
    back = (today.weekday() - _WEEKDAYS.index(found["weekday"])) % 7
    on = today - timedelta(days=back or (7 if found["last"] else 0))
    return Days(on, on)


_DAY_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Days | None]], ...] = (
    (re.compile(r"(?<![\d\-])(?P<year>[12]\d{3})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?![\d\-])"), _iso),
    (re.compile(r"(?<![\d/.])(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>[12]\d{3}|\d{2})(?![\d/])"),
     _day_first),
    (re.compile(r"(?<![\d/.])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?P<year>)(?![\d/])"), _day_first),
    (re.compile(r"(?<![\d.,/])(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?" + _MONTH
                + r"\b(?:,?\s+(?P<year>[12]\d{3})(?![\d.,/]))?"), _in_words),
    (re.compile(r"\b" + _MONTH + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\w/]|[.,]\d)"
                r"(?:,?\s+(?P<year>[12]\d{3})(?![\d.,/]))?"), _in_words),
    (re.compile(r"\b(?:in\s+)?" + _MONTH + r"\s+(?P<year>[12]\d{3})(?![\d.,/])"), _whole_month),
    (re.compile(r"\bin\s+" + _MONTH + r"\b(?P<year>)"), _whole_month),
    (re.compile(r"\bday before yesterday\b"), _ago(2)),
    (re.compile(r"\byesterday\b"), _ago(1)),
    (re.compile(r"\btoday\b"), _ago(0)),
    (re.compile(r"\b(?P<last>last\s+)?(?P<weekday>" + "|".join(_WEEKDAYS) + r")\b"), _weekday),
)  # fmt: skip
