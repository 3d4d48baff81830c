"""The queue of improvements, most votes first, one opened beside it, the export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.improvements.queries import (
    TABS,
    counts_by_state,
    evidence_of,
    improvements,
    voters_of,
)
from paydesk.domain.improvements.rules import EVIDENCE
from paydesk.domain.improvements.states import LIVE
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.queries import markets_of, names_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, number_in, page_of
from paydesk.web.answers import open_in_tab
from paydesk.web.exports import exports
from paydesk.web.improvements.deeds import buttons_for
from paydesk.web.improvements.shown import (
    PROPOSE,
    SEE,
    effect_now,
    improvement_or_404,
    in_thousand,
    shown,
)
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.work import rows_work, work_of
from paydesk.web.tabbed import TabbedFilters
from paydesk.web.trail.words import verb_words
from paydesk.web.triage.words import category_words
from paydesk.web.workbook import list_download

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paydesk.domain.improvements.models import Evidence, Improvement

EXPORTED_ROWS = 100_000
TAB_OF_STATE = {state: name for name, (_, states) in TABS.items() for state in states}
HEAD = (
    "Improvement", "State", "Market", "Title", "Problem", "Expected", "Root cause", "Category", "Votes",
    "Proposed at (UTC)", "Decision", "Done at (UTC)", "Measured effect",
    "Before, per 1,000", "Since, per 1,000",
)  # fmt: skip


class ImprovementFilters(TabbedFilters):
    """Which tab, and of its improvements which."""

    tabs: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = TABS
    first_tab: ClassVar[str] = "proposed"

    tab = forms.ChoiceField(
        required=False, choices=[(name, words) for name, (words, _) in TABS.items()], widget=forms.HiddenInput
    )
    q = forms.CharField(
        required=False, max_length=100, label="Code, words",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)

    def lookups(self) -> Q:
        wanted, found = self.wanted, Q(state__in=self.states)
        if market := wanted.get("market"):
            found &= Q(market=market)
        text = str(wanted.get("q", "")).strip()
        if (number := number_in("improvement", text)) is not None:
            return found & Q(pk=number)
        for word in text.split()[:6]:
            found &= Q(title__icontains=word) | Q(problem__icontains=word)
        return found


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def improvement_list(request: HttpRequest) -> HttpResponse:
    """Improvements of one tab; the one in the address stands open."""
    actor, target = actor_of(request), request.htmx.target  # type: ignore[attr-defined]
    filters = ImprovementFilters(request, list(markets_of(actor)))
    known: dict[str, Any] = {
        "part": "improvements", "tab": filters.at_tab, "filters": filters, "query": filters.address,
    }  # fmt: skip
    if target != "improvements-list":
        wanted = request.GET.get("open", "")
        known |= page_of_improvement(request, wanted) if wanted else {"open_code": ""}
    if target == "detail":
        return render(request, "improvements/_detail.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(improvements(actor).filter(filters.lookups())[start : start + PAGE_SIZE + 1])
    counts, today = counts_by_state(actor), timezone.localdate()
    work = rows_work("improvement", [(each.pk, each.proposed_at.date()) for each in found], today)
    known |= {
        "page": Page.of([(shown(each), _address(request, each), work[each.pk]) for each in found], number),
        "tabs": [
            (name, words, 0 if name == "over" else sum(counts.get(state, 0) for state in states))
            for name, (words, states) in TABS.items()
        ],
        "may_propose": gate(actor, PROPOSE),
    }
    template = "_list.html" if target == "improvements-list" else "list.html"
    return render(request, f"improvements/{template}", known)


def _address(request: HttpRequest, improvement: Improvement) -> str:
    query = request.GET.copy()
    query["open"] = shown(improvement).code
    return f"{request.path}?{query.urlencode()}"


def page_of_improvement(request: HttpRequest, wanted: str) -> dict[str, Any]:
    """Everything about one improvement."""
    actor, now = actor_of(request), timezone.now()
    found = improvement_or_404(actor, wanted)
    records = list(history("improvement", found.pk))
    labels = {record.actor for record in records} | {found.proposed_by, found.decided_by}
    names = names_by_label({label for label in labels if label})
    each, voters = shown(found), voters_of(found)
    before, since = effect_now(actor, found, now) if found.state == "done" else (None, None)
    return {
        "open_code": each.code,
        "each": each,
        "improvement": found,
        "is_live": found.state in LIVE,
        "work": work_of(actor, subject_of("improvement", found)) if found.state in LIVE else None,
        "at_query": "",
        "may_propose": gate(actor, PROPOSE),
        "buttons": buttons_for(found, actor),
        "evidence": [_evidence(one) for one in evidence_of(found)],
        "voters": sorted(names_of(set(voters)).values()) if voters else [],
        "proposed_by": names.get(found.proposed_by, ""),
        "decided_by": names.get(found.decided_by, ""),
        "category": category_words().get(found.category, "") if found.category else "",
        "now_effect": None if before is None or since is None else (in_thousand(before), in_thousand(since)),
        "events": [
            {"at": record.at, "title": verb_words(record.verb), "by": names[record.actor], "family": "idle"}
            for record in records
        ],
    }


def _evidence(one: Evidence) -> tuple[str, str, str]:
    """(what, words, address)."""
    if one.kind == "root_cause":
        return EVIDENCE[one.kind], ROOT_CAUSES.get(one.key, one.key), _cause_url(one.key)
    return EVIDENCE[one.kind], code_in(one.kind, int(one.key)), page_of(one.kind, int(one.key))


def _cause_url(cause: str) -> str:
    return f"{reverse('causes:rows')}?{urlencode({'cause': cause})}"


@require_safe
@needs(SEE)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """An improvement by its code alone: its tab, with it open."""
    found = improvement_or_404(actor_of(request), code)
    return open_in_tab("improvements:list", TAB_OF_STATE[found.state], shown(found).code)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The improvements that the filters show."""
    actor = actor_of(request)
    filters = ImprovementFilters(request, list(markets_of(actor)))
    words = category_words()
    rows = (
        [
            each.code, one.state, one.market, one.title, one.problem, one.expected, each.cause,
            words.get(one.category, ""), each.votes, f"{one.proposed_at:%Y-%m-%d %H:%M:%S}", one.decision,
            f"{one.done_at:%Y-%m-%d %H:%M:%S}" if one.done_at else None, one.measured,
            *(each.effect or (None, None)),
        ]
        for one in improvements(actor).filter(filters.lookups())[:EXPORTED_ROWS]
        for each in [shown(one)]
    )  # fmt: skip
    name = f"improvements-{filters.at_tab}-{timezone.localdate().isoformat()}"
    return list_download(name, kind, HEAD, rows)
