"""Which versions of policies and calendars new clocks go by; the first of each are made of the defaults."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.defaults import default_calendar
from paydesk.foundation.clocks.kinds import kind_named
from paydesk.foundation.clocks.models import CalendarVersion, PolicyVersion
from paydesk.foundation.clocks.queries import (
    calendar_of,
    current_calendar,
    current_calendars,
    current_policies,
    current_policy,
    terms_of,
)
from paydesk.foundation.clocks.rules import Terms
from paydesk.kernel.business_time import Calendar

DESK = "system:clocks"
VERSIONS_LOCK = 7_203_925


def lock_versions(*, shared: bool) -> None:
    """Until this transaction ends no clock starts by a version that is being replaced, and the other way."""
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [VERSIONS_LOCK])


@dataclass(frozen=True, slots=True)
class InForce:
    """What a clock that starts now goes by: the versions of its policy and calendar, and what they say."""

    policy_id: int
    terms: Terms
    calendar_id: int
    calendar: Calendar


# Every case starts clocks, so one statement asks for both; which policy counts is as in `queries.NEWEST`.
_IN_FORCE = """
SELECT DISTINCT ON (p.kind) p.kind, p.id, p.target_seconds, p.target_days, p.cut_off, p.pauses, p.steps,
       p.grace_seconds, c.id, c.zone, c.hours, c.earlier, c.holidays, c.closed_days, c.open_days
FROM clocks_policy p
LEFT JOIN LATERAL (
  SELECT * FROM clocks_calendar WHERE name = coalesce(nullif(p.calendar, ''), %(market)s)
  ORDER BY version DESC LIMIT 1
) c ON true
WHERE p.kind = ANY (%(kinds)s) AND p.market IN (%(market)s, '')
  AND (p.holds_from IS NULL OR p.holds_from <= %(now)s)
ORDER BY p.kind, p.market DESC, coalesce(p.holds_from, p.made_at) DESC, p.version DESC
"""


def in_force(kinds: Collection[str], market: str, now: datetime) -> dict[str, InForce]:
    """What new clocks of these kinds in `market` go by; the first versions are made of the defaults.

    One query. Raises KeyError for a kind nobody declared.
    """
    found = _asked(kinds, market, now)
    if found.keys() < set(kinds):
        policies_and_calendars(list(kinds), market, now)
        found = _asked(kinds, market, now)
    return found


def _asked(kinds: Collection[str], market: str, now: datetime) -> dict[str, InForce]:
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, {"kinds": list(kinds), "market": market, "now": now})
        rows = cursor.fetchall()
    found = {}
    for kind, policy_id, seconds, days, cut_off, pauses, steps, grace, calendar_id, zone, *opening in rows:
        if calendar_id is None:  # a calendar that was never used is made first
            continue
        hours, earlier, holidays, closed_days, open_days = map(json.loads, opening)
        policy = PolicyVersion(
            target_seconds=seconds, target_days=days, cut_off=cut_off, pauses=json.loads(pauses),
            steps=json.loads(steps), grace_seconds=grace,
        )  # fmt: skip
        calendar = CalendarVersion(
            zone=zone, hours=hours, earlier=earlier, holidays=holidays, closed_days=closed_days,
            open_days=open_days,
        )  # fmt: skip
        found[kind] = InForce(policy_id, terms_of(policy), calendar_id, calendar_of(calendar))
    return found


def policy_and_calendar(kind: str, market: str, now: datetime) -> tuple[PolicyVersion, CalendarVersion]:
    """As `policies_and_calendars`, of one kind."""
    return policies_and_calendars([kind], market, now)[kind]


def policies_and_calendars(
    kinds: Sequence[str], market: str, now: datetime
) -> dict[str, tuple[PolicyVersion, CalendarVersion]]:
    """What new clocks of these kinds in `market` go by; the first versions are made of the defaults."""
    found = current_policies(kinds, market, now)
    policies = {kind: found.get(kind) or _first_policy(kind, now) for kind in kinds}
    names = {policy.calendar or market for policy in policies.values()}
    known = current_calendars(names)
    calendars = {name: known.get(name) or calendar_named(name, now) for name in names}
    return {kind: (policy, calendars[policy.calendar or market]) for kind, policy in policies.items()}


def calendar_named(name: str, now: datetime) -> CalendarVersion:
    """The newest version of a calendar: the code of a market, or "24x7"; the first is made of the default."""
    found = current_calendar(name)
    if found is None:
        first = CalendarVersion(
            name=name, version=1, made_by=DESK, made_at=now, **default_calendar(name, now.date())
        )
        CalendarVersion.objects.bulk_create([first], ignore_conflicts=True)  # two may start at once
        found = current_calendar(name)
    assert found is not None, "made just now"
    return found


def _first_policy(kind: str, now: datetime) -> PolicyVersion:
    declared = kind_named(kind)
    first = PolicyVersion(
        kind=kind,
        version=1,
        calendar=declared.calendar,
        source=declared.source,
        made_by=DESK,
        made_at=now,
        **rules.fields_of(declared.terms),
    )
    PolicyVersion.objects.bulk_create([first], ignore_conflicts=True)
    found = current_policy(kind, "", now)
    assert found is not None, "made just now"
    return found
