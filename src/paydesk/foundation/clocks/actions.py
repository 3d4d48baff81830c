"""Verbs on clocks: calendars and policies in new versions, due times by hand, waiving, escalations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.defaults import (
    YEARS_AHEAD,
    is_calendar,
    public_holidays,
    source_of_holidays,
    zone_and_country,
)
from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK, kind_named
from paydesk.foundation.clocks.models import CalendarVersion, Clock, Escalation, PolicyVersion
from paydesk.foundation.clocks.queries import (
    OPEN,
    calendar_of,
    calendars,
    current_policy,
    pauses_of,
    state_at,
    terms_of,
)
from paydesk.foundation.clocks.rules import Terms
from paydesk.foundation.clocks.steps import (
    ClockRefused,
    calendar_named,
    end_pauses,
    fields_of,
    lock_versions,
    policy_and_calendar,
    replan,
    resume,
    stop_clocks,
)
from paydesk.kernel.actor import Actor
from paydesk.kernel.business_time import NoOpenTimeError

SETTINGS, DUE, ACKNOWLEDGE = "settings.manage", "clocks.set_due", "clocks.acknowledge"
STEPS_AT_ONCE = 500
Announce = Callable[[Sequence[Mapping[str, Any]]], object]


@transaction.atomic(durable=True)
def set_calendar(
    name: str,
    *,
    hours: Mapping[str, Sequence[str]] | None = None,
    zone: str | None = None,
    holidays: Mapping[str, str] | None = None,
    closed_days: Mapping[str, str] | None = None,
    open_days: Mapping[str, Sequence[str]] | None = None,
    source: str | None = None,
    by: Actor,
    now: datetime,
) -> CalendarVersion:
    """A new version of a calendar; what is not given stays. Open clocks that are not late are planned again.

    Weekdays that `hours` does not name are closed. Days are ISO dates. What ended, and what is late, keeps
    its version. Raises ClockRefused for hours or days that make no sense, or that leave no open time ahead.
    """
    by.needs(SETTINGS)
    if not is_calendar(name):
        raise ClockRefused(
            f"There is no calendar called {name}: calendars are those of the markets, and 24x7."
        )
    lock_versions(shared=False)
    was = calendar_named(name, now)
    given = {
        "hours": None if hours is None else {day: list(spans) for day, spans in hours.items()},
        "zone": zone,
        "holidays": holidays,
        "closed_days": closed_days,
        "open_days": None if open_days is None else {day: list(spans) for day, spans in open_days.items()},
        "source": source,
    }
    fields = {key: getattr(was, key) if value is None else value for key, value in given.items()}
    changed = sorted(key for key, value in fields.items() if value != getattr(was, key))
    if not changed:
        return was
    new = CalendarVersion(name=name, version=was.version + 1, made_by=by.label, made_at=now, **fields)
    try:
        calendar_of(new).check_open_ahead(now)
    except NoOpenTimeError:
        raise ClockRefused(
            f"The calendar {name} would have no open time ahead, so nothing would ever be due. "
            "Give it hours on some weekday.",
            code="clock.never_open",
        ) from None
    except ValueError as problem:
        raise ClockRefused(f"The calendar {name} was not changed: {problem}") from problem
    new.save()
    planned = _replan_open(Clock.objects.filter(calendar__name=name), now, calendar=new)
    audit.record(
        "calendar.changed",
        subject=("calendar", name),
        by=by,
        at=now,
        changes={"version": [was.version, new.version], "changed": changed, "clocks": planned},
        market=name if len(name) == 2 else None,
    )
    return new


@transaction.atomic(durable=True)
def set_policy(
    kind: str,
    terms: Terms,
    *,
    market: str = "",
    calendar: str | None = None,
    source: str = "",
    by: Actor,
    now: datetime,
) -> PolicyVersion:
    """A new version of what a kind of clock promises, in one market or ("") in all without their own.

    Open clocks that are not late are planned again from their original start, less their pauses; a breach
    stays with the policy it broke. `calendar` is "" for that of the clock's market, or the name of one;
    None keeps it. Raises ClockRefused for an unknown kind or calendar.
    """
    by.needs(SETTINGS)
    try:
        kind_named(kind)
    except KeyError:
        raise ClockRefused(f"There is no kind of clock called {kind}.") from None
    lock_versions(shared=False)
    inherited, _ = policy_and_calendar(kind, market or ROUND_THE_CLOCK, now)
    own = PolicyVersion.objects.filter(kind=kind, market=market).order_by("-version").first()
    named = inherited.calendar if calendar is None else calendar
    if named and not is_calendar(named):
        raise ClockRefused(f"There is no calendar called {named}.")
    new = PolicyVersion.objects.create(
        kind=kind,
        market=market,
        version=1 if own is None else own.version + 1,
        calendar=named,
        source=source,
        made_by=by.label,
        made_at=now,
        **fields_of(terms),
    )
    planned = 0
    clocks = Clock.objects.filter(kind=kind)
    for code in clocks.filter(OPEN).order_by("market").values_list("market", flat=True).distinct():
        if current_policy(kind, code) == new:
            row = calendar_named(named or code, now)
            planned += _replan_open(clocks.filter(market=code), now, calendar=row, policy=new)
    audit.record(
        "policy.changed",
        subject=("clock_policy", f"{kind} {market}".strip()),
        by=by,
        at=now,
        changes={
            "version": [own.version if own else 0, new.version],
            "target_seconds": [inherited.target_seconds, new.target_seconds],
            "target_days": [inherited.target_days, new.target_days],
            "clocks": planned,
        },
        market=market or None,
    )
    return new


def _replan_open(
    found: Any, now: datetime, *, calendar: CalendarVersion, policy: PolicyVersion | None = None
) -> int:
    """Plan the open, unbroken clocks of `found` by new versions. What is late by now is marked so first."""
    still_open = found.filter(OPEN, breached_at__isnull=True)
    late = still_open.filter(due_at__lt=now).values_list("pk", "due_at")
    broken = [Clock(pk=pk, breached_at=due_at) for pk, due_at in late]
    Clock.objects.bulk_update(broken, ["breached_at"], batch_size=5000)
    clocks = list(
        still_open.select_for_update(of=("self",)).select_related("policy", "calendar").order_by("id")
    )
    for clock in clocks:
        clock.calendar, clock.policy = calendar, policy or clock.policy
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(
        calendar=calendar, **({"policy": policy} if policy else {})
    )
    replan([clock for clock in clocks if not clock.due_by_hand])
    return len(clocks)


@transaction.atomic(durable=True)
def set_due(clock_id: int, due_at: datetime, *, reason: str, by: Actor, now: datetime) -> Clock:
    """Give an open clock another due time by hand; from then on neither a pause nor a policy moves it.

    Raises ClockRefused without a reason, for a time that is past, for a clock that ended or is late, and
    for a kind whose due time needs two people.
    """
    clock = (
        Clock.objects.select_for_update(of=("self",)).select_related("policy", "calendar").get(pk=clock_id)
    )
    by.needs(DUE, market=clock.market)
    _check_reason(reason)
    if kind_named(clock.kind).due_by_two:
        raise ClockRefused(
            "The due time of this kind comes from outside; changing it needs a second person.",
            code="clock.needs_second_person",
        )
    state = state_at(clock, now)
    if state not in ("running", "paused"):
        raise ClockRefused(f"This clock is {state}; only one that runs can get another due time.")
    if due_at <= now:
        raise ClockRefused("The new due time is past already. Choose one that is to come.")
    if clock.paused_at is not None:
        resume([clock], now)
        clock.refresh_from_db()
    was, clock.due_at, clock.due_by_hand = clock.due_at, due_at.replace(microsecond=0), True
    spent = pauses_of([clock.pk]).get(clock.pk, [])
    clock.target_seconds = max(
        rules.elapsed(calendar_of(clock.calendar), clock.start_at, spent, clock.due_at), 0
    )
    clock.save(update_fields=["due_at", "due_by_hand", "target_seconds"])
    replan([clock])
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
    """Take an open clock out of the count, with a reason. Waiving twice is the same as once."""
    clock = Clock.objects.select_for_update(of=("self",)).get(pk=clock_id)
    by.needs(DUE, market=clock.market)
    if clock.ended_as == "waived":
        return clock
    _check_reason(reason)
    was = state_at(clock, now)
    if clock.ended_as:
        raise ClockRefused(f"This clock ended already: it is {was}.")
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


@transaction.atomic(durable=True)
def acknowledge_escalation(escalation_id: int, *, by: Actor, now: datetime) -> Escalation:
    """`by` has it: everything of this clock that fired and nobody acknowledged, up to this escalation.

    Doing it twice is the same as once. Raises ClockRefused where somebody else has it.
    """
    escalation = Escalation.objects.select_related("clock").get(pk=escalation_id)
    clock = Clock.objects.select_for_update(of=("self",)).get(pk=escalation.clock_id)
    by.needs(ACKNOWLEDGE, market=clock.market)
    by.needs(kind_named(clock.kind).right)
    escalation.refresh_from_db()
    if escalation.acknowledged_by == by.label:
        return escalation
    if escalation.acknowledged_by:
        raise ClockRefused(
            "Somebody else has this already: they acknowledged it a moment ago. Reload the list.",
            code="clock.acknowledged",
        )
    waiting = Escalation.objects.filter(
        clock=clock, acknowledged_at__isnull=True, due_at__lte=escalation.due_at
    )
    keys = list(waiting.order_by("due_at", "id").values_list("step", flat=True))
    waiting.update(acknowledged_by=by.label, acknowledged_at=now)
    audit.record(
        "clock.acknowledged",
        subject=("clock", clock.pk),
        by=by,
        at=now,
        changes={"steps": keys, clock.subject_kind + "_id": clock.subject_id},
        market=clock.market,
    )
    escalation.refresh_from_db()
    return escalation


def fire_escalations(*, announce: Announce, by: Actor, now: datetime) -> int:
    """Fire every step that is due, each once, in batches of their own transaction; returns how many.

    Also notes breaches and ends pauses that lasted as long as they may. `announce` is handed the payloads
    of one batch inside its transaction. Two workers at once share the work.
    """
    fired = 0
    while True:
        looked_at, found = _fire_batch(announce=announce, by=by, now=now)
        fired += found
        if looked_at < STEPS_AT_ONCE:
            return fired


@transaction.atomic(durable=True)
def _fire_batch(*, announce: Announce, by: Actor, now: datetime) -> tuple[int, int]:
    due = Clock.objects.filter(OPEN, next_step_at__lte=now).order_by("next_step_at")
    clocks = list(
        due.select_for_update(skip_locked=True, of=("self",)).select_related("policy", "calendar")[
            :STEPS_AT_ONCE
        ]
    )
    if not clocks:
        return 0, 0
    over = [clock for clock in clocks if clock.paused_until is not None and clock.paused_until <= now]
    _end_overdue_pauses(over, now)
    pauses = pauses_of([clock.pk for clock in clocks])
    drafts = [each for clock in clocks for each in _steps_due(clock, pauses.get(clock.pk, []), now)]
    drafts += [
        Escalation(
            clock=clock, step=f"pause_over:{clock.paused_at:%Y%m%dT%H%M%S}", to="owner", fired_at=now,
            due_at=clock.paused_until, words=f"the pause ({clock.pause_reason.replace('_', ' ')}) is over",
        )
        for clock in over
    ]  # fmt: skip
    already = set(Escalation.objects.filter(clock__in=clocks).values_list("clock_id", "step"))
    new = [each for each in drafts if (each.clock_id, each.step) not in already]
    Escalation.objects.bulk_create(new)  # the unique key is the last guard: rows of `clocks` are locked
    broken = [clock for clock in clocks if clock.breached_at is None and clock.due_at < now]
    for clock in broken:
        clock.breached_at = clock.due_at
    Clock.objects.bulk_update(broken, ["breached_at"])
    for clock in over:
        clock.paused_at, clock.paused_until, clock.pause_reason = None, None, ""
    replan(clocks)  # by the versions they carry: only what falls next changes
    if new:
        announce([_payload(each) for each in new])
    if new or broken:
        audit.record(
            "clocks.escalated",
            subject=("clocks", now.isoformat(timespec="seconds")),
            by=by,
            at=now,
            changes={"steps": len(new), "breached": len(broken)},
        )
    return len(clocks), len(new)


def _end_overdue_pauses(over: Sequence[Clock], now: datetime) -> None:
    ids = [clock.pk for clock in over]
    Clock.objects.filter(pk__in=ids).update(paused_at=None, paused_until=None, pause_reason="")
    end_pauses(ids, now)


def _steps_due(clock: Clock, pauses: list[rules.Pause], now: datetime) -> list[Escalation]:
    """The steps of a clock that fall by now; none while it is paused."""
    if clock.paused_until is not None and now < clock.paused_until:
        return []
    terms = terms_of(clock.policy)
    times = rules.step_times(
        calendar_of(clock.calendar), clock.start_at, clock.target_seconds, clock.due_at, pauses, terms.steps
    )
    return [
        Escalation(clock=clock, step=step.key, words=step.words, to=step.to, due_at=at, fired_at=now)
        for at, step in times
        if at <= now
    ]


def _payload(escalation: Escalation) -> dict[str, Any]:
    clock = escalation.clock
    return {
        "escalation_id": escalation.pk,
        "clock_id": clock.pk,
        "kind": clock.kind,
        "step": escalation.step,
        "to": escalation.to,
        "subject_kind": clock.subject_kind,
        "subject_id": clock.subject_id,
        "market": clock.market,
    }


def extend_calendars(*, by: Actor, now: datetime) -> list[str]:
    """Give calendars of markets the public holidays of the years to come before they are needed.

    Days that are known stay as they are, corrections by hand included. Returns the names of those that got a
    new version.
    """
    extended = []
    last = now.year + YEARS_AHEAD
    for row in calendars():
        if row.name == ROUND_THE_CLOCK or not row.holidays:
            continue
        known = int(max(row.holidays)[:4])
        if known >= now.year + 1:
            continue
        _, country = zone_and_country(row.name)
        days = public_holidays(country, range(known + 1, last + 1))
        if days:
            set_calendar(
                row.name,
                holidays={**row.holidays, **days},
                source=source_of_holidays(country),
                by=by,
                now=now,
            )
            extended.append(row.name)
    return extended


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < 3:
        raise ClockRefused("Say why, in a few words: the reason is kept in the audit trail.")
