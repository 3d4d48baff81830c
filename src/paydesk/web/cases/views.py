"""The inbox: cases in their views, one opened beside the list, its customer at the side; and as an export."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.desk import RowNow, rows_now
from paydesk.domain.cases.queries import (
    VIEWS,
    cases,
    code,
    counts,
    current_tree,
)
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import unchanged
from paydesk.web.cases.filters import FIRST_VIEW, CaseFilters
from paydesk.web.cases.one_case import opened
from paydesk.web.cases.own_fields import export_cells, export_head, exported
from paydesk.web.cases.shown import SEE, WORK, rows_of, shown
from paydesk.web.exports import exports
from paydesk.web.paging import Page, page_number
from paydesk.web.queues.saved import first_view, saved_tabs
from paydesk.web.queues.whose import Tab
from paydesk.web.routing.presence import here
from paydesk.web.sight import looking
from paydesk.web.workbook import list_download

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from paydesk.domain.cases.models import Case

EXPORTED_ROWS = 100_000
ROWS = 30  # of a page: as many as somebody looks through; each costs every agent who has the list open
PLACE = "cases"  # of its saved views
HEAD = (
    "Case", "State", "Market", "Channel", "Subject", "Category", "Root cause", "Severity", "Who", "Amount",
    "Currency", "Opened at (UTC)", "First answered at (UTC)", "Resolved at (UTC)", "Money outcome", "Reopens",
)  # fmt: skip


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def inbox(request: HttpRequest) -> HttpResponse:
    """Cases of one view, what is due first in front; the one in the address stands open."""
    if not request.GET and (first := first_view(request, saved_tabs(request, PLACE))) is not None:
        return first
    actor = actor_of(request)
    target = request.htmx.target  # type: ignore[attr-defined]
    if target == "detail":
        view = request.GET.get("view", "")
        return render(
            request, "cases/_opened.html", {"view": view if view in VIEWS else FIRST_VIEW} | opened(request)
        )
    filters = CaseFilters(request, list(markets_of(actor)))
    known: dict[str, Any] = {"view": filters.at_view, "filters": filters, "query": filters.address}
    if target != "cases-list":
        known |= opened(request)
    known |= listed(request, filters) | {"work_gate": gate(actor, WORK)}
    return render(request, f"cases/{'_list' if target == 'cases-list' else 'inbox'}.html", known)


@require_safe
@needs(SEE)
def live(request: HttpRequest) -> HttpResponse:
    """The rows of the list as they are now, with the counts of its views; 204 while nothing changed."""
    filters = CaseFilters(request, list(markets_of(actor_of(request))))
    ids, now = page_of_ids(request, filters), timezone.now()
    here(actor_of(request), now)
    if (same := unchanged(request, version_of(ids, rows_now(ids, actor_of(request).id, now)))) is not None:
        return same
    known = {"view": filters.at_view, "filters": filters, "query": filters.address, "is_live": True}
    known |= listed(request, filters) | {"work_gate": gate(actor_of(request), WORK)}
    known["open_code"] = request.GET.get("open", "")
    return render(request, "cases/_rows.html", known)


def page_of_ids(request: HttpRequest, filters: CaseFilters) -> tuple[int, ...]:
    """Ids of the cases of one page, and one more where there is another; one query."""
    actor, start = actor_of(request), (page_number(request) - 1) * ROWS
    found = filters.of(cases(actor), actor, timezone.now())
    return tuple(found.values_list("pk", flat=True)[start : start + ROWS + 1])


def version_of(ids: Sequence[int], rows: Mapping[int, RowNow]) -> str:
    """A short sum of what these rows show that others may change."""
    found = [(each, rows[each]) for each in ids if each in rows]
    told = repr([(each, row.version, row.owner_version, row.here, row.drafts) for each, row in found])
    return sha256(told.encode()).hexdigest()[:16]


def listed(request: HttpRequest, filters: CaseFilters) -> dict[str, Any]:
    """The page of the list and the counts above it; the number of queries does not depend on the rows."""
    actor, now = actor_of(request), timezone.now()
    ids = page_of_ids(request, filters)
    by_id = cases(actor).in_bulk(ids)
    found = [by_id[each] for each in ids if each in by_id]
    urls = addresses_of(request, found)
    own = [
        Tab(words, f"{reverse('cases:inbox')}?view={name}", request.GET.get("kept") is None
            and filters.at_view == name, count)
        for name, words, count in _counted(actor, now)
    ]  # fmt: skip
    return {
        "page": Page.of(rows_of(actor, found, urls, now), page_number(request), size=ROWS),
        "tabs": [*own, *saved_tabs(request, PLACE)],
        "saveable": request.GET.urlencode(),
        "live_query": _without(request, "v"),
        "live_version": version_of(ids, rows_now(ids, actor.id, now)),
    }


def _counted(actor: Actor, now: datetime) -> list[tuple[str, str, int]]:
    counted = counts(actor, now)
    return [(name, words, counted.get(name, 0)) for name, words in VIEWS.items()]


def _without(request: HttpRequest, *names: str) -> str:
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()


def addresses_of(request: HttpRequest, found: Sequence[Case]) -> dict[int, str]:
    """Where each case stands open beside this list."""
    query = _without(request, "v", "open")
    begin = f"{reverse('cases:inbox')}?{query}{'&' if query else ''}open="
    return {case.pk: f"{begin}{code(case)}" for case in found}


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The cases that the filters show as CSV or XLSX, names as in a list."""
    eyes, now = looking(request), timezone.now()
    filters = CaseFilters(request, list(markets_of(eyes.actor)))
    words, own = leaves(current_tree()[1], retired=True), exported()
    rows = (
        [
            each.code, each.case.state, each.case.market, each.channel, each.case.subject, each.category,
            each.case.root_cause, each.case.severity, eyes.name(each.who),
            each.amount.amount if each.amount else None, each.case.currency, utc(each.case.opened_at),
            utc(each.case.first_answered_at), utc(each.case.resolved_at), each.case.money_outcome,
            each.case.reopens, *export_cells(each.case, own, eyes),
        ]
        for case in filters.of(cases(eyes.actor), eyes.actor, now)[:EXPORTED_ROWS]
        for each in [shown(case, words)]
    )  # fmt: skip
    return list_download(
        f"cases-{filters.at_view}-{timezone.localdate().isoformat()}", kind, [*HEAD, *export_head(own)], rows
    )


def utc(at: Any) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
