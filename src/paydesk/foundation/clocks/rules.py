"""When a clock is due, what pauses it, which of its steps fall when, and in what state it is.

A clock is planned from its ORIGINAL start, its target in open seconds and its pauses; planning twice gives
the same. A pause moves the due time by exactly the open seconds in it, and by nothing where the calendar is
shut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from paydesk.kernel.business_time import Calendar

# Who hears of a step, the ladder from the bottom up.
LADDER = {"owner": "the owner", "TL": "the team lead", "FC": "the finance controller", "RK": "risk"}
GRACE_SECONDS = 48 * 3600
MOST_DAYS_BACK = 60
REOPENED = "resolved"  # the pause between the end of a clock and its reopening
# What a pause waits for. The provider and our own work pause no clock of a customer: they have their own.
CUSTOMER = "customer"
PAUSES = {CUSTOMER: "waiting for the customer", REOPENED: "done, until it was opened again"}


@dataclass(frozen=True, slots=True)
class Step:
    """One escalation: at a share of the target, or so many minutes after the due time (negative: before)."""

    key: str
    to: str
    percent: int | None = None
    minutes: int | None = None

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.minutes is None):
            raise ValueError(f"Step {self.key!r} needs either a percentage of the target or minutes.")
        if self.percent is not None and not 1 <= self.percent <= 1000:
            raise ValueError(f"Step {self.key!r} stands between 1 and 1000 % of the target.")
        if self.to not in LADDER:
            raise ValueError(f"Step {self.key!r} goes to one of {', '.join(LADDER)}.")
        if not self.key or len(self.key) > 40:
            raise ValueError("A step has a key of up to 40 letters.")

    @property
    def words(self) -> str:
        if self.percent is not None:
            return f"{self.percent} % of the time is used"
        minutes = self.minutes or 0
        if not minutes:
            return "it is due"
        return f"{_span(abs(minutes) * 60)} {'after it was due' if minutes > 0 else 'before it is due'}"

    def as_json(self) -> dict[str, Any]:
        at = {"percent": self.percent} if self.percent is not None else {"minutes": self.minutes}
        return {"key": self.key, "to": self.to, **at}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy says: either so many open seconds, or the end of so many business days (at a cut-off).

    `pauses` names the reasons that pause this kind and the most open seconds each may last; none: never
    pauses.
    """

    target_seconds: int | None = None
    target_days: int | None = None
    cut_off: time | None = None
    pauses: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    grace_seconds: int = GRACE_SECONDS

    def __post_init__(self) -> None:
        if (self.target_seconds is None) == (self.target_days is None):
            raise ValueError("A policy has a target in seconds or in business days, one of both.")
        if (self.target_seconds or 0) < 0 or (self.target_days or 0) < 0 or self.grace_seconds < 0:
            raise ValueError("Targets and grace are not negative.")
        if self.target_seconds == 0:
            raise ValueError("A target of no seconds is due before anybody can act.")
        if self.cut_off is not None and self.target_days is None:
            raise ValueError("A cut-off belongs to a target in business days.")
        if any(most <= 0 for most in self.pauses.values()):
            raise ValueError("A pause may last at most some seconds, not none.")
        if len({step.key for step in self.steps}) != len(self.steps):
            raise ValueError("Each step of a policy has a key of its own.")

    @property
    def words(self) -> str:
        if self.target_seconds is not None:
            return f"within {_span(self.target_seconds)} of open time"
        days = self.target_days or 0
        end = f"{self.cut_off:%H:%M}" if self.cut_off else "closing time"
        return f"by {end} of the same day" if not days else f"by {end}, {_days(days)} later"


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count. `until` is its end, or the latest end it may have while it goes on."""

    at: datetime
    until: datetime


def target_of(terms: Terms, calendar: Calendar, start: datetime) -> int:
    """The target in open seconds for a clock that starts then: what every later planning goes by."""
    if terms.target_seconds is not None:
        return terms.target_seconds
    assert terms.target_days is not None, "terms have one target"
    return calendar.open_seconds(start, calendar.end_of_day(start, terms.target_days, terms.cut_off))


def due_of(calendar: Calendar, start: datetime, seconds: int, pauses: Iterable[Pause]) -> datetime:
    """When `seconds` open seconds outside of `pauses` have passed since `start`.

    A pause that begins once they have passed changes nothing: what is late cannot be paused back.
    """
    due, needed = calendar.deadline(start, seconds), seconds
    for pause in sorted(pauses, key=lambda each: each.at):
        if pause.at >= due:
            break
        needed += calendar.open_seconds(pause.at, pause.until)
        due = calendar.deadline(start, needed)
    return due


def elapsed(calendar: Calendar, start: datetime, pauses: Iterable[Pause], now: datetime) -> int:
    """Open seconds since `start` that count: without those in a pause."""
    paused = sum(calendar.open_seconds(each.at, min(each.until, now)) for each in pauses)
    return calendar.open_seconds(start, now) - paused


def step_times(
    calendar: Calendar,
    start: datetime,
    target: int,
    due: datetime,
    pauses: Sequence[Pause],
    steps: Iterable[Step],
) -> list[tuple[datetime, Step]]:
    """When each step of a clock falls, earliest first; shares are of the target, rounded up to a second."""
    found = []
    for step in steps:
        if step.percent is not None:
            at = due_of(calendar, start, -(-target * step.percent // 100), pauses)
        else:
            at = due + timedelta(minutes=step.minutes or 0)
        found.append((max(at, start), step))
    return sorted(found, key=lambda each: (each[0], each[1].key))


def business_days_before(calendar: Calendar, day: date, days: int) -> datetime | None:
    """The closing time of the business day that is the `days`th before `day`; None for none within weeks."""
    for back in range(1, MOST_DAYS_BACK):
        earlier = day - timedelta(days=back)
        if calendar.hours_on(earlier):
            days -= 1
            if days <= 0:
                return calendar.end_of_day(datetime.combine(earlier, time(0), calendar.time_zone), 0)
    return None


def longest_pause(calendar: Calendar, at: datetime, most_seconds: int) -> datetime:
    """When a pause that begins at `at` ends by itself."""
    return calendar.deadline(at, most_seconds)


def state_of(
    *,
    ended_as: str,
    ended_at: datetime | None,
    due_at: datetime,
    breached_at: datetime | None,
    paused_until: datetime | None,
    now: datetime,
) -> str:
    """The state of a clock at `now`, from its facts alone: nobody has to have looked at it in time."""
    if ended_as in ("waived", "merged"):
        return ended_as
    if breached_at is not None or (ended_at or now) > due_at:
        return "breached"
    if ended_as:
        return "met"
    return "paused" if paused_until is not None and now < paused_until else "running"


def may_reopen(ended_at: datetime, grace_seconds: int, now: datetime) -> bool:
    """Whether what ended may go on as if it had not: within the grace, the last second included."""
    return now <= ended_at + timedelta(seconds=grace_seconds)


def compliance_bps(met: int, breached: int) -> int | None:
    """Met of met and breached in basis points, rounded down; None where there is nothing to judge."""
    return met * 10_000 // (met + breached) if met + breached else None


def percent_used(target: int, used: int) -> int:
    """How much of the target is used, 0 to 100."""
    return max(0, min(100, used * 100 // target)) if target else 100


def fields_of(terms: Terms) -> dict[str, Any]:
    """The columns of a policy version that hold its terms."""
    return {
        "target_seconds": terms.target_seconds,
        "target_days": terms.target_days,
        "cut_off": terms.cut_off,
        "pauses": dict(terms.pauses),
        "steps": [step.as_json() for step in terms.steps],
        "grace_seconds": terms.grace_seconds,
    }


def weeks_before(
    earlier: Sequence[Mapping[str, Any]], hours: Mapping[str, Any], from_on: date
) -> list[dict[str, Any]]:
    """Weeks that held before a day on which new hours begin, [{"until": day, "hours": week}], oldest first.

    `earlier` and `hours` are those of the version so far; what it planned to begin later than `from_on`
    falls away.
    """
    day = from_on.isoformat()
    kept = [dict(each) for each in earlier if each["until"] < day]
    last = next((each["hours"] for each in earlier if each["until"] >= day), hours)
    return [*kept, {"until": day, "hours": last}]


def pause_words(reason: str) -> str:
    """What a pause is for, in words."""
    return PAUSES.get(reason, reason.replace("_", " "))


def hours_words(seconds: int) -> str:
    """A length of time as people count it: "3 h 20 min", "45 min"; seconds only below a minute."""
    if 0 < seconds < 60:
        return f"{seconds} s"
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    told = [f"{hours:,} h"] if hours else []
    if minutes or not hours:
        told.append(f"{minutes} min")
    return " ".join(told)


def _span(seconds: int) -> str:
    for size, word in ((86_400, "day"), (3600, "h"), (60, "min")):
        if seconds % size == 0 and seconds >= size:
            return _days(seconds // size) if word == "day" else f"{seconds // size} {word}"
    return f"{seconds} s"


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"
