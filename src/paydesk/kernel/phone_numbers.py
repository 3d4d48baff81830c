"""Phone numbers as E.164 digits, for the plans of the markets we work in.

Plan lengths: google/libphonenumber, as cited in docs/glossary.md (GH 233+9, KE 254+9, NG 234+10, UG 256+9).
"""

from __future__ import annotations

import re

PLANS = {"GH": ("233", 9), "KE": ("254", 9), "NG": ("234", 10), "UG": ("256", 9)}
_NOT_DIGITS = re.compile(r"[^0-9]")


def e164_digits(text: str, market: str | None = None) -> str | None:
    """`text` as E.164 digits without the plus, or None when it fits no plan.

    Spaces, dashes, brackets, a leading + or 00 and the trunk zero are dropped. A national number is read in
    `market`; an international one by its own country code. A masked number (with * or x) is None.
    """
    if "*" in text or "x" in text.lower():
        return None
    digits = _NOT_DIGITS.sub("", text)
    digits = digits.removeprefix("00")
    for country_code, national_length in PLANS.values():
        if digits.startswith(country_code):
            national = digits[len(country_code) :].removeprefix("0")
            if len(national) == national_length:
                return country_code + national
    if market in PLANS:
        country_code, national_length = PLANS[market]
        national = digits.removeprefix("0")
        if len(national) == national_length:
            return country_code + national
    return None


def shown(digits: str) -> str:
    """E.164 digits as people read them: "+233 24 123 4567"."""
    for country_code, _ in PLANS.values():
        if digits.startswith(country_code):
            national = digits[len(country_code) :]
            return f"+{country_code} {national[:2]} {national[2:5]} {national[5:]}"
    return f"+{digits}" if digits else ""
