"""The arithmetic of one clock in words: what ran, what was paused, how the due time came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK, never_pauses
from paydesk.foundation.clocks.models import Clock, ClockPause
from paydesk.foundation.clocks.queries import ClockStanding, calendar_of, standing, state_at, terms_of
from paydesk.kernel.business_time import Calendar


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a clock: it ran, or it was paused. `until` is None while it goes on."""

    at: datetime
    until: datetime | None
    is_pause: bool
    words: str
    open_seconds: int
    note: str = ""
    by: str = ""

    @property
    def length(self) -> str:
        return rules.hours_words(self.open_seconds)


def pause_rows(clock_ids: Sequence[int]) -> dict[int, list[ClockPause]]:
    """The pauses of clocks as they were kept, in order; one query."""
    return _by_clock(ClockPause.objects.filter(clock_id__in=list(clock_ids)))


def pause_rows_of(subject_kind: str, subject_id: int) -> dict[int, list[ClockPause]]:
    """The pauses of every clock of a thing, by clock; one query."""
    if not has_any((subject_kind, subject_id), ClockPause):
        return {}
    return _by_clock(
        ClockPause.objects.filter(clock__subject_kind=subject_kind, clock__subject_id=subject_id)
    )


def _by_clock(rows: QuerySet[ClockPause]) -> dict[int, list[ClockPause]]:
    found: dict[int, list[ClockPause]] = {}
    for row in rows.order_by("at", "id"):
        found.setdefault(row.clock_id, []).append(row)
    return found


def spans_of(clock: Clock, pauses: Sequence[ClockPause], now: datetime) -> list[Span]:
    """What ran and what was paused, from the start to the end or to `now`, with working time in each."""
    calendar = calendar_of(clock.calendar)
    end = clock.ended_at or now
    spans, at = [], clock.start_at
    for pause in pauses:
        if pause.at > at:
            spans.append(_ran(calendar, at, pause.at))
        stop = pause.until or min(pause.ends_by, end)
        goes_on = pause.until is None and now < pause.ends_by and not clock.ended_at
        spans.append(
            Span(
                pause.at,
                None if goes_on else stop,
                True,
                rules.pause_words(pause.reason),
                calendar.open_seconds(pause.at, stop),
                pause.note,
                pause.paused_by,
            )
        )
        at = stop
        if goes_on:
            return spans
    if end > at or not spans:
        last = _ran(calendar, at, end)
        spans.append(last if clock.ended_at else Span(at, None, False, last.words, last.open_seconds))
    return spans


def _ran(calendar: Calendar, at: datetime, until: datetime) -> Span:
    return Span(at, until, False, "ran", calendar.open_seconds(at, until))


def arithmetic(
    clock: Clock, pauses: Sequence[ClockPause], now: datetime, stands: ClockStanding | None = None
) -> str:
    """The sums in one sentence: "8 h working time; 4 h used; paused 3 h 20 min waiting for …; 4 h left.".

    `stands` is how the clock stands at `now`, where that is known already.
    """
    spans = spans_of(clock, pauses, now)
    time = "round the clock" if clock.calendar.name == ROUND_THE_CLOCK else "working time"
    told = [f"{rules.hours_words(clock.target_seconds)} {time}"]
    if clock.policy.target_days is not None:
        told[0] += f" ({terms_of(clock.policy).words})"
    if clock.due_by_hand:
        told = [f"due at a time set by hand, {rules.hours_words(clock.target_seconds)} {time} from the start"]
    told.append(f"{rules.hours_words(sum(s.open_seconds for s in spans if not s.is_pause))} used")
    paused: dict[str, int] = {}
    for span in spans:
        if span.is_pause:
            paused[span.words] = paused.get(span.words, 0) + span.open_seconds
    told += [f"paused {rules.hours_words(seconds)} {words}" for words, seconds in paused.items()]
    stands = stands or standing(clock, now)
    state = state_at(clock, now)
    if state == "breached":
        late = rules.hours_words(max(-stands.left_seconds, 0))
        told.append(f"late by {late} {time}, {rules.hours_words(stands.late_calendar_seconds)} in all")
    elif not clock.ended_as:
        told.append(f"{rules.hours_words(max(stands.left_seconds, 0))} left")
        if never_pauses(clock.kind):
            told.append("it never pauses")
    else:
        told.append({"met": "kept", "waived": "taken out of the count"}.get(state, state))
    return "; ".join(told) + "."
