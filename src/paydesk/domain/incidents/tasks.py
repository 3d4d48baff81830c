"""What the worker does about incidents: looks every minute, and answers the cases of a broadcast."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from paydesk.domain.cases.actions import reply
from paydesk.domain.incidents import actions, radar, rules
from paydesk.domain.incidents.models import Broadcast, BroadcastTo
from paydesk.domain.incidents.queries import known_to_radar
from paydesk.domain.incidents.steps import IncidentRefused
from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.handlers import on
from paydesk.foundation.people.queries import person_by_id
from paydesk.kernel.actor import system
from paydesk.kernel.refused import Refused

WORKER, RADAR = system("worker"), system("radar")


@housekeeping.every(60, "look for incidents")
def look_for_incidents(now: datetime) -> int:
    """Propose what looks like one thing, by words and by money; add cases to what is known already."""
    proposed = 0
    for market in radar.markets_with_cases(now):
        for groups in (radar.groups_by_words(market, now), list(radar.groups_of_money(market, now))):
            for decided in rules.decide(groups, known_to_radar(market, now), now):
                proposed += _do(decided, market, now)
    return proposed


def _do(decided: rules.Group | rules.Join, market: str, now: datetime) -> int:
    if isinstance(decided, rules.Join):
        actions.add_cases(decided.incident_id, case_ids=decided.cases, by=RADAR, now=now)
        return 0
    try:
        actions.propose(
            market, title=decided.title, why=decided.why, case_ids=decided.cases, found_by=decided.found_by,
            words=decided.words, shares=decided.shares, category=decided.category, by=RADAR, now=now,
        )  # fmt: skip
    except IncidentRefused:
        return 0  # a person was quicker: the cases are in another incident by now
    return 1


@on("incident.broadcast")
def tell_everybody(payload: dict[str, Any]) -> None:
    """Answer each case in the name of who sent it; told at least once, a case is answered once."""
    tell(payload["broadcast_id"], timezone.now())


def tell(broadcast_id: int, now: datetime) -> None:
    """Answer the cases of a broadcast that are not told yet, by the ordinary verb, with the facts as they
    were looked at. What changed since stops the answer to that case, and it is written down."""
    broadcast = Broadcast.objects.filter(pk=broadcast_id, state="sending").first()
    if broadcast is None:
        return
    person = person_by_id(broadcast.person_id) if broadcast.person_id else None
    for to in BroadcastTo.objects.filter(broadcast=broadcast, state="waits").order_by("pk"):
        message_id, why = None, "Whoever sent it no longer works here."
        if person is not None:
            try:
                message_id = reply(
                    to.case_id, text=to.text, seen_facts=to.facts, seen_at=broadcast.made_at,
                    sent_key=f"broadcast-{broadcast.pk}", version=to.case_version, by=person.actor(),
                    now=now,
                ).pk  # fmt: skip
            except Refused as refused:
                why = refused.text
        actions.keep_outcome(
            to.pk, message_id=message_id, why="" if message_id is not None else why, by=WORKER,
            now=now,
        )  # fmt: skip
    actions.finish_broadcast(broadcast.pk, by=WORKER, now=now)
