"""Date and time text to dates and UTC instants, in the order, the zone and the habits of one source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import repeat
from operator import add
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DateOrder = Literal["dmy", "mdy", "ymd"]
ORDER_WORDS: dict[DateOrder, str] = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_DATE = re.compile(r"(\d{1,4})([-/. ])(\d{1,2}|[A-Za-z]{3,9})\.?[-/., ]\s?(\d{1,4})(?=$|[T ,])", re.ASCII)
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})(?=$|[T ,])", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?", re.ASCII)
_TIME = re.compile(
    r"[T ,]*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp])?(?:\.?[Mm]\.?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.ASCII,
)
LONGEST_MOMENT = 50
FURTHEST_ZONE = timedelta(hours=14)
WINDOW = (1980, 2100)  # a year outside is a wrong column or a wrong order, never a payment


def zone_of(name: str) -> ZoneInfo:
    """The zone named `name` (IANA). Raises ValueError if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ValueError(f"There is no time zone {name!r}; use a name such as Africa/Nairobi.") from problem


class Moments:
    """Reads the dates of one source: `order` for the day, month and year, `zone` for its clock.

    A text that starts with a four-digit year is read year first whatever the order. A text with its own
    offset or Z keeps it. Years have four digits or mean 2000-2079 / 1980-1999.
    """

    def __init__(self, order: DateOrder, zone: str, room: int = 5_000) -> None:
        self.order: DateOrder = order
        self.zone = zone_of(zone)
        self.room = room
        self._dates: dict[str, date] = {}  # "12-03-2024" and whatever else has no time
        self._hours: dict[str, datetime] = {}  # "12-03-2024 09": when it began
        self._days: dict[str, date] = {}  # the same: its day

    def read(self, text: str) -> tuple[datetime | None, date]:
        """The UTC instant (None when the text has no time) and the date as it stands in the text.

        Raises ValueError with a sentence that quotes the text.
        """
        if (day := self._dates.get(text)) is not None:
            return None, day
        # With a fraction or an offset, as APIs write it: "2024-03-12T09:30:00.000Z".
        if len(text) > 19 and text[4:17:3] == "--T::" and text.isascii():
            with suppress(ValueError):
                return self._read_iso(datetime.fromisoformat(text))
        # The common shape, "2024-03-12 09:30:00" in any order: the hour and the rest are looked up.
        if len(text) == 19:
            hour, rest = self._hours.get(text[:13]), _rests().get(text[14:])
            if hour is not None and rest is not None and text[13] == ":":
                return hour + rest, self._days[text[:13]]
        return self._read_slowly(text)

    def read_column(self, texts: Sequence[str]) -> tuple[Sequence[datetime | None], Sequence[date]]:
        """What `read` makes of each text of a column; raises ValueError as it does."""
        hours, _, rests = zip(*map(str.partition, texts, repeat(":")), strict=True)
        try:
            starts = map(self._hours.__getitem__, hours)
            instants = list(map(add, starts, map(_rests().__getitem__, rests)))
            return instants, list(map(self._days.__getitem__, hours))
        except KeyError:
            found = map(self.read, texts)
            return tuple(zip(*found, strict=True))  # type: ignore[return-value]

    def _read_iso(self, found: datetime) -> tuple[datetime, date]:
        """As `read`, of an instant or local time; raises ValueError for a year that cannot be."""
        if not WINDOW[0] <= found.year <= WINDOW[1]:
            raise ValueError(f"{found.year} is not a year of our time.")
        instant = found if found.tzinfo is not None else found.replace(tzinfo=self.zone)
        return instant.astimezone(UTC), found.date()

    def _read_slowly(self, text: str) -> tuple[datetime | None, date]:
        plain = text.strip()
        if not plain or len(plain) > LONGEST_MOMENT:
            raise ValueError(f"{plain[:30]!r} is not a date.")
        day, rest = self._day(plain)
        if not rest.strip():
            if len(self._dates) >= self.room:
                self._dates.clear()
            self._dates[text] = day
            return None, day
        found = _TIME.fullmatch(rest)
        if found is None:
            raise ValueError(f"{plain!r} is not a date with a time: {rest.strip()!r} is no time.")
        hour, minute, second, fraction, half, offset = found.groups()
        try:
            local = datetime(  # noqa: DTZ001  # the zone follows, from the text or the source
                day.year, day.month, day.day, _hour_of(int(hour), half, plain), int(minute), int(second or 0),
                int(fraction[:6].ljust(6, "0")) if fraction else 0,
            )  # fmt: skip
        except ValueError as problem:
            raise ValueError(f"{plain!r} is not a time of day.") from problem
        if offset:
            return (local - _offset_of(offset)).replace(tzinfo=UTC), day
        instant = local.replace(tzinfo=self.zone).astimezone(UTC)
        if len(text) == 19 and len(rest) == 9 and rest[0] in " T" and rest[3] == rest[6] == ":" and not half:
            self._remember(text, day, local)
        return instant, day

    def _remember(self, text: str, day: date, local: datetime) -> None:
        start = local.replace(minute=0, second=0, microsecond=0, tzinfo=self.zone)
        end = start + timedelta(hours=1)
        if len(self._hours) >= self.room:
            self._hours.clear()
            self._days.clear()
        # In an hour in which the clock changes every row is worked out by itself.
        if start.utcoffset() == end.utcoffset() == local.replace(tzinfo=self.zone).utcoffset():
            self._hours[text[:13]] = start.astimezone(UTC)
            self._days[text[:13]] = day

    def _day(self, text: str) -> tuple[date, str]:
        """The date at the start of `text`, and what follows it."""
        if found := _DATE.match(text):
            first, _, second, third = found.groups()
            parts = self._in_order(first, second, third, text)
        elif found := _MONTH_FIRST.match(text):
            parts = (found[3], found[1], found[2])
        elif found := _COMPACT.fullmatch(text):
            parts = (found[1], found[2], found[3])
            rest = f" {found[4]}:{found[5]}:{found[6] or '00'}" if found[4] else ""
            return _date_of(parts, text, self.order), rest
        else:
            raise ValueError(f"{text!r} is not a date.")
        return _date_of(parts, text, self.order), text[found.end() :]

    def _in_order(self, first: str, second: str, third: str, text: str) -> tuple[str, str, str]:
        if len(first) == 4:
            return first, second, third
        if len(first) == 3 or len(third) == 3:
            raise ValueError(f"{text!r} is not a date.")
        if not second.isdigit() or (self.order == "dmy" and len(third) != 1):
            return third, second, first
        if self.order == "mdy":
            return third, first, second
        if len(third) == 4:
            raise ValueError(f"{text!r} is not a date with the year first.")
        return first, second, third


