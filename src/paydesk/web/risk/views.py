"""The queue of risk: escalations with their clocks, enforcement, one opened beside the list; the export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.risk.queries import (
    enforcements,
    escalations,
    missing_of,
    restricted_ones,
)
from paydesk.domain.risk.rules import KINDS, SEVERITIES
from paydesk.foundation.audit.queries import history
from paydesk.foundation.clocks.queries import ClockStanding, earliest_of, standing
from paydesk.foundation.people.queries import markets_of
from paydesk.foundation.people.restricted import named_people, view_of
from paydesk.web.access import actor_of, gate_to_ask, needs
from paydesk.web.addresses import code_in
from paydesk.web.answers import open_in_tab
from paydesk.web.clocks.chips import chips_of
from paydesk.web.contracts.forms import ANY
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.risk.deeds import acts_of
from paydesk.web.risk.shown import SEE, SEVERE, ShownEnforcement, ShownEscalation, thing_or_404
from paydesk.web.tabbed import TabbedFilters
from paydesk.web.trail.words import verb_words
from paydesk.web.workbook import Cell, list_download

EXPORTED_ROWS = 100_000
# Name in the address: what is written on it, states behind it.
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("Escalations", ("raised", "acknowledged")),
    "decided": ("Decided", ("decided",)),
    "in_force": ("In force", ("asked", "active")),
    "ended": ("Ended", ("refused", "lifted", "expired")),
}
OF_ENFORCEMENT = ("in_force", "ended")
HEAD = ("Code", "What", "About", "State", "Market", "Severity or reason", "Since (UTC)", "Until (UTC)",
        "By", "Decided or ended by", "Decision")  # fmt: skip


class RiskFilters(TabbedFilters):
    """Which tab, and of it which market."""

    tabs, first_tab = TABS, "open"
    tab = forms.ChoiceField(
        required=False, choices=[(name, said) for name, (said, _) in TABS.items()], widget=forms.HiddenInput
    )
    market = forms.ChoiceField(required=False)
    severity = forms.ChoiceField(required=False, choices=[ANY, *SEVERITIES.items()])


@dataclass(frozen=True, slots=True)
class Row:
    each: ShownEscalation | ShownEnforcement
    url: str
    clock: ClockStanding | None

    @property
    def is_escalation(self) -> bool:
        return isinstance(self.each, ShownEscalation)


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def risk_list(request: HttpRequest) -> HttpResponse:
    """One tab of the queue, what is due first in front; the one in the address stands open."""
    actor, target = actor_of(request), request.htmx.target  # type: ignore[attr-defined]
    filters = RiskFilters(request, list(markets_of(actor)))
    known: dict[str, Any] = {"tab": filters.at_tab, "filters": filters, "query": filters.address}
    if target != "risk-list":
        known |= opened(request)
    if target == "detail":
        return render(request, "risk/_detail.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    known |= {
        "page": Page.of(rows_of(request, _found(request, filters)[start : start + PAGE_SIZE + 1]), number),
        "tabs": [(name, said) for name, (said, _) in TABS.items()],
        "overseen": [
            (code_in("escalation", each.pk), KINDS[each.kind], SEVERITIES[each.severity].lower(),
             SEVERE.get(each.severity, "idle"), each)
            for each in (restricted_ones(actor) if filters.at_tab == "open" else ())
        ],
        "may_enforce": gate_to_ask(actor, "risk.restrict"),
    }  # fmt: skip
    return render(request, f"risk/{'_list' if target == 'risk-list' else 'list'}.html", known)


def _found(request: HttpRequest, filters: RiskFilters) -> Any:
    actor, wanted = actor_of(request), filters.wanted
    lookups = {"market": wanted["market"]} if wanted.get("market") else {}
    if filters.at_tab in OF_ENFORCEMENT:
        return enforcements(actor).filter(state__in=filters.states, **lookups)
    if wanted.get("severity"):
        lookups["severity"] = wanted["severity"]
    newest_first = filters.at_tab == "decided"
    found = escalations(actor).filter(state__in=filters.states, **lookups)
    return found.order_by("-decided_at", "-id") if newest_first else found.order_by("raised_at", "id")


def rows_of(request: HttpRequest, found: Sequence[Any]) -> Iterator[Row]:
    """Rows with their clocks; one query."""
    rows = [shown(each) for each in found]
    now = timezone.now()
    clocks = earliest_of("escalation", [each.row.pk for each in rows if isinstance(each, ShownEscalation)])
    for each in rows:
        query = request.GET.copy()
        query["open"] = each.code
        clock = clocks.get(each.row.pk) if isinstance(each, ShownEscalation) else None
        yield Row(each, f"{request.path}?{query.urlencode()}", standing(clock, now) if clock else None)


def shown(row: Any) -> ShownEscalation | ShownEnforcement:
    return ShownEscalation(row) if hasattr(row, "raised_at") else ShownEnforcement(row)


def opened(request: HttpRequest) -> dict[str, Any]:
    """What is open beside the list; nothing where nothing is."""
    code = request.GET.get("open", "")
    if not code:
        return {"open_code": ""}
    actor, each = actor_of(request), thing_or_404(actor_of(request), code)
    kind = "escalation" if isinstance(each, ShownEscalation) else "enforcement"
    records = list(history(kind, each.row.pk))
    labels = {record.actor for record in records}
    known: dict[str, Any] = {"open_code": each.code, "each": each, "kind": kind, "acts": acts_of(each, actor)}
    if isinstance(each, ShownEscalation):
        about = (each.row.subject_kind, each.row.subject_id)
        view = view_of(*about)
        labels |= {each.row.raised_by}
        known |= {
            "chips": chips_of(actor, "escalation", each.row.pk, timezone.now()),
            "missing": missing_of(each.row.kind, about, timezone.localdate())
            if each.row.state != "decided"
            else (),
            "named": named_people(view) if view is not None else (),
        }
    else:
        labels |= {each.row.asked_by, each.row.set_by, each.row.ended_by, each.row.appeal_decided_by} - {""}
        if each.row.appeal_case_id:
            known["appeal_case"] = code_in("case", each.row.appeal_case_id)
    names = names_by_label(labels)
    known["names"] = names
    known["by"] = names[each.row.raised_by if isinstance(each, ShownEscalation) else each.row.asked_by]
    known["records"] = [(r.at, names[r.actor], verb_words(r.verb)) for r in records]
    return known


@require_safe
@needs(SEE)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One of them by its code alone: its tab, with it open."""
    each = thing_or_404(actor_of(request), code)
    own = OF_ENFORCEMENT if isinstance(each, ShownEnforcement) else ("open", "decided")
    tab = next((name for name in own if each.row.state in TABS[name][1]), own[0])
    return open_in_tab("risk:list", tab, each.code)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What the filters show as CSV or XLSX; nothing of what was written about a person."""
    actor = actor_of(request)
    filters = RiskFilters(request, list(markets_of(actor)))
    rows = [shown(each) for each in _found(request, filters)[:EXPORTED_ROWS]]
    labels = {name for each in rows for name in _labels(each) if name}
    names = names_by_label(labels)
    name = f"risk-{filters.at_tab}-{timezone.localdate().isoformat()}"
    return list_download(name, kind, HEAD, (cells(each, names) for each in rows))


def _labels(each: ShownEscalation | ShownEnforcement) -> tuple[str, str]:
    if isinstance(each, ShownEscalation):
        return each.row.raised_by, each.row.decided_by
    return each.row.asked_by, each.row.ended_by


def cells(each: ShownEscalation | ShownEnforcement, names: dict[str, str]) -> list[Cell]:
    by, ended_by = _labels(each)
    if isinstance(each, ShownEscalation):
        row = each.row
        middle = (each.about, each.word, row.market, each.severity, utc(row.raised_at), utc(row.decided_at))
        what, decision = KINDS[row.kind], each.decision
    else:
        held = each.row
        middle = (each.party, each.word, held.market, each.reason, utc(held.asked_at), utc(held.expires_at))
        what, decision = f"{each.measure}, {each.scope}", each.appeal
    return [each.code, what, *middle, names.get(by, ""), names.get(ended_by, ""), decision]


def utc(at: Any) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
