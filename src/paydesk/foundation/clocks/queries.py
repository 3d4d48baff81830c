"""Clocks as they stand now: what is due next, what is late, how much time is used. Computed when asked.

Nothing here needs the worker: a state comes from the facts of a clock and the time that is handed in.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    Q,
    QuerySet,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.defaults import default_calendar
from paydesk.foundation.clocks.kinds import kind_named, kinds
from paydesk.foundation.clocks.models import CalendarVersion, Clock, ClockPause, Escalation, PolicyVersion
from paydesk.foundation.clocks.rules import Pause, Step, Terms
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.business_time import Calendar, weekly

OPEN = Q(ended_as="")
NEWEST = (Coalesce("holds_from", "made_at").desc(), "-version")  # of policies: the last that came into force


def calendar_of(row: CalendarVersion) -> Calendar:
    """The calendar of a version, with what was computed for it before."""
    known: Calendar | None = row.__dict__.get("_calendar")
    if known is None:
        days = (row.holidays, row.closed_days, row.open_days, row.earlier)
        known = _calendar(row.zone, json.dumps(row.hours), json.dumps(days))
        row.__dict__["_calendar"] = known  # a page of clocks asks for the same one again and again
    return known


@functools.lru_cache(maxsize=64)
def _calendar(zone: str, hours: str, days: str) -> Calendar:
    holidays, closed_days, open_days, earlier = json.loads(days)
    return weekly(
        zone,
        json.loads(hours),
        holidays=map(date.fromisoformat, holidays),
        closed_days=map(date.fromisoformat, closed_days),
        open_days={date.fromisoformat(day): hours for day, hours in open_days.items()},
        earlier=[(date.fromisoformat(each["until"]), each["hours"]) for each in earlier],
    )


def closed_days_of(names: Collection[str]) -> dict[str, frozenset[date]]:
    """The holidays and other closed days of calendars, by name, as they are set now; one query.

    A day with hours of its own is not closed. A calendar that was never used or set has the public holidays
    with which it would begin.
    """
    if not names:
        return {}
    wanted = CalendarVersion.objects.filter(name__in=names).order_by("name", "-version").distinct("name")
    found = {
        row.name: frozenset(
            date.fromisoformat(day) for day in {*row.holidays, *row.closed_days} if not row.open_days.get(day)
        )
        for row in wanted
    }
    for name in set(names) - set(found):
        days: Any = default_calendar(name, timezone.localdate())["holidays"]
        found[name] = frozenset(map(date.fromisoformat, days))
    return found


def terms_of(row: PolicyVersion) -> Terms:
    """What a version of a policy says."""
    return Terms(
        target_seconds=row.target_seconds,
        target_days=row.target_days,
        cut_off=row.cut_off,
        pauses=row.pauses,
        steps=tuple(Step(**step) for step in row.steps),
        grace_seconds=row.grace_seconds,
    )


def _in_force(at: datetime) -> Q:
    """Policies that are not still to come."""
    return Q(holds_from__isnull=True) | Q(holds_from__lte=at)


def current_calendar(name: str) -> CalendarVersion | None:
    """The newest version of a calendar; None before it was first used or set."""
    return current_calendars([name]).get(name)


def current_policy(kind: str, market: str, at: datetime) -> PolicyVersion | None:
    """What holds at a moment: a market's own policy, else the one for all markets; one query."""
    return current_policies([kind], market, at).get(kind)


def current_policies(kinds: Collection[str], market: str, at: datetime) -> dict[str, PolicyVersion]:
    """As `current_policy`, for several kinds, by kind where there is one; one query."""
    found = PolicyVersion.objects.filter(_in_force(at), kind__in=kinds, market__in={market, ""})
    return {each.kind: each for each in found.order_by("kind", "-market", *NEWEST).distinct("kind")}


def current_calendars(names: Collection[str]) -> dict[str, CalendarVersion]:
    """The newest version of these calendars by name, of those that have one; one query."""
    found = CalendarVersion.objects.filter(name__in=names).order_by("name", "-version").distinct("name")
    return {each.name: each for each in found}


def calendars() -> list[CalendarVersion]:
    """The newest version of every calendar, by name; one query."""
    return list(CalendarVersion.objects.order_by("name", "-version").distinct("name"))


def policies(at: datetime) -> list[PolicyVersion]:
    """The version in force of every policy, by kind and market; one query."""
    found = PolicyVersion.objects.filter(_in_force(at))
    return list(found.order_by("kind", "market", *NEWEST).distinct("kind", "market"))