@cache
def _rests() -> dict[str, timedelta]:
    """What follows the hour: "30:00" and the 3,599 others."""
    return {
        f"{minutes:02d}:{seconds:02d}": timedelta(minutes=minutes, seconds=seconds)
        for minutes in range(60)
        for seconds in range(60)
    }


def _date_of(parts: tuple[str, str, str], text: str, order: DateOrder) -> date:
    year_text, month_text, day_text = parts
    month = int(month_text) if month_text.isdigit() else _MONTHS.get(month_text[:3].lower(), 0)
    year = int(year_text)
    if len(year_text) <= 2:
        year += 2000 if year < 80 else 1900
    if not WINDOW[0] <= year <= WINDOW[1]:
        raise ValueError(f"{text!r} is not a date of our time ({year}).")
    try:
        return date(year, month, int(day_text))
    except ValueError as problem:
        raise ValueError(f"{text!r} is not a date ({ORDER_WORDS[order]}).") from problem


def _hour_of(hour: int, half: str | None, text: str) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"{text!r} has an hour above 12 and AM or PM.")
    return hour % 12 + (12 if half in "Pp" else 0)


def _offset_of(text: str) -> timedelta:
    if text in ("Z", "UTC", "GMT"):
        return timedelta()
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if size > FURTHEST_ZONE:
        raise ValueError(f"{text!r} is no offset from UTC.")
    return -size if text[0] == "-" else size
