"""Reads about incidents: the queue, one with its cases and money, who is told what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet

from paydesk.domain.cases.models import Case
from paydesk.domain.incidents.models import Broadcast, BroadcastTo, Incident, IncidentCase
from paydesk.domain.incidents.rules import QUIET_FOR, Known
from paydesk.domain.incidents.states import LIVE
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of

CODE_PREFIX, SUBJECT = "INC", "incident"
TABS = {
    "open": ("Open", ("open",)),
    "proposed": ("Proposed", ("proposed",)),
    "done": ("Over", ("closed", "rejected")),
}


def code(incident: Incident) -> str:
    return code_of(CODE_PREFIX, incident.pk)


def incidents(actor: Actor) -> QuerySet[Incident]:
    """Incidents of the actor's markets with `cases` counted, newest first."""
    counted = Incident.objects.annotate(cases=Count("members", filter=Q(members__state="in")))
    return in_markets(counted, actor).order_by("-proposed_at", "-pk")


def incident_for(actor: Actor, incident_id: int) -> Incident:
    """Raises Incident.DoesNotExist also for another market."""
    return incidents(actor).get(pk=incident_id)


def counts_by_state(actor: Actor) -> dict[str, int]:
    """How many incidents are in each state; one query."""
    found = in_markets(Incident.objects.order_by(), actor).values("state")
    return dict(found.annotate(number=Count("pk")).values_list("state", "number"))


def count_live(actor: Actor) -> int:
    """Incidents that are proposed or open; for the rail."""
    return in_markets(Incident.objects.filter(state__in=LIVE), actor).count()


def members_of(incident: Incident, actor: Actor) -> QuerySet[Case]:
    """The cases of an incident that the actor may see, with their customers, newest first."""
    inside = IncidentCase.objects.filter(incident=incident, state="in").values("case_id")
    found = Case.objects.select_related("customer").filter(pk__in=inside)
    return in_markets(found, actor).order_by("-opened_at", "-pk")


def incident_of_case(actor: Actor, case_id: int) -> Incident | None:
    """The incident a case is in, a live one before one that is over; one query."""
    if not has_any(("case", case_id), IncidentCase):
        return None
    found = incidents(actor).filter(members__case_id=case_id, members__state="in")
    return found.exclude(state="rejected").order_by("ended_at", "-pk").first()


def affected(incident_ids: Collection[int]) -> dict[int, list[Money]]:
    """The money that the cases of each are about, one amount per currency, never added across; one query.

    A payment that several cases name counts once; a case without a linked payment counts with the amount
    that was said.
    """
    found: dict[int, list[Money]] = defaultdict(list)
    if not incident_ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(AFFECTED, {"ids": list(incident_ids)})
        for incident_id, currency, amount_minor in cursor.fetchall():
            found[incident_id].append(Money(amount_minor, currency))
    return found


AFFECTED = """
WITH member AS (
    SELECT incident_id, case_id FROM incidents_incidentcase
     WHERE state = 'in' AND incident_id = ANY(%(ids)s)
), linked AS (
    SELECT m.incident_id, m.case_id, p.id, p.amount_minor, p.currency
      FROM member m
      JOIN cases_caselink l ON l.case_id = m.case_id AND l.kind = 'payment' AND l.state <> 'rejected'
      JOIN payments_payment p ON p.id = l.object_id
), money AS (
    SELECT DISTINCT incident_id, id, amount_minor, currency FROM linked
    UNION ALL
    SELECT m.incident_id, NULL, c.amount_minor, c.currency
      FROM member m JOIN cases_case c ON c.id = m.case_id
     WHERE c.amount_minor IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM linked k WHERE k.case_id = m.case_id)
)
SELECT incident_id, currency, sum(amount_minor)::bigint FROM money GROUP BY 1, 2 ORDER BY 1, 2
"""


def known_to_radar(market: str, now: datetime) -> list[Known]:
    """Incidents the radar has to know of: the live ones, and those that ended a short while ago."""
    found = Incident.objects.filter(market=market).filter(
        Q(state__in=LIVE) | Q(ended_at__gte=now - QUIET_FOR)
    )
    cases: dict[int, set[int]] = defaultdict(set)
    for incident_id, case_id in IncidentCase.objects.filter(incident__in=found).values_list(
        "incident_id", "case_id"
    ):
        cases[incident_id].add(case_id)
    return [
        Known(
            each.pk, frozenset(cases[each.pk]), frozenset((kind, key) for kind, key in each.shares),
            each.ended_at,
        )
        for each in found
    ]  # fmt: skip


def broadcasts_of(incident: Incident) -> list[Broadcast]:
    """What its cases were or may be told, the newest first, with counts; one query."""
    found = Broadcast.objects.filter(incident=incident).exclude(state="dropped")
    return list(
        found.annotate(
            told=Count("to", filter=Q(to__state="told")),
            held=Count("to", filter=Q(to__state="held")),
            waits=Count("to", filter=Q(to__state="waits")),
            elsewhere=Count("to", filter=Q(to__state="elsewhere")),
        ).order_by("-made_at", "-pk")
    )


def broadcast_of(incident: Incident, broadcast_id: int) -> Broadcast | None:
    return Broadcast.objects.filter(incident=incident, pk=broadcast_id).first()


def told_by(broadcast: Broadcast, actor: Actor) -> list[BroadcastTo]:
    """Who is told what, as far as the actor sees their cases, those who are not first; two queries."""
    order = {"held": 0, "waits": 1, "told": 2, "elsewhere": 3}
    seen = in_markets(Case.objects.all(), actor).values("pk")
    found = BroadcastTo.objects.select_related("case__customer").filter(broadcast=broadcast, case__in=seen)
    return sorted(found, key=lambda each: (order[each.state], each.case_id))


def may_be_added(actor: Actor, incident: Incident, now: datetime, most: int = 50) -> list[Case]:
    """Open cases of its category from the last two days that are in no incident, newest first."""
    taken = IncidentCase.objects.filter(incident__state__in=LIVE).values("case_id")
    found = in_markets(Case.objects.filter(market=incident.market, merged_into=None), actor)
    recent = found.filter(opened_at__gte=now - timedelta(days=2)).exclude(pk__in=taken)
    if incident.category:
        recent = recent.filter(category=incident.category)
    return list(recent.select_related("customer").order_by("-opened_at")[:most])


def last_told_at(incident: Incident) -> datetime | None:
    """When its cases were last told something together; one query."""
    sent = Broadcast.objects.filter(incident=incident, state__in=("sending", "sent"))
    return sent.order_by("-sent_at").values_list("sent_at", flat=True).first()
