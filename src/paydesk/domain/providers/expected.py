"""When rows of an account are expected: on which weekdays, and between which hours of its own clock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

HOUR = timedelta(hours=1)
EVERY_DAY, BANK_DAYS = (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4)


def due_weekdays(provider_kind: str, chosen: Collection[int]) -> frozenset[int]:
    """The weekdays (Monday is 0) on which a file is due: those chosen, else Monday to Friday at a bank."""
    return frozenset(chosen or (BANK_DAYS if provider_kind == "bank" else EVERY_DAY))


@dataclass(frozen=True, slots=True)
class Expected:
    """Rows come on `weekdays` from `opens` until `closes`, the provider's cut-off; 00:00 ends at midnight.

    On the days in `closed`, the holidays of its market where they count for the account, none come.

    Where `closes` lies before `opens` the hours run over midnight, and the part after it belongs to the day
    on which it lies. Without hours (both None) the rows that came before say when rows usually come.
    """

    weekdays: frozenset[int]
    opens: time | None = None
    closes: time | None = None
    closed: frozenset[date] = frozenset()

    def is_due_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.closed

    @property
    def has_hours(self) -> bool:
        return self.opens is not None and self.closes is not None

    def part_of_hour(self, at: datetime) -> tuple[datetime, datetime] | None:
        """The part of the hour that begins at `at` (local time, on the hour) in which rows are expected."""
        if not self.is_due_on(at.date()):
            return None
        if self.opens is None or self.closes is None:
            return at, at + HOUR
        for first, last in self._minutes(self.opens, self.closes):
            start, end = max(first, at.hour * 60), min(last, at.hour * 60 + 60)
            if start < end:
                return (
                    at + timedelta(minutes=start - at.hour * 60),
                    at + timedelta(minutes=end - at.hour * 60),
                )
        return None

    @staticmethod
    def _minutes(opens: time, closes: time) -> list[tuple[int, int]]:
        first, last = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute or 24 * 60
        return [(first, last)] if first < last else [(0, last), (first, 24 * 60)]
