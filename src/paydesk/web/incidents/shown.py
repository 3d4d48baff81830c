"""An incident as lists and pages show it. States and colours come from the domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.incidents.queries import SUBJECT, affected, code, incident_for
from paydesk.domain.incidents.rules import FOUND_BY
from paydesk.domain.incidents.states import INCIDENT
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.addresses import number_in
from paydesk.web.queues.work import RowWork, rows_work

if TYPE_CHECKING:
    from paydesk.domain.incidents.models import Incident

SEE, WORK, ADOPT, TELL = "incidents.work:view", "incidents.work", "incidents.adopt", "incidents.broadcast"


@dataclass(frozen=True, slots=True)
class ShownIncident:
    """One incident with its cases counted and the money affected, per currency."""

    incident: Incident
    code: str
    amounts: Sequence[Money]

    @property
    def family(self) -> str:
        return INCIDENT.family(self.incident.state)

    @property
    def word(self) -> str:
        return self.incident.state

    @property
    def found_by(self) -> str:
        return f"found {FOUND_BY[self.incident.found_by]}"

    @property
    def cause(self) -> str:
        return ROOT_CAUSES.get(self.incident.root_cause, "")

    @property
    def cases(self) -> int:
        return int(getattr(self.incident, "cases", 0))


def shown(incident: Incident, amounts: Sequence[Money] = ()) -> ShownIncident:
    return ShownIncident(incident, code(incident), amounts)


def incident_or_404(actor: Actor, public_code: str) -> Incident:
    number = number_in("incident", public_code)
    try:
        return incident_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such incident in your markets.") from None


@dataclass(frozen=True, slots=True)
class Row:
    """One incident in the queue, with whose it is."""

    each: ShownIncident
    url: str
    work: RowWork


def rows_of(found: Sequence[Incident], urls: Mapping[int, str], today: date) -> Iterable[Row]:
    """Rows with their money and owners; two queries."""
    money = affected([each.pk for each in found])
    work = rows_work(SUBJECT, [(each.pk, each.proposed_at.date()) for each in found], today)
    for incident in found:
        yield Row(shown(incident, money.get(incident.pk, ())), urls[incident.pk], work[incident.pk])
