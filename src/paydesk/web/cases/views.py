"""The inbox: cases in their views, one opened beside the list, its customer at the side; and as an export."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases.asks import facts_about
from paydesk.domain.cases.categories import ROOT_CAUSES, checks_of, leaves
from paydesk.domain.cases.queries import (
    VIEWS,
    can_be_mailed,
    cases,
    cases_of_customer,
    code,
    commitments_of,
    counts,
    current_tree,
    draft_of,
    links_of,
    messages_of,
    others_about_the_same,
    others_writing,
    tree_of,
    unchecked,
)
from paydesk.domain.cases.rules import MONEY_OUTCOMES, UNDO_SECONDS, may_hear
from paydesk.domain.cases.states import OPEN
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.queries import markets_of, names_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, page_of
from paydesk.web.answers import unchanged
from paydesk.web.cases.deeds import buttons_for
from paydesk.web.cases.filters import CaseFilters
from paydesk.web.cases.links import of_customer, owners_of, shown_links
from paydesk.web.cases.shown import SEE, WORK, case_or_404, rows_of, shown
from paydesk.web.cases.story import story_of
from paydesk.web.clocks.chips import chips_of
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.work import work_of
from paydesk.web.sight import looking
from paydesk.web.workbook import list_download

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case

EXPORTED_ROWS = 100_000
WRITING_WITHIN = timedelta(minutes=2)
HEAD = (
    "Case", "State", "Market", "Channel", "Subject", "Category", "Root cause", "Severity", "Who", "Amount",
    "Currency", "Opened at (UTC)", "First answered at (UTC)", "Resolved at (UTC)", "Money outcome", "Reopens",
)  # fmt: skip


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def inbox(request: HttpRequest) -> HttpResponse:
    """Cases of one view, what is due first in front; the one in the address stands open."""
    actor, now = actor_of(request), timezone.now()
    target = request.htmx.target  # type: ignore[attr-defined]
    filters = CaseFilters(request, list(markets_of(actor)))
    known: dict[str, Any] = {"view": filters.at_view, "filters": filters, "query": filters.address}
    if target != "cases-list":
        known |= opened(request)
    if target == "detail":
        return render(request, "cases/_opened.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(filters.of(cases(actor), actor, now)[start : start + PAGE_SIZE + 1])
    known |= {
        "page": Page.of(rows_of(found, {case.pk: address_of(request, case) for case in found}, now), number),
        "views": [(name, words, counts_of.get(name, 0)) for counts_of in [counts(actor, now)]
                  for name, words in VIEWS.items()],
        "work_gate": gate(actor, WORK),
    }  # fmt: skip
    return render(request, f"cases/{'_list' if target == 'cases-list' else 'inbox'}.html", known)


def address_of(request: HttpRequest, case: Case) -> str:
    query = request.GET.copy()
    query["open"] = code(case)
    return f"{request.path}?{query.urlencode()}"


def opened(request: HttpRequest) -> dict[str, Any]:
    """The case that is open beside the list; nothing where none is."""
    wanted = request.GET.get("open", "")
    return page_of_case(request, case_or_404(actor_of(request), wanted)) if wanted else {"open_code": ""}


def page_of_case(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Everything about one case; the number of queries does not depend on what was said."""
    actor, now = actor_of(request), timezone.now()
    words, today = leaves(current_tree()[1], retired=True), timezone.localdate()
    each = shown(case, words)
    found = links_of(case.pk)
    links = shown_links(found, case, actor, today)
    confirmed = [(link.kind, link.object_id) for link in found if link.state == "confirmed"]
    facts = [
        (fact, may_hear(case.level, fact.level, case.party_role)) for fact in facts_about(confirmed, now)
    ]
    missing = unchecked(case)
    checks = checks_of(tree_of(case.category_version), case.category)
    return {
        "open_code": each.code,
        "each": each,
        "case": case,
        "is_open": case.state in OPEN,
        "chips": chips_of(actor, "case", case.pk, now),
        "work": work_of(actor, subject_of("case", case)),
        "at_query": "",
        "links": links,
        "facts": facts,
        "facts_at": now.isoformat(),
        "entries": story_of(case, messages_of(case), list(history("case", case.pk))),
        "others": [shown(other, words) for other in others_about_the_same(actor, case)],
        "before": [
            shown(other, words)
            for other in (cases_of_customer(actor, case.customer_id)[:6] if case.customer_id else ())
            if other.pk != case.pk
        ],
        "commitments": commitments_of(case.pk),
        "checks": [(check, check not in missing) for check in checks],
        "cause": ROOT_CAUSES.get(case.root_cause, ""),
        "outcome": MONEY_OUTCOMES.get(case.money_outcome, ""),
        "draft": draft_of(case.pk, actor.id),
        "sent_key": uuid4().hex,
        "undo_seconds": UNDO_SECONDS,
        "no_answer": why_no_answer(case),
        "no_mailbox": "@" in case.contact and not can_be_mailed(case.market),
        "buttons": buttons_for(case, actor),
        "work_gate": gate(actor, WORK),
        "owners": owners_of(found, actor) if case.customer_id is None else (),
        "side": of_customer(case, actor, today),
        "into": code_in("case", case.merged_into_id) if case.merged_into_id else "",
        "follows": code_in("case", case.follows_id) if case.follows_id else "",
    }


