"""When the clocks of a time zone are moved next, in winter and summer time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS_AHEAD = 400


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The first moment at which another offset from UTC holds, and by how much the clocks are moved."""

    at: datetime
    by: timedelta

    @property
    def is_forward(self) -> bool:
        return self.by > timedelta(0)


def next_clock_change(zone: str, after: datetime) -> ClockChange | None:
    """The next change of a zone's offset within DAYS_AHEAD days of `after`; None where the clocks stay."""
    place = ZoneInfo(zone)

    def offset(at: datetime) -> timedelta:
        found = at.astimezone(place).utcoffset()
        assert found is not None, "a named zone has an offset at all times"
        return found

    low = after.astimezone(UTC).replace(microsecond=0)
    was = offset(low)
    for _ in range(DAYS_AHEAD):
        high = low + timedelta(days=1)
        if offset(high) == was:
            low = high
            continue
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) // 2
            middle = middle.replace(microsecond=0)
            low, high = (middle, high) if offset(middle) == was else (low, middle)
        return ClockChange(high, offset(high) - was)
    return None
