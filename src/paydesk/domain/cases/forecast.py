"""What a lead looks ahead with: who has how much, how long work takes, which clocks will not be kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import cases
from paydesk.domain.cases.states import AT_WORK, OPEN
from paydesk.foundation.clocks.models import Clock, Escalation
from paydesk.foundation.clocks.queries import ClockStanding, clocks_due, standing
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

LOOKED_BACK = timedelta(days=28)
MOST_LOOKED_AT, FEWEST_TOLD = 500, 20
MOST_AHEAD = 200
SHARE_LEFT = 5  # of its target, where too few were kept to say how long it takes


@dataclass(frozen=True, slots=True)
class Load:
    """What one person (None: nobody) has: open cases, those that wait for us, those with a late clock."""

    person_id: int | None
    open: int
    unanswered: int
    late: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """An open clock that has less time left than four of five of its kind took to handle."""

    case: Case
    clock: ClockStanding
    usual_seconds: int
    is_measured: bool


def load_per_person(actor: Actor, now: datetime) -> list[Load]:
    """Open cases of the actor's markets by owner, the most first, nobody's at the end; one query."""
    late = Clock.objects.filter(
        subject_kind=clocks.SUBJECT, subject_id=OuterRef("pk"), ended_as="", due_at__lt=now
    )
    rows = (
        in_markets(Case.objects.filter(state__in=OPEN), actor)
        .annotate(is_late=Exists(late))
        .order_by()
        .values("owned_by")
        .annotate(
            n=Count("pk"),
            waits=Count("pk", filter=Q(state__in=AT_WORK, unanswered_since__isnull=False)),
            late=Count("pk", filter=Q(is_late=True)),
        )
        .values_list("owned_by", "n", "waits", "late")
    )
    return sorted((Load(*row) for row in rows), key=lambda each: (each.person_id is None, -each.open))


def usual_handling(kinds: Collection[str], markets: Collection[str] | None, now: datetime) -> dict[str, int]:
    """Seconds within which four of five clocks of each kind were kept, from the first deed of a person on.

    Of the newest MOST_LOOKED_AT that were met in four weeks; a kind with fewer than FEWEST_TOLD is left out.
    One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH met AS (
                SELECT kind, subject_id, start_at, ended_at FROM clocks_clock
                WHERE subject_kind = %s AND kind = ANY(%s) AND ended_as = 'met' AND ended_at > %s
                    AND (%s::text[] IS NULL OR market = ANY(%s))
                ORDER BY ended_at DESC LIMIT %s
            ), handled AS (
                SELECT m.kind, EXTRACT(EPOCH FROM m.ended_at - (
                    SELECT min(a.at) FROM audit_record a
                    WHERE a.subject_kind = %s AND a.subject_id = m.subject_id::text
                        AND a.person_id IS NOT NULL AND a.at BETWEEN m.start_at AND m.ended_at
                ))::bigint AS seconds FROM met m
            )
            SELECT kind, percentile_disc(0.8) WITHIN GROUP (ORDER BY seconds) FROM handled
            WHERE seconds IS NOT NULL GROUP BY kind HAVING count(*) >= %s
            """,
            [
                clocks.SUBJECT, list(kinds), now - LOOKED_BACK, markets and sorted(markets),
                markets and sorted(markets), MOST_LOOKED_AT, clocks.SUBJECT, FEWEST_TOLD,
            ],
        )  # fmt: skip
        return {kind: int(seconds) for kind, seconds in cursor.fetchall()}


def breaches_ahead(actor: Actor, now: datetime) -> list[Ahead]:
    """Clocks of cases that will be late unless somebody acts now, the nearest first; four queries.

    The forecast: what is left of working time is less than the usual handling time of its kind.
    """
    usual = usual_handling((clocks.FIRST, clocks.NEXT, clocks.SOLUTION), actor.markets, now)
    soon = clocks_due(actor, now, {"state": "running"}).filter(subject_kind=clocks.SUBJECT)[:MOST_AHEAD]
    found = []
    for clock in soon:
        needs = usual.get(clock.kind)
        bound = needs if needs is not None else clock.target_seconds // SHARE_LEFT
        at = standing(clock, now)
        if 0 <= at.left_seconds < bound:
            found.append((clock.subject_id, at, bound, needs is not None))
    known = {case.pk: case for case in cases(actor).filter(pk__in=[each[0] for each in found])}
    return [Ahead(known[pk], *rest) for pk, *rest in found if pk in known]


def escalations_to_acknowledge(actor: Actor, roles: Collection[str], now: datetime) -> list[Escalation]:
    """Steps of clocks of cases that fired for one of these roles and that nobody has taken; one query."""
    open_clocks = clocks_due(actor, now).filter(subject_kind=clocks.SUBJECT).order_by()
    found = Escalation.objects.filter(acknowledged_at__isnull=True, to__in=list(roles))
    found = found.filter(clock__in=open_clocks.values("pk")).select_related("clock")
    return list(found.order_by("due_at", "id")[:50])
