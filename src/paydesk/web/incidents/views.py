"""The queue of incidents, one opened beside it with its cases and money, the exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases.states import OPEN
from paydesk.domain.incidents.queries import (
    TABS,
    affected,
    broadcasts_of,
    counts_by_state,
    incidents,
    members_of,
)
from paydesk.domain.incidents.states import BROADCAST
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.queries import markets_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import open_in_tab
from paydesk.web.cases.shown import shown as shown_case
from paydesk.web.exports import exports
from paydesk.web.incidents.deeds import buttons_for
from paydesk.web.incidents.filters import TAB_OF_STATE, IncidentFilters
from paydesk.web.incidents.shown import SEE, TELL, WORK, incident_or_404, rows_of, shown
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.work import work_of
from paydesk.web.sight import looking
from paydesk.web.trail.words import verb_words
from paydesk.web.triage.words import category_words
from paydesk.web.workbook import list_download

if TYPE_CHECKING:
    from paydesk.domain.incidents.models import Incident

EXPORTED_ROWS, CASES_SHOWN = 100_000, 200
HEAD = (
    "Incident", "State", "Market", "Title", "Found", "Why", "Cases", "Currency", "Amount affected",
    "Root cause", "Proposed at (UTC)", "Adopted at (UTC)", "Ended at (UTC)", "What came of it",
)  # fmt: skip
CASE_HEAD = (
    "Incident", "Case", "State", "Category", "Root cause", "Subject", "Who", "Amount", "Currency",
    "Opened at (UTC)",
)  # fmt: skip


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def incident_list(request: HttpRequest) -> HttpResponse:
    """Incidents of one tab, the newest first; the one in the address stands open."""
    actor, target = actor_of(request), request.htmx.target  # type: ignore[attr-defined]
    filters = IncidentFilters(request, list(markets_of(actor)))
    known: dict[str, Any] = {
        "part": "incidents",
        "tab": filters.at_tab,
        "filters": filters,
        "query": filters.address,
    }
    if target != "incidents-list":
        known |= opened(request)
    if target == "detail":
        return render(request, "incidents/_detail.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(incidents(actor).filter(filters.lookups())[start : start + PAGE_SIZE + 1])
    counts = counts_by_state(actor)
    known |= {
        "page": Page.of(
            rows_of(found, {each.pk: address_of(request, each) for each in found}, timezone.localdate()),
            number,
        ),
        "tabs": [
            (name, words, 0 if name == "done" else sum(counts.get(state, 0) for state in states))
            for name, (words, states) in TABS.items()
        ],
        "may_work": gate(actor, WORK),
    }
    template = "_list.html" if target == "incidents-list" else "list.html"
    return render(request, f"incidents/{template}", known)


def address_of(request: HttpRequest, incident: Incident) -> str:
    query = request.GET.copy()
    query["open"] = shown(incident).code
    return f"{request.path}?{query.urlencode()}"


def opened(request: HttpRequest) -> dict[str, Any]:
    """The incident that is open beside the list; nothing where none is."""
    wanted = request.GET.get("open", "")
    return page_of_incident(request, wanted) if wanted else {"open_code": ""}


def page_of_incident(request: HttpRequest, wanted: str) -> dict[str, Any]:
    """Everything about one incident; the number of queries does not depend on its cases."""
    actor = actor_of(request)
    incident = incident_or_404(actor, wanted)
    members = members_of(incident, actor)
    words = category_words()
    cases = [shown_case(case, words) for case in members[:CASES_SHOWN]]
    records = list(history("incident", incident.pk))
    broadcasts = broadcasts_of(incident)
    labels = {record.actor for record in records} | {incident.proposed_by, incident.adopted_by}
    names = names_by_label({label for label in labels | {b.made_by for b in broadcasts} if label})
    each = shown(incident, affected([incident.pk]).get(incident.pk, ()))
    return {
        "open_code": each.code,
        "each": each,
        "incident": incident,
        "is_live": incident.state in ("proposed", "open"),
        "work": work_of(actor, subject_of("incident", incident)) if not incident.ended_at else None,
        "at_query": "",
        "buttons": buttons_for(incident, actor),
        "may_tell": gate(actor, TELL),
        "may_work": gate(actor, WORK),
        "cases": cases,
        "more_cases": max(each.cases - len(cases), 0),
        "to_end": sum(one.case.state in OPEN for one in cases),
        "broadcasts": [(one, BROADCAST.family(one.state), names[one.made_by]) for one in broadcasts],
        "category": words.get(incident.category, ""),
        "proposed_by": names.get(incident.proposed_by, ""),
        "events": [
            {"at": record.at, "title": verb_words(record.verb), "by": names[record.actor], "family": "idle"}
            for record in records
            if record.verb not in ("incident.case_told", "incident.case_not_told")
        ],
    }


@require_safe
@needs(SEE)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """An incident by its code alone: its tab, with it open."""
    incident = incident_or_404(actor_of(request), code)
    return open_in_tab("incidents:list", TAB_OF_STATE[incident.state], shown(incident).code)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The incidents that the filters show, a row for each currency of the money affected."""
    actor = actor_of(request)
    filters = IncidentFilters(request, list(markets_of(actor)))
    found = list(incidents(actor).filter(filters.lookups())[:EXPORTED_ROWS])
    money = affected([incident.pk for incident in found])
    rows = (
        [
            each.code, incident.state, incident.market, incident.title, incident.found_by, incident.why,
            each.cases, amount.currency if amount else "", amount.amount if amount else None, each.cause,
            utc(incident.proposed_at), utc(incident.adopted_at), utc(incident.ended_at), incident.reason,
        ]
        for incident in found
        for each in [shown(incident)]
        for amount in money.get(incident.pk) or [None]
    )  # fmt: skip
    return list_download(f"incidents-{filters.at_tab}-{timezone.localdate().isoformat()}", kind, HEAD, rows)


@exports(SEE)
def export_cases(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The cases of one incident."""
    eyes = looking(request)
    incident = incident_or_404(eyes.actor, code)
    words = category_words()
    rows = (
        [
            shown(incident).code, each.code, case.state, each.category, case.root_cause, case.subject,
            eyes.name(each.who), each.amount.amount if each.amount else None, case.currency,
            utc(case.opened_at),
        ]
        for case in members_of(incident, eyes.actor)[:EXPORTED_ROWS]
        for each in [shown_case(case, words)]
    )  # fmt: skip
    return list_download(f"cases-of-{shown(incident).code}", kind, CASE_HEAD, rows)


def utc(at: Any) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
