"""Parts of the verbs of incidents that share a transaction: locking, taking cases in, the record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from paydesk.domain.cases.models import Case
from paydesk.domain.incidents.models import Incident, IncidentCase
from paydesk.domain.incidents.queries import SUBJECT, code
from paydesk.domain.incidents.states import LIVE
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused, Refused

WORK, ADOPT, TELL = "incidents.work", "incidents.adopt", "incidents.broadcast"
MOST_CASES = 5_000


class IncidentRefused(Refused):
    """This cannot be done with this incident."""

    code = "incident.refused"


def locked(incident_id: int, by: Actor, *, right: str = WORK, version: int | None = None) -> Incident:
    """The incident, locked until the verb is over, for somebody with `right` in its market."""
    found = Incident.objects.select_for_update().filter(pk=incident_id).first()
    if found is None or not by.sees(found.market):
        raise IncidentRefused("There is no such incident in your markets.")
    by.needs(right, market=found.market)
    if version is not None and found.version != version:
        raise ChangedRefused(
            f"{code(found)} went on meanwhile. Look again before you act.", version=found.version
        )
    return found


def keep(incident: Incident, *fields: str) -> None:
    """Save these fields and count the version up."""
    incident.version += 1
    incident.save(update_fields=[*fields, "version"])


def record(verb: str, incident: Incident, by: Actor, at: datetime, **changes: Any) -> None:
    audit.record(verb, subject=(SUBJECT, incident.pk), by=by, at=at, market=incident.market, changes=changes)


def take_in(incident: Incident, case_ids: Collection[int], by: Actor, now: datetime) -> list[int]:
    """Put cases of the incident's market into it; returns those that are new.

    A case that is in another live incident stays there, and so does one a person took off, unless it is a
    person who adds it.
    """
    wanted = Case.objects.select_for_update(of=("self",)).filter(
        pk__in=case_ids, market=incident.market, merged_into=None
    )
    found = {case.pk for case in wanted.order_by("pk")}
    elsewhere = IncidentCase.objects.filter(case_id__in=found, state="in", incident__state__in=LIVE)
    found -= set(elsewhere.exclude(incident=incident).values_list("case_id", flat=True))
    known = dict(IncidentCase.objects.filter(incident=incident).values_list("case_id", "state"))
    again = [pk for pk in found if known.get(pk) == "out"] if by.kind == "person" else []
    IncidentCase.objects.filter(incident=incident, case_id__in=again).update(
        state="in", added_by=by.label, at=now
    )
    new = sorted(pk for pk in found if pk not in known)
    IncidentCase.objects.bulk_create(
        IncidentCase(incident=incident, case_id=pk, added_by=by.label, at=now) for pk in new
    )
    return sorted([*new, *again])


def check_cases(case_ids: Sequence[int]) -> None:
    if not case_ids:
        raise IncidentRefused("Name at least one case it is about.")
    if len(case_ids) > MOST_CASES:
        raise IncidentRefused(f"An incident takes up to {MOST_CASES:,} cases at once.")
