"""What a contract decides, in plain Python: its schedule, the order of allocation, days past due."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Frequency = Literal["daily", "weekly", "monthly"]
FREQUENCIES: tuple[Frequency, ...] = ("daily", "weekly", "monthly")

# On one day, penalties and fees are paid before the deposit and the instalment. SQL: contracts_kind_rank().
KIND_RANK = {"penalty": 1, "fee": 2, "deposit": 3, "instalment": 4}


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be paid on a date, in minor units; `paid_minor` is what is allocated to it."""

    id: int
    kind: str
    due_on: date
    amount_minor: int
    paid_minor: int = 0

    @property
    def open_minor(self) -> int:
        return self.amount_minor - self.paid_minor


def is_other_name(name: str, known: str) -> bool:
    """Whether two names can hardly be of one person: other words, whatever their order, case and spacing."""
    return sorted(name.casefold().split()) != sorted(known.casefold().split())


def market_problem(market: str, currency: str, currencies: Mapping[str, str]) -> str:
    """Why a contract cannot be in `market` and `currency`, in a sentence; empty when it can.

    `currencies` are those of our markets by code; where no market is set up yet nothing is compared.
    """
    if not currencies:
        return ""
    if market not in currencies:
        return f"{market} is no market of ours; ours are {', '.join(sorted(currencies))}."
    if currency != currencies[market]:
        return f"The row is in {currency}, but contracts of market {market} are in {currencies[market]}."
    return ""


def schedule(
    *,
    price_minor: int,
    deposit_minor: int,
    opened_on: date,
    first_due_on: date,
    count: int,
    frequency: Frequency,
) -> list[tuple[str, date, int]]:
    """The due items of a plan as (kind, due_on, amount_minor); they add up to the price exactly.

    The deposit is due on the day the contract opens. The instalments are equal; what does not divide evenly
    is added to the earliest ones, one minor unit each. Raises ValueError when the terms do not make a plan.
    """
    if price_minor <= 0 or not 0 <= deposit_minor <= price_minor:
        raise ValueError("The price must be above zero and the deposit between zero and the price.")
    financed = price_minor - deposit_minor
    if financed and not 1 <= count <= financed:
        raise ValueError(
            "The number of instalments must be at least 1 and leave at least one minor unit each."
        )
    items = [("deposit", opened_on, deposit_minor)] if deposit_minor else []
    if financed:
        each, left_over = divmod(financed, count)
        items += [
            ("instalment", nth_due_date(first_due_on, frequency, n), each + (n < left_over))
            for n in range(count)
        ]
    return items


def nth_due_date(first: date, frequency: Frequency, n: int) -> date:
    """The n-th due date (0 is `first`); a month too short for the day takes its last day."""
    if frequency == "monthly":
        months = first.month - 1 + n
        year, month = first.year + months // 12, months % 12 + 1
        return date(year, month, min(first.day, monthrange(year, month)[1]))
    return first + timedelta(days=n * (7 if frequency == "weekly" else 1))


def payable(state: str, items: Iterable[Due]) -> list[Due]:
    """The items money may be allocated to in `state`, in the order of allocation: oldest due date first."""
    kinds = {"deposit_pending": {"deposit"}, "active": set(KIND_RANK), "defaulted": set(KIND_RANK)}.get(
        state, set()
    )
    open_items = (item for item in items if item.open_minor > 0 and item.kind in kinds)
    return sorted(open_items, key=lambda item: (item.due_on, KIND_RANK[item.kind], item.id))


def allocate(amount_minor: int, state: str, items: Iterable[Due]) -> list[tuple[int, int]]:
    """How `amount_minor` meets the items: (item id, minor units) in order; the rest stays unapplied.

    This is the slow, obvious form; the database's `payments_write` does the same set by set.
    """
    left = amount_minor
    parts = []
    for item in payable(state, items):
        part = min(left, item.open_minor)
        if part == 0:
            break
        parts.append((item.id, part))
        left -= part
    return parts


def days_past_due(items: Sequence[Due], on: date) -> int:
    """Whole days since the oldest unpaid due date on the business date `on`; 0 if nothing is overdue."""
    overdue = [item.due_on for item in items if item.open_minor > 0 and item.due_on < on]
    return (on - min(overdue)).days if overdue else 0


def days_past_due_with(items: Iterable[Due], credited_minor: int, on: date) -> int:
    """Days past due on `on` as if `credited_minor` in all were paid by then, whatever `paid_minor` says."""
    ordered = sorted(items, key=lambda item: (item.due_on, KIND_RANK[item.kind], item.id))
    left = credited_minor
    for item in ordered:
        if left < item.amount_minor:
            return max(0, (on - item.due_on).days)
        left -= item.amount_minor
    return 0


def due_state(amount_minor: int, paid_minor: int, due_on: date, *, on: date, is_open: bool = True) -> str:
    """How a due item stands on `on`: paid, part (paid, not late), due (today), overdue, ahead, or closed.

    `is_open` is whether its contract still takes money; what is open of any other is owed no more that way.
    """
    if paid_minor >= amount_minor:
        return "paid"
    if not is_open:
        return "closed"
    if due_on < on:
        return "overdue"
    if paid_minor:
        return "part"
    return "due" if due_on == on else "ahead"


def paid_through(items: Iterable[Due]) -> date | None:
    """The last day before the oldest unpaid due date; None if nothing is unpaid."""
    unpaid = [item.due_on for item in items if item.open_minor > 0]
    return min(unpaid) - timedelta(days=1) if unpaid else None
