"""Business time: which moments count by a calendar, and when a number of open seconds is over.

A calendar has a time zone, any number of half-open intervals per weekday (09:00 counts, 17:00 does not),
holidays and days that are open or closed against the rule. An interval may cross midnight; it belongs to the
day on which it begins, so a holiday shuts the whole of it. Local edges become UTC before anything is counted:
a day on which the clocks change has an hour more or less. An edge that the clocks skip is the moment of the
change; one that comes twice is the first. All counting is in whole seconds; a moment counts as the second it
falls into.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Without one open second in so many days a calendar counts as shut for good.
MOST_CLOSED_DAYS = 400
# No target of a desk lies further ahead than this; a search always ends here.
MOST_DAYS_AHEAD = 20_000
_DAY = 86_400
_SPAN = re.compile(r"\d\d:\d\d(:\d\d)?-\d\d:\d\d(:\d\d)?", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()


class NoOpenTimeError(ValueError):
    """The calendar has no open time ahead: no deadline can be computed, nothing may be saved with it."""


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """Open from `opens` until just before `closes`, of the next day where that is not later."""

    opens: time
    closes: time

    @classmethod
    def read(cls, text: str) -> Hours:
        """ "08:00-17:30" or "22:00-06:00". Raises ValueError with a sentence."""
        try:
            if not _SPAN.fullmatch(text):
                raise ValueError(text)
            opens, closes = (time.fromisoformat("00:00" if t == "24:00" else t) for t in text.split("-"))
        except ValueError:
            raise ValueError(f"{text!r} is not a span of hours; write it as 08:00-17:30.") from None
        return cls(opens, closes)

    def __str__(self) -> str:
        closes = "24:00" if self.closes == time(0) else _shown(self.closes)
        return f"{_shown(self.opens)}-{closes}"

    @property
    def crosses_midnight(self) -> bool:
        return self.closes <= self.opens


ALL_DAY = (Hours(time(0), time(0)),)


@dataclass(frozen=True)
class Calendar:
    """When a desk is open. Equal values are equal calendars; what was computed for one is kept with it.

    `week` holds the hours of Monday to Sunday. A day in `open_days` has those hours instead, also on a
    holiday; else one in `closed_days` or `holidays` has none. Hours that overlap count once. `earlier`
    has the weeks that held before: each until just before its day, oldest first.
    """

    zone: str
    week: tuple[tuple[Hours, ...], ...]
    holidays: frozenset[date] = frozenset()
    closed_days: frozenset[date] = frozenset()
    open_days: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)
    earlier: tuple[tuple[date, tuple[tuple[Hours, ...], ...]], ...] = ()
    _days: dict[int, _Day] = field(default_factory=dict, init=False, repr=False, compare=False)
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("A week has seven days, Monday first.")
        object.__setattr__(self, "_zone", ZoneInfo(self.zone))

    @property
    def time_zone(self) -> ZoneInfo:
        return self._zone

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """The hours that begin on a day, as they are set."""
        if day in self.open_days:
            return self.open_days[day]
        if day in self.closed_days or day in self.holidays:
            return ()
        week = next((week for until, week in self.earlier if day < until), self.week)
        return week[day.weekday()]

    def is_open(self, at: datetime) -> bool:
        second = _second(at)
        here = self._ordinal(second)
        return any(opens <= second < closes for n in (here - 1, here) for opens, closes in self._day(n).spans)

    def local_date(self, at: datetime) -> date:
        """The day of a moment where the calendar is kept."""
        return date.fromordinal(self._ordinal(_second(at)))

    def open_seconds(self, start: datetime, end: datetime) -> int:
        """Whole open seconds from `start` until just before `end`; 0 where `end` is not later."""
        first, last = _second(start), _second(end)
        if last <= first:
            return 0
        total = 0
        for number in range(self._ordinal(first) - 1, self._ordinal(last) + 1):
            day = self._day(number)
            if day.opens >= first and day.closes <= last:
                total += day.seconds
            elif day.closes > first and day.opens < last:
                total += sum(max(0, min(closes, last) - max(opens, first)) for opens, closes in day.spans)
        return total

    def deadline(self, start: datetime, seconds: int) -> datetime:
        """The first moment, in UTC, by which `seconds` open seconds have passed since `start`.

        Begun while closed, counting begins with the next opening. Raises NoOpenTimeError where none comes.
        """
        if seconds < 0:
            raise ValueError("A deadline lies ahead: the seconds must not be negative.")
        first = _second(start)
        if seconds == 0:
            return _moment(first)
        left, closed_for = seconds, 0
        here = self._ordinal(first)
        for number in range(here - 1, here + MOST_DAYS_AHEAD):
            day = self._day(number)
            closed_for = 0 if day.seconds else closed_for + 1
            if closed_for > MOST_CLOSED_DAYS:
                break
            if day.closes <= first:
                continue
            if day.opens >= first and day.seconds < left:
                left -= day.seconds
                continue
            for opens, closes in day.spans:
                counted = closes - max(opens, first)
                if counted >= left:
                    return _moment(max(opens, first) + left)
                left -= max(counted, 0)
        raise NoOpenTimeError(
            f"The calendar has no {seconds} open seconds after {_moment(first):%Y-%m-%d %H:%M} UTC: "
            "give it opening hours."
        )

    def end_of_day(self, start: datetime, days: int, cut_off: time | None = None) -> datetime:
        """The end of business `days` open days after the day of `start`: the cut-off, else the last closing.

        What comes after the cut-off, or on a closed day, counts as come on the next open day. `days` 0 is the
        end of that same day. Raises NoOpenTimeError where there are not so many open days ahead.
        """
        if days < 0:
            raise ValueError("Business days ahead must not be negative.")
        first, seen, closed_for = _second(start), 0, 0
        here = self._ordinal(first)
        for number in range(here - 1, here + MOST_DAYS_AHEAD):
            day = self._day(number)
            closed_for = 0 if day.seconds else closed_for + 1
            if closed_for > MOST_CLOSED_DAYS:
                break
            if not day.seconds:
                continue
            end = day.closes
            if cut_off is not None:
                end = min(end, max(day.opens, self._utc(number, cut_off)))
            if end <= first:
                continue
            if seen == days:
                return _moment(end)
            seen += 1
        raise NoOpenTimeError(f"The calendar has no {days} open days ahead: give it opening hours.")

    def check_open_ahead(self, at: datetime) -> None:
        """Raise NoOpenTimeError unless some second after `at` is open: asked before a calendar is saved."""
        self.deadline(at, 1)

    def _ordinal(self, second: int) -> int:
        return _moment(second).astimezone(self._zone).toordinal()

    def _day(self, number: int) -> _Day:
        """What begins on a day, as UTC seconds, less what the evening before still covers."""
        known = self._days.get(number)
        if known is None:
            before = max((closes for _, closes in self._raw(number - 1)), default=0)
            spans: list[tuple[int, int]] = []
            for opens, closes in self._raw(number):
                opens = max(opens, before)
                if closes > opens:
                    spans.append((opens, closes))
                    before = closes
            known = self._days[number] = _Day.of(spans, (number - _EPOCH) * _DAY)
        return known

    def _raw(self, number: int) -> list[tuple[int, int]]:
        hours = sorted(self.hours_on(date.fromordinal(number)))
        return [
            (self._utc(number, each.opens), self._utc(number + each.crosses_midnight, each.closes))
            for each in hours
        ]

    def _utc(self, number: int, local: time) -> int:
        """A local time of a day in UTC seconds; never earlier for a later local time."""
        wall = datetime.combine(date.fromordinal(number), local)
        before = wall.replace(tzinfo=self._zone).utcoffset()
        after = wall.replace(tzinfo=self._zone, fold=1).utcoffset()
        assert before is not None, "a named zone has an offset at all times"
        assert after is not None, "the later one as well"
        second = _second((wall - before).replace(tzinfo=UTC))
        if before >= after:
            return second
        # The clocks skip this time: the moment they are moved is the first second with the later offset.
        low, high = _second((wall - after).replace(tzinfo=UTC)), second
        while low < high:
            middle = (low + high) // 2
            if _moment(middle).astimezone(self._zone).utcoffset() == before:
                low = middle + 1
            else:
                high = middle
        return low


@dataclass(frozen=True, slots=True)
class _Day:
    """The open spans that begin on one day, in order; a closed day has none and stands at its own noon."""

    spans: tuple[tuple[int, int], ...]
    opens: int
    closes: int
    seconds: int

    @classmethod
    def of(cls, spans: Sequence[tuple[int, int]], at: int) -> _Day:
        if not spans:
            return cls((), at, at, 0)
        return cls(tuple(spans), spans[0][0], spans[-1][1], sum(closes - opens for opens, closes in spans))


def always_open(zone: str = "UTC") -> Calendar:
    """Every second counts; days end at midnight of `zone`."""
    return Calendar(zone, (ALL_DAY,) * 7)


def weekly(
    zone: str,
    hours: Mapping[str, Sequence[str]],
    *,
    holidays: Iterable[date] = (),
    closed_days: Iterable[date] = (),
    open_days: Mapping[date, Sequence[str]] | None = None,
    earlier: Iterable[tuple[date, Mapping[str, Sequence[str]]]] = (),
) -> Calendar:
    """A calendar from words: `weekly("Africa/Accra", {"mon": ["08:00-12:00", "13:00-17:00"]})`.

    Weekdays that are not named are closed. Raises ValueError for an unknown day, zone or span, and for spans
    of a day that overlap, because who writes that means something else.
    """
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{zone!r} is not a time zone; write it as Africa/Accra.") from None
    return Calendar(
        zone,
        _week(hours),
        frozenset(holidays),
        frozenset(closed_days),
        {day: read_hours(texts) for day, texts in (open_days or {}).items()},
        tuple((until, _week(before)) for until, before in sorted(earlier, key=lambda each: each[0])),
    )


def _week(hours: Mapping[str, Sequence[str]]) -> tuple[tuple[Hours, ...], ...]:
    if unknown := set(hours) - set(WEEKDAYS):
        raise ValueError(f"{sorted(unknown)[0]!r} is not a weekday; they are {', '.join(WEEKDAYS)}.")
    return tuple(read_hours(hours.get(day, ())) for day in WEEKDAYS)


def read_hours(texts: Sequence[str]) -> tuple[Hours, ...]:
    """The spans of one day in order. Raises ValueError where they overlap or are not spans of hours."""
    spans = sorted(Hours.read(text) for text in texts)
    for earlier, later in zip(spans, spans[1:], strict=False):
        if earlier.crosses_midnight or later.opens < earlier.closes:
            raise ValueError(f"{earlier} and {later} overlap.")
    return tuple(spans)


def _second(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    past = at - _ZERO
    return past.days * _DAY + past.seconds


_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(second: int) -> datetime:
    return _ZERO + timedelta(seconds=second)


def _shown(at: time) -> str:
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")