def versions_of_policy(kind: str, market: str) -> list[PolicyVersion]:
    """Every version of a policy, those to come first, then the newest; one query."""
    return list(PolicyVersion.objects.filter(kind=kind, market=market).order_by(*NEWEST))


def calendar_as_it_is(name: str, now: datetime) -> CalendarVersion:
    """The newest version of a calendar; of one that was never used, what its first will be, as version 0."""
    found = current_calendar(name)
    return found or CalendarVersion(name=name, version=0, **default_calendar(name, now.date()))


def policy_as_it_is(kind: str, market: str, now: datetime) -> PolicyVersion:
    """What holds now of a policy that is a market's own or for all (""); never used, as version 0."""
    found = current_policy(kind, market, now)
    if found is not None:
        return found
    declared = kind_named(kind)
    first = rules.fields_of(declared.terms)
    return PolicyVersion(kind=kind, version=0, calendar=declared.calendar, source=declared.source, **first)


def versions_of_calendar(name: str) -> list[CalendarVersion]:
    """Every version of a calendar, newest first; one query."""
    return list(CalendarVersion.objects.filter(name=name).order_by("-version"))


@dataclass(frozen=True, slots=True)
class ClockStanding:
    """A clock at one moment. Seconds are open seconds of its calendar; what is late is negative in `left`."""

    clock: Clock
    state: str
    used_percent: int
    left_seconds: int
    late_calendar_seconds: int
    open_escalation: Escalation | None = None

    @property
    def is_open(self) -> bool:
        return self.clock.ended_as == ""

    @property
    def words(self) -> str:
        """What the clock asks for, in the words of its kind."""
        try:
            return kind_named(self.clock.kind).words
        except KeyError:
            return self.clock.kind.replace("_", " ")

    @property
    def arithmetic(self) -> str:
        """How the due time came about, in one sentence: start, target, calendar, pause."""
        clock, policy, calendar = self.clock, self.clock.policy, self.clock.calendar
        told = f"Started {_local(clock.start_at, calendar)}, {terms_of(policy).words}, calendar "
        told += f"{calendar.name} version {calendar.version}, policy version {policy.version}"
        if clock.due_by_hand:
            told += "; the due time was set by hand"
        if self.state == "paused" and clock.paused_until:
            told += f"; paused ({clock.pause_reason}) until {_local(clock.paused_until, calendar)} at most"
        if clock.reopens:
            told += f"; reopened {clock.reopens} time{'' if clock.reopens == 1 else 's'}"
        return f"{told}. Due {_local(clock.due_at, calendar)}."


def state_at(clock: Clock, now: datetime) -> str:
    """The state of a clock at `now`."""
    return rules.state_of(
        ended_as=clock.ended_as,
        ended_at=clock.ended_at,
        due_at=clock.due_at,
        breached_at=clock.breached_at,
        paused_until=clock.paused_until,
        now=now,
    )


def standing(clock: Clock, now: datetime, escalation: Escalation | None = None) -> ClockStanding:
    """How `clock` stands at `now`; no query where `policy` and `calendar` are loaded."""
    calendar = calendar_of(clock.calendar)
    at = clock.ended_at or now
    asked = at if clock.paused_at is None or at >= (clock.paused_until or at) else clock.paused_at
    left = calendar.open_seconds(asked, clock.due_at)
    if clock.paused_at is not None and asked is clock.paused_at and clock.paused_until is not None:
        left -= calendar.open_seconds(clock.paused_at, clock.paused_until)
    late = 0
    if at > clock.due_at:
        left, late = -calendar.open_seconds(clock.due_at, at), int((at - clock.due_at).total_seconds())
    used = 100 if at > clock.due_at else rules.percent_used(clock.target_seconds, clock.target_seconds - left)
    return ClockStanding(clock, state_at(clock, now), used, left, late, escalation)


def standings(clocks: Iterable[Clock], now: datetime) -> list[ClockStanding]:
    """As `standing` for a page of clocks, each with its newest escalation nobody acknowledged; one query."""
    page = list(clocks)
    waiting = Escalation.objects.filter(clock__in=page, acknowledged_at__isnull=True)
    newest = {each.clock_id: each for each in waiting.order_by("due_at", "id")}
    return [standing(clock, now, newest.get(clock.pk)) for clock in page]


