"""How one QIF file writes its dates and amounts, decided from all of them: QIF itself does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from paydesk.importers.amounts import DecimalSign
from paydesk.importers.moments import ORDER_WORDS, WINDOW, DateOrder

# Where several orders fit and none keeps the dates closer together. Quicken writes 3/12'04 month first.
ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")
REMEMBERED = 50_000
_DATE = re.compile(r"(\d{1,4})\s*[-/.]\s*(\d{1,2})\s*([-/.'])\s*(\d{1,4})", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_COMMA = re.compile(r"\d,\d{1,2}\D*$|\.\d{3},")
_POINT = re.compile(r"\d\.\d{1,2}\D*$|,\d{3}\.")
_UNCLEAR = re.compile(r"\D*\d{1,3}[.,]\d{3}\D*")


def date_of(text: str, order: DateOrder) -> date:
    """`text` as a date in `order`. Raises ValueError with a sentence."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        compact = _COMPACT.fullmatch(text.strip())
        if compact is None:
            raise ValueError(f"{text[:30]!r} is not a date.")
        first, second, third, sign = compact[1], compact[2], compact[3], ""
    else:
        first, second, sign, third = found.groups()
    if len(first) == 4 or order == "ymd":
        year, month, day = first, second, third
    elif order == "mdy":
        month, day, year = first, second, third
    else:
        day, month, year = first, second, third
    if len(year) == 3 or len(day) > 2:
        raise ValueError(f"{text[:30]!r} is not a date ({ORDER_WORDS[order]}).")
    number = int(year)
    if len(year) < 4:
        number += 2000 if number < 80 or sign == "'" else 1900
    try:
        on = date(number, int(month), int(day))
    except ValueError as problem:
        raise ValueError(f"{text[:30]!r} is not a date ({ORDER_WORDS[order]}).") from problem
    if not WINDOW[0] <= on.year <= WINDOW[1]:
        raise ValueError(f"{text[:30]!r} is not a date of our time ({on.year}).")
    return on


@dataclass(slots=True)
class _Order:
    """How one order fares: how many dates it explains, the first and the last of them."""

    fits: int = 0
    first: date = date.max
    last: date = date.min

    @property
    def days(self) -> int:
        return (self.last - self.first).days


@dataclass(slots=True)
class Habits:
    """Fed with every date and amount of a file, then asked."""

    orders: dict[DateOrder, _Order] = field(default_factory=lambda: {each: _Order() for each in ORDERS})
    dates: int = 0
    example: str = ""
    quicken: bool = False
    commas: int = 0
    points: int = 0
    unclear: int = 0
    seen: set[str] = field(default_factory=set)

    def see_date(self, text: str) -> None:
        if text in self.seen:
            return
        if len(self.seen) < REMEMBERED:
            self.seen.add(text)
        self.dates += 1
        self.quicken = self.quicken or "'" in text
        fitting = 0
        for order, found in self.orders.items():
            try:
                on = date_of(text, order)
            except ValueError:
                continue
            fitting += 1
            found.fits += 1
            found.first, found.last = min(found.first, on), max(found.last, on)
        if fitting > 1 and not self.example:
            self.example = text

    def see_amount(self, text: str) -> None:
        if _COMMA.search(text):
            self.commas += 1
        elif _POINT.search(text):
            self.points += 1
        elif _UNCLEAR.fullmatch(text):
            self.unclear += 1

    @property
    def date_order(self) -> DateOrder:
        """The order that explains most dates; of several the one that keeps them closest together."""
        return self._fitting()[0]

    def _fitting(self) -> list[DateOrder]:
        most = max(found.fits for found in self.orders.values())
        fitting = [order for order, found in self.orders.items() if found.fits == most]
        if self.quicken and "mdy" in fitting:
            return ["mdy"]
        return sorted(fitting, key=lambda order: self.orders[order].days if most else 0)

    @property
    def decimal(self) -> DecimalSign:
        return "," if self.commas > self.points else "."

    def warnings(self) -> Iterator[str]:
        """What was assumed, for a person to check."""
        fitting = self._fitting()
        same = all(
            (self.orders[each].first, self.orders[each].last)
            == (self.orders[fitting[0]].first, self.orders[fitting[0]].last)
            for each in fitting
        )
        if len(fitting) > 1 and not same and self.example:
            readings = " and ".join(ORDER_WORDS[each] for each in fitting)
            tied = self.orders[fitting[0]].days == self.orders[fitting[1]].days
            why = "the usual order here" if tied else "they lie closest together so"
            yield (
                f"All dates fit {readings} ({self.example} may be "
                f"{' or '.join(str(date_of(self.example, each)) for each in fitting)}); they were read "
                f"{ORDER_WORDS[fitting[0]]}, {why}. Check one against the bank."
            )
        if self.commas and self.points:
            sign = "comma" if self.decimal == "," else "point"
            yield (
                f"{self.commas:,} amounts end in a comma and digits, {self.points:,} in a point; the decimal "
                f"{sign} was taken."
            )
        elif self.unclear and not self.commas and not self.points:
            yield (
                "Every amount with a separator has exactly three digits after it; they were read with a "
                "decimal point, a comma as thousands. Check one against the bank."
            )
