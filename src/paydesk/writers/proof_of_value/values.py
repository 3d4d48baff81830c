"""What stands on a proof of value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from paydesk.kernel.money import Money

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """One due item the payment paid, and the days of use it stands for."""

    account_number: str
    product: str
    what: str
    due_on: date
    until: date | None
    applied: Money
    days: int | None


@dataclass(frozen=True, slots=True)
class ProofOfValue:
    """One request and everything that speaks against it. Names and numbers come masked."""

    case_number: str
    code: str
    provider: str
    account: str
    market: str
    asked: Money
    asked_at: datetime  # local
    reason: str
    answer: str
    made_at: datetime  # local
    row: Sequence[Fact]
    payment: Sequence[Fact]
    bought: Sequence[BoughtLine]

    @property
    def applied(self) -> Money:
        return sum((line.applied for line in self.bought), Money(0, self.asked.currency))

    @property
    def days(self) -> int:
        return sum(line.days or 0 for line in self.bought)
