"""What stands on a statement of account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from paydesk.kernel.money import Money
from paydesk.writers.typesetting import day_text


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry on the contract: what was added to what is owed, or taken off it, and what is owed after."""

    on: date
    what: str
    reference: str
    added: Money | None
    paid: Money | None
    balance: Money


@dataclass(frozen=True, slots=True)
class DueLine:
    """One due item of the period, with what was paid of it by the end of the period."""

    on: date
    what: str
    amount: Money
    paid: Money

    @property
    def open(self) -> Money:
        return self.amount - self.paid


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment of the period: what of it went to this contract, and to which due items."""

    on: date
    code: str
    reference: str
    amount: Money
    applied: Money
    to: Sequence[tuple[str, date]]  # what it paid: the kind of due item, and when that was due

    def told(self, said: Callable[[str], str] = str) -> str:
        """The first three of what it paid, and how many more, as `said` puts our words."""
        shown = ", ".join(said(f"{kind} {day_text(on)}") for kind, on in self.to[:3])
        return said(f"{shown} and {len(self.to) - 3} more") if len(self.to) > 3 else shown


@dataclass(frozen=True, slots=True)
class StatementOfAccount:
    """One contract over a period. All amounts are in its currency; plus is what the customer owes."""

    customer: str
    customer_code: str
    contract_code: str
    account_number: str
    product: str
    state: str
    market: str
    currency: str
    from_on: date
    through_on: date
    printed_at: datetime  # in the zone of the market
    opening: Money
    movements: Sequence[Movement]
    dues: Sequence[DueLine]
    payments: Sequence[PaymentLine]
    overdue: Money
    days_past_due: int
    next_due_on: date | None
    next_due: Money | None
    held: Sequence[tuple[str, Money]]  # what we hold for the customer beside this contract, in words

    @property
    def added(self) -> Money:
        return sum((m.added for m in self.movements if m.added), Money(0, self.currency))

    @property
    def paid(self) -> Money:
        return sum((m.paid for m in self.movements if m.paid), Money(0, self.currency))

    @property
    def closing(self) -> Money:
        """What is owed at the end: the opening balance, plus what was added, less what was paid."""
        return self.opening + self.added - self.paid

    @property
    def file_name(self) -> str:
        return f"statement-{self.contract_code}-{self.from_on.isoformat()}-{self.through_on.isoformat()}"
