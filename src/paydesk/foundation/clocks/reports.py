"""How promises were kept, by policy and week, and which will be broken soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Coalesce, TruncWeek

from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.models import CalendarVersion, Clock, PolicyVersion
from paydesk.foundation.clocks.queries import (
    OPEN,
    calendar_of,
    clocks_due,
    in_state,
    kinds_seen_by,
    state_sql,
)
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

HANDLING_DAYS = 90  # how far back the usual handling time is read from
HOURS_AHEAD = 4
MOST_LATE = 20_000  # of so many the lateness is averaged, the latest due


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the clocks of one policy in one week: kept when they ended, broken when they were due.

    Weeks begin on Monday, UTC. Lateness is the mean of those broken, to their end or until now: in working
    time and in all.
    """

    week_on: date
    policy: PolicyVersion
    met: int
    breached: int
    waived: int
    merged: int
    late_working_seconds: int
    late_calendar_seconds: int

    @property
    def share_bps(self) -> int | None:
        """Met of met and breached in basis points; waived and merged do not count."""
        return rules.compliance_bps(self.met, self.breached)


def kept_by_week(actor: Actor, *, since: date, until: date, now: datetime) -> list[Kept]:
    """The actor's clocks judged in [since, until), newest week first, by kind and policy; four queries."""
    first, last = (datetime.combine(day, time(0), UTC) for day in (since, until))
    seen = in_markets(Clock.objects.filter(kind__in=kinds_seen_by(actor)), actor)
    late = Q(breached_at__gte=first, breached_at__lt=last) | (
        OPEN & in_state("breached", now) & Q(due_at__gte=first, due_at__lt=last)
    )
    judged = seen.filter(Q(ended_at__gte=first, ended_at__lt=last) | late).annotate(
        state=state_sql(now),
        week=TruncWeek(
            Case(When(state="breached", then=Coalesce("breached_at", "due_at")), default=F("ended_at")),
            tzinfo=UTC,
        ),
    )
    counts: dict[tuple[date, int], dict[str, int]] = {}
    for week, policy_id, state, number in (
        judged.order_by().values_list("week", "policy_id", "state").annotate(n=Count("pk"))
    ):
        counts.setdefault((week.date(), policy_id), {})[state] = number
    policies = PolicyVersion.objects.in_bulk({policy_id for _, policy_id in counts})
    lateness = _mean_lateness(judged, now)
    rows = [
        Kept(
            week,
            policies[policy_id],
            *(found.get(state, 0) for state in ("met", "breached", "waived", "merged")),
            *lateness.get((week, policy_id), (0, 0)),
        )
        for (week, policy_id), found in counts.items()
        if since - timedelta(days=6) <= week < until
    ]
    return sorted(rows, key=lambda row: (-row.week_on.toordinal(), row.policy.kind, row.policy.pk))


def _mean_lateness(judged: QuerySet[Clock], now: datetime) -> dict[tuple[date, int], tuple[int, int]]:
    """Mean lateness of those broken, in working and in calendar seconds, by week and policy; two queries."""
    rows = judged.filter(state="breached").order_by("-due_at", "-id")
    found = list(rows.values_list("week", "policy_id", "calendar_id", "due_at", "ended_at")[:MOST_LATE])
    versions = CalendarVersion.objects.in_bulk({row[2] for row in found})
    sums: dict[tuple[date, int], list[int]] = {}
    for week, policy_id, calendar_id, due_at, ended_at in found:
        end = max(ended_at or now, due_at)  # set by hand after a breach, it may have ended before
        here = sums.setdefault((week.date(), policy_id), [0, 0, 0])
        here[0] += 1
        here[1] += calendar_of(versions[calendar_id]).open_seconds(due_at, end)
        here[2] += int((end - due_at).total_seconds())
    return {key: (working // n, calendar // n) for key, (n, working, calendar) in sums.items()}


def usual_seconds(now: datetime) -> dict[str, int]:
    """Within which time by the wall four of five clocks of a kind were met lately; one query.

    Over the last HANDLING_DAYS; a kind nobody met lately is left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT kind, extract(epoch FROM percentile_disc(0.8) WITHIN GROUP (ORDER BY ended_at -
            start_at))::bigint FROM clocks_clock WHERE ended_as = 'met' AND ended_at > %s GROUP BY kind
            """,
            [now - timedelta(days=HANDLING_DAYS)],
        )
        return dict(cursor.fetchall())


def breach_forecast(actor: Actor, now: datetime, usual: dict[str, int]) -> QuerySet[Clock]:
    """Open clocks that run in time and will be late soon: due within HOURS_AHEAD, or with less time left than
    is usual for their kind (`usual_seconds`). As `clocks_due`, the earliest due first."""
    near = Q(due_at__lt=now + timedelta(hours=HOURS_AHEAD))
    for kind, seconds in usual.items():
        near |= Q(kind=kind, due_at__lt=now + timedelta(seconds=seconds))
    return clocks_due(actor, now, {"state": "running"}).filter(near)
