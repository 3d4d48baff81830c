"""What a rate card says a provider keeps back of a payment, with its arithmetic in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from paydesk.kernel.money import Money

MILLION = 1_000_000
MOST_RATES = 60
LONGEST_METHOD = 60


@dataclass(frozen=True, slots=True)
class Terms:
    """One rate: a share in millionths (1.4 % is 14,000) and a fixed amount, at least and at most so much,
    and the tax on all of that, in millionths too (7.5 % is 75,000).

    For payments whose method begins with `method` (lower case; "": any) from `from_minor` on. Minor units.
    """

    method: str
    from_minor: int
    millionths: int
    fixed_minor: int
    least_minor: int = 0
    most_minor: int | None = None
    tax_millionths: int = 0

    def fee_minor(self, amount_minor: int) -> int:
        """What may be kept back of an amount, its tax included; half a minor unit is rounded up, of each."""
        fee = max(_share(amount_minor, self.millionths) + self.fixed_minor, self.least_minor)
        if self.most_minor is not None:
            fee = min(fee, self.most_minor)
        return fee + _share(fee, self.tax_millionths)

    def told(self, currency: str) -> str:
        """The rate in words: "1.4 % + 0.25 EUR, at least 0.50 EUR, and 7.5 % tax"."""
        parts = [percent(self.millionths)] if self.millionths else []
        if self.fixed_minor or not parts:
            parts.append(str(Money(self.fixed_minor, currency)))
        bounds = f", at least {Money(self.least_minor, currency)}" if self.least_minor else ""
        if self.most_minor is not None:
            bounds += f", at most {Money(self.most_minor, currency)}"
        if self.tax_millionths:
            bounds += f", and {percent(self.tax_millionths)} tax"
        return " + ".join(parts) + bounds

    def arithmetic(self, amount_minor: int, currency: str) -> str:
        """How the fee of an amount comes about: "100.00 EUR: 1.4 % + 0.25 EUR = 1.65 EUR"."""
        fee = Money(self.fee_minor(amount_minor), currency)
        return f"{Money(amount_minor, currency)}: {self.told(currency)} = {fee}"

    @property
    def words(self) -> str:
        """Which payments it is for, as a sentence goes on."""
        return self.of(2)

    def of(self, count: int) -> str:
        """So many payments as the rate is for: "visa payments", "visa payment"."""
        return f"{self.method} payment{'' if count == 1 else 's'}".strip()


def _share(amount_minor: int, millionths: int) -> int:
    return (amount_minor * millionths * 2 + MILLION) // (2 * MILLION)


def percent(millionths: int) -> str:
    """A share as people write it: "7.5 %"."""
    return f"{Decimal(millionths).scaleb(-4).normalize():f} %"


def terms_for(rates: Sequence[Terms], method: str, amount_minor: int) -> Terms | None:
    """The rate of a payment: the longest method that its own begins with, then the highest amount reached."""
    name = method.casefold()
    found = [each for each in rates if name.startswith(each.method) and each.from_minor <= amount_minor]
    return max(found, key=lambda each: (len(each.method), each.from_minor), default=None)


def is_off(kept_minor: int, expected_minor: int, lines: int = 1) -> bool:
    """Whether a fee is off its card: by more than a minor unit a line and more than half a percent."""
    return abs(kept_minor - expected_minor) * 200 > max(200 * lines, abs(expected_minor))


def why_not(rates: Sequence[Terms]) -> str:
    """Why these rates make no card; "" when they do."""
    if len(rates) > MOST_RATES:
        return f"A card has at most {MOST_RATES} rates."
    seen = set()
    for each in rates:
        if not (0 <= each.millionths <= MILLION and each.fixed_minor >= 0 and each.from_minor >= 0):
            return f"The rate of {each.words} is no share from 0 to 100 % and no amount from 0 on."
        if not 0 <= each.tax_millionths <= MILLION:
            return f"The tax on the rate of {each.words} is no share from 0 to 100 %."
        if each.least_minor < 0 or (each.most_minor is not None and each.most_minor < each.least_minor):
            return f"The rate of {each.words} keeps at most less than it keeps at least."
        if len(each.method) > LONGEST_METHOD or each.method != each.method.strip().casefold():
            return f"A method is written small and has at most {LONGEST_METHOD} letters, such as visa."
        if (each.method, each.from_minor) in seen:
            return f"There are two rates of {each.words} from the same amount on."
        seen.add((each.method, each.from_minor))
    return ""
