"""What people do to one clock: let it pause and go on, give it another due time, take it out of the count."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.kinds import kind_named, never_pauses
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.queries import state_at
from paydesk.foundation.clocks.steps import (
    ClockRefused,
    check_reason,
    give_due,
    locked_clock,
    pause_clocks,
    resume,
    stop_clocks,
)
from paydesk.kernel.actor import Actor

DUE, PAUSE = "clocks.set_due", "clocks.pause"


@transaction.atomic(durable=True)
def pause_clock(clock_id: int, *, reason: str, note: str, by: Actor, now: datetime) -> Clock:
    """Let a clock wait for `reason`, one that its policy knows; it goes on by itself after the most allowed.

    `note` says what is waited for, without names. Raises ClockRefused for a clock that does not run in time,
    is due at a time set by hand, whose policy knows no such pause, or that its thing pauses by waiting.
    """
    clock = locked_clock(clock_id)
    by.needs(PAUSE, market=clock.market)
    by.needs(kind_named(clock.kind).right)
    check_reason(note)
    _check_by_hand(clock)
    state = state_at(clock, now)
    if state != "running":
        raise ClockRefused(f"This clock is {state}; only one that runs in time can pause.")
    if clock.due_by_hand:
        raise ClockRefused(
            "Its due time was set by hand, so no pause moves it. Set another due time instead."
        )
    if never_pauses(clock.kind):
        raise ClockRefused("A clock of this kind never pauses.")
    if reason not in clock.policy.pauses:
        known = ", ".join(rules.pause_words(each) for each in clock.policy.pauses)
        raise ClockRefused(
            f"By its policy this clock pauses only while {known}." if known
            else "By its policy this clock never pauses."
        )  # fmt: skip
    where = (clock.subject_kind, [clock.subject_id])
    paused = pause_clocks(*where, reason=reason, note=note.strip(), kind=clock.kind, by=by, at=now)
    assert paused == 1, "it runs, and its policy knows the reason"
    clock.refresh_from_db()
    audit.record(
        "clock.paused",
        subject=("clock", clock.pk),
        by=by,
        at=now,
        changes={
            "reason": reason,
            "until_at_most": clock.paused_until.isoformat() if clock.paused_until else None,
            clock.subject_kind + "_id": clock.subject_id,
        },
        market=clock.market,
        note=note.strip(),
    )
    return clock


@transaction.atomic(durable=True)
def resume_clock(clock_id: int, *, by: Actor, now: datetime) -> Clock:
    """Let a paused clock go on. One that goes on already is left as it is."""
    clock = locked_clock(clock_id)
    by.needs(PAUSE, market=clock.market)
    by.needs(kind_named(clock.kind).right)
    if clock.paused_at is None:
        return clock
    _check_by_hand(clock)
    reason = clock.pause_reason
    resume([clock.pk], now)
    clock.refresh_from_db()
    audit.record(
        "clock.resumed",
        subject=("clock", clock.pk),
        by=by,
        at=now,
        changes={
            "reason": reason,
            "due_at": clock.due_at.isoformat(),
            clock.subject_kind + "_id": clock.subject_id,
        },
        market=clock.market,
    )
    return clock


@transaction.atomic(durable=True)
def set_due(clock_id: int, due_at: datetime, *, reason: str, by: Actor, now: datetime) -> Clock:
    """Give an open clock another due time by hand; from then on neither a pause nor a policy moves it.

    Raises ClockRefused without a reason, for a time that is past, for a clock that ended or is late, and
    for a kind whose due time needs two people: `due_times.actions` asks for those.
    """
    clock = locked_clock(clock_id)
    by.needs(DUE, market=clock.market)
    check_reason(reason)
    _check_alone(clock)
    was = give_due(clock, due_at, now)
    audit.record(
        "clock.due_set",
        subject=("clock", clock.pk),
        by=by,
        at=now,
        changes={
            "due_at": [was.isoformat(), clock.due_at.isoformat()],
            clock.subject_kind + "_id": clock.subject_id,
        },
        market=clock.market,
        note=reason.strip(),
    )
    return clock


@transaction.atomic(durable=True)
def waive_clock(clock_id: int, *, reason: str, by: Actor, now: datetime) -> Clock:
    """Take an open clock out of the count, with a reason. Waiving twice is the same as once.

    Raises ClockRefused for one that ended, and for a kind that needs two people.
    """
    clock = locked_clock(clock_id)
    by.needs(DUE, market=clock.market)
    if clock.ended_as == "waived":
        return clock
    check_reason(reason)
    was = state_at(clock, now)
    if clock.ended_as:
        raise ClockRefused(f"This clock ended already: it is {was}.")
    _check_alone(clock)
    stop_clocks(clock.kind, clock.subject_kind, [clock.subject_id], why=reason.strip(), at=now)
    audit.record(
        "clock.waived",
        subject=("clock", clock.pk),
        by=by,
        at=now,
        changes={"state": [was, "waived"], clock.subject_kind + "_id": clock.subject_id},
        market=clock.market,
        note=reason.strip(),
    )
    clock.refresh_from_db()
    return clock


def _check_by_hand(clock: Clock) -> None:
    if instead := kind_named(clock.kind).paused_by:
        raise ClockRefused(instead, code="clock.paused_by_its_thing")


def _check_alone(clock: Clock) -> None:
    if kind_named(clock.kind).due_by_two:
        raise ClockRefused(
            "The due time of this kind comes from outside; changing it needs a second person.",
            code="clock.needs_second_person",
        )