def clocks_due(actor: Actor, now: datetime, filters: Mapping[str, Any] | None = None) -> QuerySet[Clock]:
    """Open clocks that `actor` may see, by earliest due, with policy and calendar loaded.

    Filters, all optional: kind, market, state (running | paused | breached), unacknowledged (true: a step
    fired and nobody has it).
    """
    wanted = {key: value for key, value in (filters or {}).items() if value not in (None, "")}
    found = in_markets(
        Clock.objects.filter(OPEN, kind__in=kinds_seen_by(actor)).select_related("policy", "calendar"), actor
    )
    found = found.filter(**{key: wanted[key] for key in ("kind", "market") if key in wanted})
    if state := wanted.get("state"):
        found = found.filter(in_state(state, now))
    if wanted.get("unacknowledged"):
        waiting = Escalation.objects.filter(acknowledged_at__isnull=True)
        found = found.filter(pk__in=waiting.values("clock_id"))
    return found.order_by("due_at", "id")


def kinds_seen_by(actor: Actor) -> list[str]:
    """The kinds of clocks `actor` has the right to see."""
    return [kind.name for kind in kinds() if actor.may(kind.right)]


def in_state(state: str, now: datetime) -> Q:
    """Open clocks that are running, paused or breached at `now`."""
    late = Q(breached_at__isnull=False) | Q(due_at__lt=now)
    paused = Q(paused_until__gt=now)
    return {"breached": late, "paused": ~late & paused, "running": ~late & ~paused}[state]


def earliest_of(subject_kind: str, subject_ids: Collection[int], kind: str | None = None) -> dict[int, Clock]:
    """The open clock that is due first of each thing, by its id, where there is one; three queries.

    Many clocks have the same policy and calendar, which are long: each is read once.
    """
    found = Clock.objects.filter(OPEN, subject_kind=subject_kind, subject_id__in=list(subject_ids))
    if kind is not None:
        found = found.filter(kind=kind)
    first = {clock.subject_id: clock for clock in found.order_by("-due_at", "-id")}
    prefetch_related_objects(list(first.values()), "policy", "calendar")
    return first


def clocks_of(subject_kind: str, subject_id: int) -> list[Clock]:
    """Every clock a thing has or had, in the order they started; one query."""
    found = Clock.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return list(found.select_related("policy", "calendar").order_by("start_at", "id"))


def clock_for(actor: Actor, clock_id: int) -> Clock:
    """The clock, if `actor` may see its kind and works in its market; raises Clock.DoesNotExist."""
    found = Clock.objects.select_related("policy", "calendar").filter(kind__in=kinds_seen_by(actor))
    return in_markets(found, actor).get(pk=clock_id)


def counts_due(actor: Actor, now: datetime) -> dict[str, int]:
    """How many open clocks `actor` sees by state; one query that reads the open ones."""
    counted = {"running": 0, "paused": 0, "breached": 0}
    rows = clocks_due(actor, now).order_by().annotate(state=state_sql(now)).values_list("state")
    for state, number in rows.annotate(n=Count("pk")).values_list("state", "n"):
        counted[state] = number
    return counted


def state_sql(now: datetime) -> Case:
    """As `state_at`, in SQL."""
    late = Q(breached_at__isnull=False) | Q(due_at__lt=Coalesce(F("ended_at"), Value(now)))
    return Case(
        When(ended_as__in=("waived", "merged"), then=F("ended_as")),
        When(late, then=Value("breached")),
        When(ended_as="met", then=Value("met")),
        When(paused_until__gt=now, then=Value("paused")),
        default=Value("running"),
        output_field=CharField(),
    )


def pauses_of(clock_ids: Collection[int]) -> dict[int, list[Pause]]:
    """What paused each clock; a pause that goes on counts to the latest end it may have. One query."""
    found: dict[int, list[Pause]] = {}
    rows = ClockPause.objects.filter(clock_id__in=list(clock_ids)).order_by("at", "id")
    for clock_id, at, until, ends_by in rows.values_list("clock_id", "at", "until", "ends_by"):
        found.setdefault(clock_id, []).append(Pause(at, until or ends_by))
    return found


def escalations_of(clock_id: int) -> list[Escalation]:
    """The steps of a clock that fired, in order; one query."""
    return list(Escalation.objects.filter(clock_id=clock_id).order_by("due_at", "id"))


def _local(at: datetime, calendar: CalendarVersion) -> str:
    local = at.astimezone(calendar_of(calendar).time_zone)
    return f"{local:%a %-d %b %H:%M} ({calendar.zone})"
