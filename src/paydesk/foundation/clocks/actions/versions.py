"""Calendars and policies in new versions; what ended or is late keeps the one it had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
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
from paydesk.foundation.clocks.in_force import calendar_named, lock_versions, policy_and_calendar
from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK, kind_named, kinds, never_pauses
from paydesk.foundation.clocks.models import CalendarVersion, Clock, PolicyVersion
from paydesk.foundation.clocks.queries import OPEN, calendar_of, calendars, current_policy
from paydesk.foundation.clocks.rules import Terms
from paydesk.foundation.clocks.steps import (
    ClockRefused,
    replan,
)
from paydesk.kernel.actor import Actor
from paydesk.kernel.business_time import NoOpenTimeError

SETTINGS = "settings.manage"


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
    from_on: date | None = None,
    by: Actor,
    now: datetime,
) -> CalendarVersion:
    """A new version of a calendar; what is not given stays. Open clocks that are not late are planned anew.

    Weekdays that `hours` does not name are closed. Days are ISO dates. What ended, and what is late, keeps
    its version. With `from_on` the past stays as it was: the new hours hold from that day, which must not be
    past, and no day that is past changes. Without it the new hours hold for all days, those gone by included.
    Raises ClockRefused for hours or days that make no sense, or that leave no open time ahead.
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
    fields["earlier"] = []
    if from_on is not None:
        _check_past_stays(was, fields, from_on, now)
        fields["earlier"] = was.earlier
        if "hours" in changed:
            fields["earlier"] = rules.weeks_before(was.earlier, was.hours, from_on)
    elif "hours" not in changed:
        fields["earlier"] = was.earlier
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
        changes={"version": [was.version, new.version], "changed": changed, "clocks": planned}
        | ({"from_on": from_on.isoformat()} if from_on else {}),
        market=name if len(name) == 2 else None,
    )
    return new


def _check_past_stays(was: CalendarVersion, fields: Mapping[str, Any], from_on: date, now: datetime) -> None:
    """Raises ClockRefused where a day gone by would be counted otherwise than it was."""
    today = calendar_of(was).local_date(now)
    if from_on < today:
        raise ClockRefused(
            f"{from_on:%-d %B %Y} is past: what was open then stays as it was. Choose today or a day to come."
        )
    if fields["zone"] != was.zone:
        raise ClockRefused("Another time zone would change the past. A calendar keeps the one it has.")
    for key in ("holidays", "closed_days", "open_days"):
        before, after = getattr(was, key), fields[key]
        gone = [
            day for day in {*before, *after} if day < today.isoformat() and before.get(day) != after.get(day)
        ]
        if gone:
            raise ClockRefused(f"{min(gone)} is past: it stays as it was. Change days from {today} on.")


@transaction.atomic(durable=True)
def set_policy(
    kind: str,
    terms: Terms,
    *,
    market: str = "",
    calendar: str | None = None,
    source: str = "",
    holds_from: datetime | None = None,
    by: Actor,
    now: datetime,
) -> PolicyVersion:
    """A new version of what a kind of clock promises, in one market or ("") in all without their own.

    Open clocks that are not late are planned again from their original start, less their pauses; a breach
    stays with the policy it broke. With `holds_from`, a moment to come, it holds for clocks that start then
    or later, and those that run keep theirs. `calendar` is "" for that of the clock's market, or the name of
    one; None keeps it. Raises ClockRefused for an unknown kind or calendar, and for pauses of a kind that
    never pauses.
    """
    by.needs(SETTINGS)
    try:
        kind_named(kind)
    except KeyError:
        raise ClockRefused(f"There is no kind of clock called {kind}.") from None
    if terms.pauses and never_pauses(kind):
        raise ClockRefused("A clock of this kind never pauses: take the pauses out of its policy.")
    if holds_from is not None and holds_from <= now:
        raise ClockRefused("This begins in the past. Let it hold at once, or from a day to come.")
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
        holds_from=holds_from,
        made_by=by.label,
        made_at=now,
        **rules.fields_of(terms),
    )
    planned = 0
    clocks = Clock.objects.filter(kind=kind)
    at_once = clocks if holds_from is None else clocks.none()
    for code in at_once.filter(OPEN).order_by("market").values_list("market", flat=True).distinct():
        if current_policy(kind, code, now) == new:
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
        }
        | ({"holds_from": holds_from.isoformat()} if holds_from else {}),
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


def follow_delivered_policies(*, by: Actor, now: datetime) -> list[str]:
    """Give kinds of clocks whose policy nobody set the one they are delivered with now, in a new version.

    An upgrade of the desk may bring other terms, such as a reason to pause. A kind of which a person made a
    version for all markets keeps theirs. Returns the kinds that got a new version.
    """
    followed = []
    for kind in kinds():
        versions = PolicyVersion.objects.filter(kind=kind.name, market="").order_by("-version")
        newest = versions.first()
        if newest is None or versions.exclude(made_by__startswith="system:").exists():
            continue
        delivered = {**rules.fields_of(kind.terms), "calendar": kind.calendar}
        if any(getattr(newest, key) != value for key, value in delivered.items()):
            set_policy(kind.name, kind.terms, calendar=kind.calendar, source=kind.source, by=by, now=now)
            followed.append(kind.name)
    return followed


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
