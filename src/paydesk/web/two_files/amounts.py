"""Amounts of files on these screens: exact, grouped, two decimals at least, a true minus."""

from __future__ import annotations

from decimal import Decimal


def plain(amount: Decimal | str) -> str:
    """An amount in major units as people read it."""
    exact = Decimal(amount)
    digits = max(2, -int(exact.as_tuple().exponent))
    return f"{exact:,.{digits}f}".replace("-", "\u2212")
