"""An incident is proposed by the radar or a person, adopted or not, worked on, closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.incidents import rules
from paydesk.domain.incidents.models import Incident, IncidentCase
from paydesk.domain.incidents.queries import code
from paydesk.domain.incidents.states import INCIDENT
from paydesk.domain.incidents.steps import (
    ADOPT,
    WORK,
    IncidentRefused,
    check_cases,
    keep,
    locked,
    record,
    take_in,
)
from paydesk.foundation.outbox.steps import put
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def propose(
    market: str,
    *,
    title: str,
    why: str,
    case_ids: Sequence[int],
    found_by: str = "person",
    words: Sequence[str] = (),
    shares: Sequence[rules.Share] = (),
    category: str = "",
    by: Actor,
    now: datetime,
) -> Incident:
    """Say that these cases of one market are one thing. It is worked on once somebody adopts it.

    Raises IncidentRefused where none of them can be taken in: gone, or in another live incident.
    """
    by.needs(WORK, market=market)
    said, reason = " ".join(title.split()), " ".join(why.split())
    if problem := rules.problem_with_title(said):
        raise IncidentRefused(problem, field="title")
    if not reason or len(reason) > rules.LONGEST_WHY:
        raise IncidentRefused(
            f"Say in up to {rules.LONGEST_WHY} letters why these cases are one thing.", field="why"
        )
    check_cases(case_ids)
    incident = Incident.objects.create(
        market=market, title=said, found_by=found_by, why=reason, words=list(words),
        shares=[list(share) for share in shares], category=category, proposed_by=by.label, proposed_at=now,
    )  # fmt: skip
    taken = take_in(incident, case_ids, by, now)
    if not taken:
        raise IncidentRefused("None of these cases can be taken in: they are in another incident already.")
    record("incident.proposed", incident, by, now, found_by=found_by, cases=len(taken))
    put("incident.proposed", {"incident_id": incident.pk})
    return incident


@transaction.atomic(durable=True)
def add_cases(incident_id: int, *, case_ids: Collection[int], by: Actor, now: datetime) -> int:
    """Put more cases into an incident; returns how many were new. Raises IncidentRefused once it is over."""
    incident = locked(incident_id, by)
    check_cases(list(case_ids))
    if INCIDENT.family(incident.state) == "idle" or incident.state == "closed":
        raise IncidentRefused(f"{code(incident)} is {incident.state}: reopen it first, or propose another.")
    taken = take_in(incident, case_ids, by, now)
    if taken:
        keep(incident)
        record("incident.took_in", incident, by, now, cases=len(taken))
    elif by.kind == "person":
        raise IncidentRefused("These cases are in it, or in another incident, already.")
    return len(taken)


@transaction.atomic(durable=True)
def take_off(incident_id: int, *, case_id: int, by: Actor, now: datetime) -> Incident:
    """This case is about something else; the radar does not put it back."""
    incident = locked(incident_id, by)
    changed = IncidentCase.objects.filter(incident=incident, case_id=case_id, state="in")
    if not changed.update(state="out"):
        return incident
    keep(incident)
    record("incident.took_off", incident, by, now, case_id=case_id)
    return incident


@transaction.atomic(durable=True)
def adopt(incident_id: int, *, title: str = "", by: Actor, now: datetime) -> Incident:
    """It is an incident: from now on it is worked on, under this title where one is given.

    What the radar proposes anybody who works on incidents may adopt; what a person proposes, a lead.
    """
    incident = locked(incident_id, by)
    if incident.found_by == "person":
        by.needs(ADOPT, market=incident.market)
    said = " ".join(title.split()) or incident.title
    if problem := rules.problem_with_title(said):
        raise IncidentRefused(problem, field="title")
    was, incident.state = incident.state, INCIDENT.after("adopt", incident.state)
    incident.title, incident.adopted_by, incident.adopted_at = said, by.label, now
    keep(incident, "state", "title", "adopted_by", "adopted_at")
    record("incident.adopted", incident, by, now, state=[was, incident.state])
    put("incident.adopted", {"incident_id": incident.pk})
    return incident


@transaction.atomic(durable=True)
def reject(incident_id: int, *, reason: str, by: Actor, now: datetime) -> Incident:
    """These cases are not one thing; they are not proposed again for a day."""
    incident = locked(incident_id, by)
    return _end(incident, "reject", reason, "incident.rejected", by, now)


@transaction.atomic(durable=True)
def close(incident_id: int, *, reason: str, by: Actor, now: datetime) -> Incident:
    """It is over, and what it was is written down. Its cases stay as they are: nobody is resolved by this."""
    incident = locked(incident_id, by)
    if not incident.root_cause:
        raise IncidentRefused("Name the root cause first: it is what counts later.", field="root_cause")
    return _end(incident, "close", reason, "incident.closed", by, now)


def _end(incident: Incident, way: str, reason: str, verb: str, by: Actor, now: datetime) -> Incident:
    said = " ".join(reason.split())
    if not said or len(said) > rules.LONGEST_WHY:
        raise IncidentRefused(f"Say in up to {rules.LONGEST_WHY} letters what came of it.", field="reason")
    was, incident.state = incident.state, INCIDENT.after(way, incident.state)
    incident.reason, incident.ended_by, incident.ended_at = said, by.label, now
    keep(incident, "state", "reason", "ended_by", "ended_at")
    record(verb, incident, by, now, state=[was, incident.state], root_cause=incident.root_cause)
    return incident


@transaction.atomic(durable=True)
def reopen(incident_id: int, *, by: Actor, now: datetime) -> Incident:
    """It is not over after all."""
    incident = locked(incident_id, by)
    was, incident.state = incident.state, INCIDENT.after("reopen", incident.state)
    incident.ended_by, incident.ended_at = "", None
    keep(incident, "state", "ended_by", "ended_at")
    record("incident.reopened", incident, by, now, state=[was, incident.state])
    return incident


@transaction.atomic(durable=True)
def name_it(incident_id: int, *, title: str, root_cause: str, by: Actor, now: datetime) -> Incident:
    """Give it its name and the root cause, as far as it is known."""
    incident = locked(incident_id, by)
    said = " ".join(title.split())
    if problem := rules.problem_with_title(said):
        raise IncidentRefused(problem, field="title")
    if root_cause and root_cause not in ROOT_CAUSES:
        raise IncidentRefused("Choose the root cause from its list.", field="root_cause")
    was = [incident.root_cause, root_cause]
    incident.title, incident.root_cause = said, root_cause
    keep(incident, "title", "root_cause")
    record("incident.named", incident, by, now, root_cause=was)
    return incident
