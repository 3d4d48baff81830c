"""Amount text to exact decimals: thousands separators, brackets, sign words, currency signs. No float."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Literal

DecimalSign = Literal[".", ","]

# What stands before or after an amount in the files of our markets, upper case, to its ISO 4217 code.
CURRENCY_SIGNS = {
    "GHS": "GHS", "GH₵": "GHS", "GH¢": "GHS", "GHC": "GHS", "₵": "GHS", "KES": "KES", "KSH": "KES",
    "KSHS": "KES", "K.SHS": "KES", "NGN": "NGN", "₦": "NGN", "UGX": "UGX", "USH": "UGX", "TZS": "TZS",
    "ZAR": "ZAR", "EUR": "EUR", "€": "EUR", "GBP": "GBP", "£": "GBP", "USD": "USD", "US$": "USD",
    "$": "USD", "CHF": "CHF", "XOF": "XOF", "XAF": "XAF", "RWF": "RWF", "ZMW": "ZMW", "BRL": "BRL",
    "JPY": "JPY", "¥": "JPY", "SEK": "SEK", "AUD": "AUD", "CAD": "CAD",
}  # fmt: skip
SIGN_WORDS = {"CR": 1, "C": 1, "DR": -1, "D": -1}
LONGEST_AMOUNT = 60
# What the tables hold for every currency; a longer number stands in the wrong column and is not money.
MOST_WHOLE_DIGITS = 14
MOST_DECIMALS = 8

_SPACES = re.compile(r"[\u00a0\u2007\u2009\u202f\s]+")
_NUMBER = {
    ".": re.compile(r"(?:\d{1,3}(?:([,'’ ])\d{3})(?:\1\d{3})*|\d+)(?:\.\d*)?|\.\d+", re.ASCII),
    ",": re.compile(r"(?:\d{1,3}(?:([.'’ ])\d{3})(?:\1\d{3})*|\d+)(?:,\d*)?|,\d+", re.ASCII),
}
_PLAIN = re.compile(r"-?(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,14})(?:\.\d{1,8})?", re.ASCII)
# A column at a glance: every digit as 0, so that a run of them is found as such.
_DIGITS_ALIKE = bytes(48 if 48 <= byte <= 57 else byte for byte in range(256))
_TOO_LONG = b"0" * (MOST_WHOLE_DIGITS + 1)
_TOO_FINE = b"." + b"0" * (MOST_DECIMALS + 1)
_SHAPE = re.compile(
    r"(?P<open>\()? ?(?P<sign>[+-])? ?(?P<before>[^\d\s+\-(),'’.](?:[^\d\s+\-(),'’.]|\.(?!\d)){0,5})? ?"
    r"(?P<sign2>[+-])? ?(?P<number>[\d.,][\d.,'’ ]*?) ?(?P<sign3>[+-])? ?"
    r"(?P<after>[^\d\s+\-(),'’.]{1,5})?\.?(?: (?P<word>[A-Za-z]{1,3}))? ?(?P<close>\))?",
    re.ASCII,
)


def exact_amount(text: str, decimal: DecimalSign = ".") -> Decimal:
    """`text` as an exact signed Decimal in major units; see signed_amount. Raises ValueError."""
    return signed_amount(text, decimal)[0]


def signed_amount(text: str, decimal: DecimalSign = ".") -> tuple[Decimal, str]:
    """The exact amount in `text` and the ISO code of a currency sign beside it ("" for none).

    Understands a sign before or after, brackets or DR for minus, CR for plus, thousands separators in
    proper groups of three, and a currency sign or code before or after. No digit is ever rounded, no
    exponent accepted: a spreadsheet writes one only when it has already lost digits.
    Raises ValueError with a sentence that quotes the text.
    """
    if decimal == "." and len(text) <= 12 and text.isascii():
        whole, point, decimals = text.partition(".")
        if whole.isdigit() and (decimals.isdigit() and len(decimals) <= MOST_DECIMALS if point else True):
            return Decimal(text), ""
    if decimal == "." and _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "")), ""
    if len(text) > LONGEST_AMOUNT:
        raise ValueError(f"{text[:20]!r}… is too long to be an amount.")
    plain = _SPACES.sub(" ", text.replace("\u2212", "-")).strip()
    shape = _SHAPE.fullmatch(plain)
    if shape is None:
        raise ValueError(f"{text!r} is not an amount.")
    number = shape["number"].strip()
    if shape["before"] and number[0] in ".,":
        raise ValueError(f"{text!r} may mean a whole number or a fraction; which is not clear.")
    if _NUMBER[decimal].fullmatch(number) is None:
        sign_name = "point" if decimal == "." else "comma"
        raise ValueError(f"{text!r} is not an amount with a decimal {sign_name} and groups of three digits.")
    signs = [shape[name] for name in ("sign", "sign2", "sign3") if shape[name]]
    currency, word_sign = _words(text, [shape["before"], shape["after"], shape["word"]])
    if bool(shape["open"]) != bool(shape["close"]) or len(signs) + bool(shape["open"]) > 1:
        raise ValueError(f"{text!r} has more than one sign.")
    if word_sign and (signs or shape["open"]):
        raise ValueError(f"{text!r} has a sign and a CR or DR word.")
    for separator in "'’ " + (",." if decimal == "." else ".,")[0]:
        number = number.replace(separator, "")
    value = Decimal(number.replace(",", "."))
    whole, _, decimals = format(value, "f").partition(".")
    if len(whole.lstrip("0")) > MOST_WHOLE_DIGITS:
        raise ValueError(f"{text!r} is larger than any amount of money: is it a number of something else?")
    if len(decimals.rstrip("0")) > MOST_DECIMALS:
        raise ValueError(f"{text!r} has more decimals than any currency has.")
    negative = signs == ["-"] or bool(shape["open"]) or word_sign == -1
    return (value.copy_negate() if negative else value), currency


def plain_amounts(texts: Sequence[str]) -> list[Decimal] | None:
    """The amounts of a column in one go where each is digits with a decimal point at most, else None."""
    joined = "\n".join(texts).encode("ascii", "replace").translate(_DIGITS_ALIKE)
    if joined.translate(None, b"0.-\n") or joined.count(b"\n") != len(texts) - 1:
        return None
    if _TOO_LONG in joined or _TOO_FINE in joined:
        return None
    try:
        return list(map(Decimal, texts))
    except InvalidOperation:
        return None


def _words(text: str, words: list[str | None]) -> tuple[str, int]:
    """The currency and the sign that the words around a number say."""
    currency, sign = "", 0
    for word in words:
        if not word:
            continue
        upper = word.upper()
        code = CURRENCY_SIGNS.get(upper) or CURRENCY_SIGNS.get(upper.removesuffix("."))
        if code and not currency:
            currency = code
        elif upper in SIGN_WORDS and not sign:
            sign = SIGN_WORDS[upper]
        else:
            raise ValueError(f"{text!r} is not an amount: {word!r} is no currency or sign we know.")
    return currency, sign


def plain_text(amount: Decimal) -> str:
    """`amount` as plain decimal text, never with an exponent: 1E+2 is "100"."""
    return format(amount, "f")


class Amounts(dict[str, tuple[Decimal, str]]):
    """Amounts already read, by their text: files repeat a few amounts thousands of times."""

    def __init__(self, decimal: DecimalSign, room: int = 20_000) -> None:
        super().__init__()
        self.decimal: DecimalSign = decimal
        self.room = room

    def __missing__(self, text: str) -> tuple[Decimal, str]:
        found = signed_amount(text.strip(), self.decimal)
        if len(self) >= self.room:
            self.clear()
        self[text] = found
        return found
