"""Full card numbers in text: found by length, issuer range and Luhn digit, so that none is ever stored.

PCI DSS 3.4: at most the first six and the last four digits may be shown (docs/glossary.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# One run of 13-19 digits, alone or in groups as on a card; not part of a longer run, word or number.
_CANDIDATE = re.compile(
    r"(?<![\w.,+*/-])(?:\d{13,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{3})?|\d{4}[ -]\d{6}[ -]\d{4,5})"
    r"(?![\w*/-]|[.,]\d)",
    re.ASCII,
)
# A quick look before the strict one: thirteen digits in a row, or grouped as on a card, and nothing before
# them that makes them part of something longer (an IBAN, a reference).
MAY_HOLD = re.compile(
    r"[0-9](?<![\w.,+*/-][0-9])[0-9]{3}(?:[0-9]{9}|[ -][0-9]{4}[ -][0-9]{4}|[ -][0-9]{6}[ -][0-9])", re.ASCII
)

_DIGITS_ALIKE = bytes(48 if 48 <= byte <= 57 else 32 if byte == 45 else byte for byte in range(256))


def may_hold_card(text: str) -> bool:
    """Whether ASCII `text` has thirteen digits in a row or grouped as on a card: MAY_HOLD, but quickly."""
    alike = text.encode("ascii", "replace").translate(_DIGITS_ALIKE)
    if b"0000000000000" in alike:
        return True
    return b"0000 0000" in alike and (b"0000 0000 0000" in alike or b"0000 000000 0" in alike)


# (first issuer prefix, last issuer prefix, lengths). Source: ISO/IEC 7812 as the schemes publish it.
_RANGES = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),  # Mastercard
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("6011", "6011", (16, 19)),  # Discover
    ("644", "649", (16, 19)),
    ("65", "65", (16, 19)),
    ("300", "305", (14,)),  # Diners
    ("36", "36", (14,)),
    ("38", "39", (14,)),
    ("3528", "3589", (16, 19)),  # JCB
    ("62", "62", (16, 17, 18, 19)),  # UnionPay
    ("506099", "506198", (16, 18, 19)),  # Verve
    ("507865", "507964", (16, 18, 19)),
    ("5018", "5018", (16, 18, 19)),  # Maestro
    ("5020", "5020", (16, 18, 19)),
    ("5038", "5038", (16, 18, 19)),
    ("6304", "6304", (16, 18, 19)),
    ("6759", "6763", (16, 18, 19)),
)


def card_number_in(text: str) -> str | None:
    """The first full card number in `text` as it stands there, or None.

    Strict on purpose: length, issuer range and Luhn digit must all fit, and the digits must stand alone,
    so that receipts, phone numbers and contract numbers pass.
    """
    if MAY_HOLD.search(text) is None:
        return None
    for found in _CANDIDATE.finditer(text):
        digits = found[0].replace(" ", "").replace("-", "")
        if is_card_number(digits):
            return found[0]
    return None


def masked(text: str) -> str:
    """`text` with every full card number cut to its first six and last four digits."""
    while (number := card_number_in(text)) is not None:
        digits = number.replace(" ", "").replace("-", "")
        text = text.replace(number, f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}")
    return text


def masked_row(row: Mapping[str, str]) -> dict[str, str]:
    """A row with every full card number in it cut to its first six and last four digits."""
    return {name: masked(value) for name, value in row.items()}


def is_card_number(digits: str) -> bool:
    """Whether ASCII digits are in an issuer's range, of its length, and end with the right Luhn digit."""
    return _is_issued(digits) and _luhn_holds(digits)


def _is_issued(digits: str) -> bool:
    for first, last, lengths in _RANGES:
        if first <= digits[: len(first)] <= last and len(digits) in lengths:
            return True
    return False


def _luhn_holds(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1
