"""Rates as people write them, one a line: "visa from 500.00: 1.4 % + 0.25, at least 0.50, tax 7.5 %"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from paydesk.domain.pricing.rules import MILLION, Terms, percent
from paydesk.kernel.money import Money, exact_minor

_NUMBER = r"(\d{1,12}(?:\.\d{1,4})?)"
_METHOD = re.compile(rf"(.*?)(?:\bfrom\s+{_NUMBER})?", re.IGNORECASE)
_RATE = re.compile(
    rf"(?:{_NUMBER}\s*%)?\s*(?:\+?\s*{_NUMBER}(?!\s*%))?\s*(?:,?\s*at least\s+{_NUMBER})?"
    rf"\s*(?:,?\s*at most\s+{_NUMBER})?\s*(?:,?\s*tax\s+{_NUMBER}\s*%)?",
    re.IGNORECASE,
)
ANY = ("any", "all", "")


def rates_in(text: str, currency: str) -> list[Terms]:
    """The rates that a text has, a line each; empty lines are passed over.

    Raises ValueError with a sentence that names the line.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found.append(_rate(line, currency))
            except ValueError as problem:
                raise ValueError(f"Line {number}: {problem}") from None
    return found


def _rate(line: str, currency: str) -> Terms:
    named, colon, told = line.rpartition(":")
    who = _METHOD.fullmatch(named.strip())
    rate = _RATE.fullmatch(told.strip())
    if rate is None or who is None or not told.strip() or not (rate[1] or rate[2]):
        raise ValueError(
            f"{line.strip()[:60]!r} is no rate. Write it like “visa: 1.4 % + 0.25” or “any from 500: 0.9 %”."
        )
    method = " ".join(who[1].split()).casefold()
    millionths, tax = (Decimal(share or 0).scaleb(4) for share in (rate[1], rate[5]))
    if max(millionths, tax) > MILLION:
        raise ValueError("More than 100 % cannot be kept back.")
    return Terms(
        "" if method in ANY or not colon else method,
        _minor(who[2], currency),
        int(millionths),
        _minor(rate[2], currency),
        _minor(rate[3], currency),
        None if rate[4] is None else _minor(rate[4], currency),
        int(tax),
    )


def _minor(text: str | None, currency: str) -> int:
    if text is None:
        return 0
    minor = exact_minor(Decimal(text), currency)
    if minor is None:
        raise ValueError(f"{text} has more decimals than {currency}.")
    return minor


def text_of(rates: Iterable[Terms], currency: str) -> str:
    """The rates as they are written; rates_in reads them again."""

    def plain(minor: int) -> str:
        return str(Money(minor, currency).amount)

    lines = []
    for each in rates:
        start = f" from {plain(each.from_minor)}" if each.from_minor else ""
        fixed = f" + {plain(each.fixed_minor)}" if each.fixed_minor else ""
        least = f", at least {plain(each.least_minor)}" if each.least_minor else ""
        most = "" if each.most_minor is None else f", at most {plain(each.most_minor)}"
        tax = f", tax {percent(each.tax_millionths)}" if each.tax_millionths else ""
        share = percent(each.millionths)
        lines.append(f"{each.method or 'any'}{start}: {share}{fixed}{least}{most}{tax}")
    return "\n".join(lines)
