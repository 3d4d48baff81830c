"""Decisions about provider cash in plain Python: where balances drift, which hours nobody handed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from paydesk.domain.providers.expected import Expected

HOUR = timedelta(hours=1)
USUAL_SHARE = 2  # an hour is usual when rows came in it on one of so many days of the history
BUSY_ROWS = 5  # rows in a usual hour from which silence inside a file is worth a question


@dataclass(frozen=True, slots=True)
class Gap:
    """A time nobody handed over, in which rows usually come. Aware instants."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of an account: each (start, state), and the gaps.

    States: in (handed over), quiet (inside a file, without a row although rows usually come), missing,
    ahead (not due yet), none (rows do not usually come).
    """

    cells: Sequence[tuple[datetime, str]]
    gaps: Sequence[Gap]


def merged(periods: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Periods laid over each other: what several cover counts once, and hides nothing between them."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(periods):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def hours_in(
    first: datetime,
    last: datetime,
    *,
    rows: Mapping[datetime, int],
    usual: Mapping[int, int],
    periods: Iterable[tuple[datetime, datetime]],
    due_until: datetime,
    expected: Expected | None = None,
) -> Hours:
    """Judge each hour from `first` up to `last` (local time, on the hour).

    `rows` counts rows by hour, whoever brought them; `usual` the rows an hour of the day usually has, without
    those in which none come; `periods` are the times files cover from their first to their last row. What
    ends after `due_until` need not be there yet. Outside of what is `expected` nothing is missing; where its
    hours are set they decide, else what is usual does.
    """
    covers = merged(periods)
    parts: dict[datetime, tuple[datetime, datetime]] = {}
    cells: list[tuple[datetime, str]] = []
    at = first
    while at < last:
        is_inside = any(start <= at and at + HOUR <= end for start, end in covers)
        if rows.get(at):
            state = "in"
        elif is_inside:
            state = "quiet" if usual.get(at.hour, 0) >= BUSY_ROWS else "in"
        elif (part := _expected_part(at, usual, expected)) is None:
            state = "none"
        else:
            parts[at] = part
            state = "missing" if part[1] <= due_until else "ahead"
        cells.append((at, state))
        at += HOUR
    return Hours(cells, _gaps(cells, covers, parts))


def _expected_part(
    at: datetime, usual: Mapping[int, int], expected: Expected | None
) -> tuple[datetime, datetime] | None:
    if expected is None or not expected.has_hours:
        is_closed = expected is not None and not expected.is_due_on(at.date())
        return (at, at + HOUR) if at.hour in usual and not is_closed else None
    return expected.part_of_hour(at)


def _gaps(
    cells: Sequence[tuple[datetime, str]],
    covers: Sequence[tuple[datetime, datetime]],
    parts: Mapping[datetime, tuple[datetime, datetime]],
) -> list[Gap]:
    """Runs of missing hours of one day, over hours of which nothing is known or expected; an edge lies
    where the files beside it end, if that is near."""
    found: list[Gap] = []
    goes_on = False
    for at, state in cells:
        if state == "missing" and goes_on and found[-1].start.date() == at.date():
            found[-1] = Gap(found[-1].start, parts[at][1])
        elif state == "missing":
            found.append(Gap(*parts[at]))
        goes_on = bool(found) and (state == "missing" or (goes_on and state == "none"))
    return [
        Gap(
            max((end for _, end in covers if gap.start - HOUR < end <= gap.start), default=gap.start),
            min((start for start, _ in covers if gap.end <= start < gap.end + HOUR), default=gap.end),
        )
        for gap in found
    ]


def silent_hours(
    cells: Iterable[tuple[datetime, str]], rows: Mapping[datetime, int], usual: Mapping[int, int]
) -> list[Gap]:
    """Hours in which a channel brought nothing although it usually is busy, while others were handed over.

    `cells` are the hours of the account as judged; `rows` and `usual` are those of the channel alone.
    """
    found: list[Gap] = []
    for at, state in cells:
        if state not in ("in", "quiet") or rows.get(at) or usual.get(at.hour, 0) < BUSY_ROWS:
            continue
        if found and found[-1].end == at and found[-1].start.date() == at.date():
            found[-1] = Gap(found[-1].start, at + HOUR)
        else:
            found.append(Gap(at, at + HOUR))
    return found


def usual_hours(counts: Mapping[datetime, int]) -> dict[int, int]:
    """The hours of the day in which rows usually come, with how many, from a history by hour (local time).

    An hour is usual when it has rows on at least half of the days that have any.
    """
    days = {at.date() for at, rows in counts.items() if rows > 0}
    by_hour: dict[int, list[int]] = {}
    for at, rows in counts.items():
        if rows > 0:
            by_hour.setdefault(at.hour, []).append(rows)
    return {
        hour: sum(rows) // len(rows)
        for hour, rows in by_hour.items()
        if len(rows) * USUAL_SHARE >= len(days) and len(days) >= 2
    }


def due_days(have: Iterable[date], last: date, expected: Expected) -> list[date]:
    """Days without a file after the first that has one, up to `last`; closed days are not due."""
    known = set(have)
    if not known:
        return []
    first = min(known)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day not in known and expected.is_due_on(day)]
