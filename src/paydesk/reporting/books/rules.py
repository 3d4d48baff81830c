"""Decisions about the books in plain Python: sides, ages, what an export holds and how it is sealed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Ageing in whole days; the last band is open.
AGE_BANDS = (
    ("0–1 days", 0, 1),
    ("2–7 days", 2, 7),
    ("8–30 days", 8, 30),
    ("31–90 days", 31, 90),
    ("over 90 days", 91, None),
)
NOT_DUE = "not past due"


def band_of(days: int) -> int:
    """The place in AGE_BANDS of something `days` old; what lies ahead counts as of today."""
    return next(i for i, (_, _, last) in enumerate(AGE_BANDS) if last is None or days <= last)


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One account of one day in a journal export, minor units; `late` when the day was exported before."""

    booked_on: date
    late: bool
    code: str
    currency: str
    debit_minor: int
    credit_minor: int
    postings: int


@dataclass(frozen=True, slots=True)
class Content:
    """What a journal export holds: lines in order, counts, and a checksum over every posting."""

    lines: Sequence[SummaryLine]
    entries: int
    late_entries: int
    postings: int
    checksum: str

    @property
    def sealed(self) -> str:
        """SHA-256 over all of it: the same for the same content, whoever exports it and whenever."""
        told = [
            [line.booked_on.isoformat(), line.late, line.code, line.currency, line.debit_minor,
             line.credit_minor, line.postings]
            for line in self.lines
        ]  # fmt: skip
        text = json.dumps([told, self.entries, self.late_entries, self.postings, self.checksum])
        return hashlib.sha256(text.encode()).hexdigest()


def unbalanced(lines: Iterable[SummaryLine]) -> list[tuple[date, str, int]]:
    """Days and currencies whose debits and credits differ, with the difference: none, in sound books."""
    sums: dict[tuple[date, str], int] = {}
    for line in lines:
        key = (line.booked_on, line.currency)
        sums[key] = sums.get(key, 0) + line.debit_minor - line.credit_minor
    return [(day, currency, amount) for (day, currency), amount in sorted(sums.items()) if amount]


def copy_mark(number: int) -> str:
    """How a copy of an export is marked: the first is the original, every other a re-export."""
    return "original" if number == 1 else f"re-export {number - 1}"


def why_not_exported(through_on: date, *, today: date, earlier_through_on: date | None) -> str:
    """Why the journal cannot be exported through a day; "" when it can."""
    if through_on >= today:
        last = today - timedelta(days=1)
        return f"{through_on:%d %b %Y} is not over yet. Export through {last:%d %b %Y} at the latest."
    if earlier_through_on and through_on < earlier_through_on:
        return (
            f"The journal is exported through {earlier_through_on:%d %b %Y} already. "
            "Take its copy again, or export from there on."
        )
    return ""
