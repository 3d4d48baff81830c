"""Which versions of policies and calendars new clocks go by; the first of each are made of the defaults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.defaults import default_calendar
from paydesk.foundation.clocks.kinds import kind_named
from paydesk.foundation.clocks.models import CalendarVersion, PolicyVersion
from paydesk.foundation.clocks.queries import (
    current_calendar,
    current_calendars,
    current_policies,
    current_policy,
)

DESK = "system:clocks"
VERSIONS_LOCK = 7_203_925


def lock_versions(*, shared: bool) -> None:
    """Until this transaction ends no clock starts by a version that is being replaced, and the other way."""
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [VERSIONS_LOCK])


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
