"""Money is a whole number of minor units plus a currency; never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import MAX_PREC, Context, Decimal, InvalidOperation

# ISO 4217: digits after the decimal point. Two where not listed.
# Source: ISO 4217 list one; UGX and the CFA francs have no minor unit in use.
MINOR_DIGITS = {
    "BHD": 3, "BIF": 0, "CLF": 4, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
    "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "UYI": 0,
    "UYW": 4, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip

# The usual context keeps 28 digits and rounds the rest away; money is never rounded in silence.
_EXACT = Context(prec=MAX_PREC)


def minor_digits(currency: str) -> int:
    """Digits after the decimal point of `currency` (ISO 4217), 2 where the list has no other value."""
    return MINOR_DIGITS.get(currency, 2)


def exact_minor(amount: Decimal, currency: str) -> int | None:
    """`amount` (major units) in whole minor units, or None when it is not a whole number of them."""
    scaled = amount.scaleb(minor_digits(currency), _EXACT)
    whole = scaled.to_integral_value(context=_EXACT)
    return int(whole) if whole == scaled else None


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in whole minor units of one currency; the sign says the direction."""

    amount_minor: int
    currency: str

    @classmethod
    def of(cls, text: str) -> Money:
        """Read "120.00 GHS" (major units, then the currency).

        Raises ValueError if it is not that shape or not a whole number of minor units.
        """
        try:
            number, currency = text.split()
            amount = Decimal(number.replace(",", ""))
        except (ValueError, InvalidOperation) as problem:
            raise ValueError(f"{text!r} is not an amount like '120.00 GHS'.") from problem
        minor = exact_minor(amount, currency)
        if minor is None:
            raise ValueError(f"{text!r} is not a whole number of minor units of {currency}.")
        return cls(minor, currency)

    @property
    def amount(self) -> Decimal:
        """The exact amount in major units."""
        return Decimal(self.amount_minor).scaleb(-minor_digits(self.currency), _EXACT)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount_minor, self.currency)

    def __bool__(self) -> bool:
        return self.amount_minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.amount_minor < self._same(other)

    def __str__(self) -> str:
        """ "1,250.00 GHS", with a true minus sign before a negative amount."""
        digits = minor_digits(self.currency)
        return f"{self.amount:,.{digits}f} {self.currency}".replace("-", "\u2212")

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(
                f"{self} and {other} are in different currencies and cannot be added or compared."
            )
        return other.amount_minor

    def split(self, weights: list[int]) -> list[Money]:
        """Share this amount out in proportion to `weights`; the shares add up to it exactly.

        Every share is first rounded down to a whole minor unit. The units left over go
        one each to the largest remainders, earliest first, so the result is repeatable.
        Raises ValueError if `weights` is empty, has a negative, or sums to zero.
        """
        if not weights or min(weights) < 0 or sum(weights) == 0:
            raise ValueError("Weights must be at least one number, none negative, with a sum above zero.")
        total = sum(weights)
        shares = [self.amount_minor * weight // total for weight in weights]
        remainders = [self.amount_minor * weight % total for weight in weights]
        left_over = self.amount_minor - sum(shares)
        for place in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left_over]:
            shares[place] += 1
        return [Money(share, self.currency) for share in shares]
