"""What came in and what waits, per currency: never added over currencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from paydesk.domain.payments.kept_rows import KeptRows
from paydesk.domain.payments.queries import AgeBand, DayReceipts
from paydesk.kernel.money import Money
from paydesk.web.links import rows_at

DAYS_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Band:
    """One span of age: what waits that long, and where it stands."""

    label: str
    count: int
    amount: Money
    url: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one currency, by age."""

    currency: str
    bands: Sequence[Band]
    url: str

    @property
    def count(self) -> int:
        return sum(band.count for band in self.bands)

    @property
    def amount(self) -> Money:
        return Money(sum(band.amount.amount_minor for band in self.bands), self.currency)

    @property
    def parts(self) -> list[tuple[str, int]]:
        return [(f"{band.label} {band.amount}", band.amount.amount_minor) for band in self.bands]

    @property
    def oldest(self) -> str:
        """The oldest span in which something waits."""
        return next((band.label for band in reversed(self.bands) if band.count), "")


def by_currency(ages: Sequence[AgeBand], place: str) -> list[Waiting]:
    """The bands of each currency, each leading to its rows on the list `place`."""
    found: dict[str, list[Band]] = {}
    for age in ages:
        bands = found.setdefault(age.currency, [])
        url = rows_at(place, currency=age.currency, age=len(bands))
        bands.append(Band(age.label, age.count, age.amount, url))
    return [
        Waiting(currency, bands, rows_at(place, currency=currency))
        for currency, bands in found.items()
        if any(band.count for band in bands)
    ]


def oldest_of(waiting: Sequence[Waiting]) -> str:
    """The oldest span in which anything waits, over all currencies."""
    ages = [(place, band.label) for each in waiting for place, band in enumerate(each.bands) if band.count]
    return max(ages, default=(0, ""))[1]


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of one kind that made no payment, over all currencies; `amounts` has (sum, currency) of each."""

    kind: str
    status: str
    why: str
    rows: int
    amounts: Sequence[tuple[Decimal, str]]
    url: str


def by_kind(rows: Sequence[KeptRows]) -> list[Kept]:
    """Kept rows of one kind and reason together, the currencies beside each other."""
    found: dict[tuple[str, str, str], list[KeptRows]] = {}
    for row in rows:
        found.setdefault((row.kind, row.status, row.why), []).append(row)
    return [
        Kept(
            kind, status, why, sum(row.rows for row in same), [(row.amount, row.currency) for row in same],
            rows_at("intake:kept", kind=kind, status=status),
        )
        for (kind, status, why), same in found.items()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """What came in day by day in one currency; `days` has every day, also those without a payment."""

    currency: str
    days: Sequence[DayReceipts]
    url: str

    @property
    def trend(self) -> list[int]:
        return [day.amount.amount_minor for day in self.days]

    @property
    def total(self) -> Money:
        return Money(sum(self.trend), self.currency)

    @property
    def count(self) -> int:
        return sum(day.count for day in self.days)

    @property
    def last(self) -> DayReceipts:
        """Yesterday: the last whole day."""
        return self.days[-2]


def per_currency(rows: Sequence[DayReceipts], today: date) -> list[Received]:
    """The last days up to and with today, each currency in full."""
    since = today - timedelta(days=DAYS_SHOWN - 1)
    found: dict[str, dict[date, DayReceipts]] = {}
    for row in rows:
        found.setdefault(row.currency, {})[row.on] = row
    days = [since + timedelta(days=n) for n in range(DAYS_SHOWN)]
    return [
        Received(
            currency,
            [by_day.get(day) or DayReceipts(day, currency, 0, Money(0, currency), 0) for day in days],
            rows_at("payments:list", currency=currency, **{"from": since, "to": today}),
        )
        for currency, by_day in sorted(found.items())
    ]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of so many; `per_day` in tenths of a percent, for the line of the days."""

    part: int
    whole: int
    per_day: Sequence[int]

    def __str__(self) -> str:
        if not self.whole:
            return "–"
        tenths = 1000 * self.part // self.whole
        return f"{tenths // 10}.{tenths % 10} %"


def applied_share(received: Sequence[Received]) -> Share:
    """How many payments of the days are applied in full."""
    per_day = []
    for place in range(DAYS_SHOWN):
        days = [each.days[place] for each in received]
        count = sum(day.count for day in days)
        if count:
            per_day.append(1000 * sum(day.applied_in_full for day in days) // count)
    full = sum(day.applied_in_full for each in received for day in each.days)
    return Share(full, sum(each.count for each in received), per_day)