def why_no_answer(case: Case) -> str:
    """Why nobody can answer in writing now; "" where somebody can."""
    if case.state not in OPEN:
        return f"This case is {case.state}: open it again to answer."
    if not case.contact:
        return "No address of theirs is known: log a call, or add one under Sort."
    if "@" not in case.contact and case.channel != "chat":
        return "They reached us by phone: call them and log the call, or add an e-mail address under Sort."
    return ""


@require_safe
@needs(SEE)
def page(request: HttpRequest, public_code: str) -> HttpResponse:
    """A case by its code alone: the inbox with it open."""
    case = case_or_404(actor_of(request), public_code)
    view = "team" if case.state in OPEN else "done"
    return redirect(f"{reverse('cases:inbox')}?{urlencode({'view': view, 'open': code(case)})}")


@require_safe
@needs(SEE)
def news(request: HttpRequest, public_code: str) -> HttpResponse:
    """Whether the case went on since it was shown, and who else writes; 204 when nothing is new."""
    actor, now = actor_of(request), timezone.now()
    case = case_or_404(actor, public_code)
    writing = others_writing(case.pk, actor.id, now - WRITING_WITHIN)
    version = f"{case.version}-{'.'.join(map(str, sorted(writing)))}"
    if (same := unchanged(request, version)) is not None:
        return same
    names = names_of(set(writing)) if writing else {}
    seen = request.GET.get("v", "").split("-")[0]
    known = {
        "each": shown(case), "case": case, "version": version, "went_on": seen != str(case.version),
        "writing": sorted(names.values()), "url": page_of("case", case.pk),
    }  # fmt: skip
    return render(request, "cases/_news.html", known)


@require_safe
@needs(SEE)
@needs("export")
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The cases that the filters show as CSV or XLSX, names as in a list."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    eyes, now = looking(request), timezone.now()
    filters = CaseFilters(request, list(markets_of(eyes.actor)))
    words = leaves(current_tree()[1], retired=True)
    rows = (
        [
            each.code, each.case.state, each.case.market, each.channel, each.case.subject, each.category,
            each.case.root_cause, each.case.severity, eyes.name(each.who),
            each.amount.amount if each.amount else None, each.case.currency, utc(each.case.opened_at),
            utc(each.case.first_answered_at), utc(each.case.resolved_at), each.case.money_outcome,
            each.case.reopens,
        ]
        for case in filters.of(cases(eyes.actor), eyes.actor, now)[:EXPORTED_ROWS]
        for each in [shown(case, words)]
    )  # fmt: skip
    return list_download(f"cases-{filters.at_view}-{timezone.localdate().isoformat()}", kind, HEAD, rows)


def utc(at: Any) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
