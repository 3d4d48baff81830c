"""The queue of reversal requests with their clocks, one opened beside it, the proof, the export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.reversal_requests.queries import bought_with, counts_by_state, reversal_requests
from paydesk.domain.reversal_requests.states import REVERSAL_REQUEST
from paydesk.foundation.approvals.queries import approvals_of
from paydesk.foundation.audit.queries import history
from paydesk.foundation.clocks.queries import ClockStanding, earliest_of, standing
from paydesk.foundation.people.queries import markets_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import document_of, open_in_tab
from paydesk.web.approvals.story import events_of
from paydesk.web.approvals.words import words_of
from paydesk.web.clocks.chips import chips_of
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.work import RowWork, rows_work, work_of
from paydesk.web.refunds.detail import Act, Event
from paydesk.web.reversal_requests.deeds import DEEDS, why_not
from paydesk.web.reversal_requests.filters import TAB_OF_STATE, TABS, RequestFilters
from paydesk.web.reversal_requests.shown import ANSWER, SEE, ShownRequest, request_or_404, shown
from paydesk.web.sight import Looking, looking
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from paydesk.domain.reversal_requests.models import ReversalRequest
    from paydesk.foundation.approvals.models import Approval

EXPORTED_ROWS = 100_000
HEAD = (
    "Request", "State", "Market", "Provider", "Case", "Amount", "Currency", "Held", "Payment", "Payer",
    "Reason", "Asked at (UTC)", "Recorded by", "Recorded at (UTC)", "Our answer", "Answered by",
    "Answered at (UTC)", "Outcome", "Ended at (UTC)",
)  # fmt: skip
FAMILIES = {
    "reversal_request.recorded": "held", "reversal_request.acceptance_asked": "held",
    "reversal_request.contest_asked": "held", "reversal_request.accepted": "moving",
    "reversal_request.contested": "moving", "reversal_request.reversed": "settled",
    "reversal_request.released": "idle",
}  # fmt: skip
NEXT_STEPS = {
    "requested": "Nothing of it is with us any more: contest it, with the proof of where it went.",
    "locked": "Somebody of us answers: accept it, or contest it with the proof of value.",
    "accepted": "The provider takes the money with a row of its own. Until then it stays held.",
    "contested": "Send the proof to the provider. What it decides ends this.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One request in the list, with its clock and whose it is."""

    each: ShownRequest
    url: str
    clock: ClockStanding | None
    work: RowWork


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def request_list(request: HttpRequest) -> HttpResponse:
    """Requests in the states of one tab; the longest waiting first, what is over newest first."""
    actor, target = actor_of(request), request.htmx.target  # type: ignore[attr-defined]
    filters = RequestFilters(request, list(markets_of(actor)))
    known: dict[str, Any] = {"tab": filters.at_tab, "filters": filters, "query": filters.address}
    if target != "requests-list":
        known |= opened(request)
    if target == "detail":
        return render(request, "reversal_requests/_detail.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(found_by(filters, looking(request))[start : start + PAGE_SIZE + 1])
    counts = counts_by_state(actor)
    known |= {
        "page": Page.of(rows_of(request, found), number),
        "tabs": [
            (name, words, 0 if name == "done" else sum(counts.get(state, 0) for state in states))
            for name, (words, states) in TABS.items()
        ],
        "answer": gate(actor, ANSWER),
    }
    template = "_list.html" if target == "requests-list" else "list.html"
    return render(request, f"reversal_requests/{template}", known)


def found_by(filters: RequestFilters, eyes: Looking) -> Any:
    found = reversal_requests(eyes.actor, states=filters.states).filter(filters.lookups(eyes))
    return found.order_by("-requested_at", "-id") if filters.at_tab == "done" else found


def rows_of(request: HttpRequest, found: Sequence[ReversalRequest]) -> Iterable[Row]:
    """Rows with their clocks and whose they are; two queries."""
    now, clocks = timezone.now(), earliest_of("reversal_request", [each.pk for each in found])
    work = rows_work(
        "reversal_request", [(asked.pk, asked.requested_at.date()) for asked in found], timezone.localdate()
    )
    for asked in found:
        each, query = shown(asked), request.GET.copy()
        query["open"] = each.code
        clock = clocks.get(asked.pk)
        yield Row(
            each,
            f"{request.path}?{query.urlencode()}",
            standing(clock, now) if clock else None,
            work[asked.pk] if asked.state in NEXT_STEPS else RowWork(),
        )


def opened(request: HttpRequest) -> dict[str, Any]:
    """The request that is open beside the list, nothing where none is."""
    code = request.GET.get("open", "")
    if not code:
        return {"open_code": ""}
    return story_of(request, request_or_404(actor_of(request), code))


def story_of(request: HttpRequest, asked: ReversalRequest) -> dict[str, Any]:
    """Everything about one request; the number of queries does not depend on it."""
    actor, now = actor_of(request), timezone.now()
    each = shown(asked)
    approvals = list(approvals_of("reversal_request", asked.pk))
    waiting = [approval for approval in approvals if approval.state == "pending"]
    records = list(history("reversal_request", asked.pk))
    labels = {record.actor for record in records} | {asked.recorded_by}
    labels |= {label for a in approvals for label in (a.asked_by, a.decided_by) if label}
    names = names_by_label(labels)
    blocked = gate(actor, ANSWER).reason or (
        "It waits for a second person: take the request back, or have it rejected." if waiting else ""
    )
    return {
        "open_code": each.code,
        "each": each,
        "asked": asked,
        "chips": chips_of(actor, "reversal_request", asked.pk, now),
        "work": work_of(actor, subject_of("reversal_request", asked)) if asked.state in NEXT_STEPS else None,
        "at_query": "",
        "waiting": [(words_of(a.kind).one, names[a.asked_by], a, page_of("approval", a.pk)) for a in waiting],
        "acts": [
            Act(
                f"{deed.label}…", reverse("reversal_requests:act", args=[each.code, deed.name]), deed.key,
                blocked, deed.primary,
            )
            for deed in DEEDS.values()
            if not why_not(deed, asked.state, each.word)
        ],
        "bought": bought_with(asked.payment, asked.recorded_at),
        "events": list(events(asked, records, approvals, names)),
        "recorded_by": names[asked.recorded_by],
        "may_open": gate(actor, "documents:view"),
        "proof_id": asked.proof_id,
    }  # fmt: skip


def events(
    asked: ReversalRequest, records: Sequence[Any], approvals: Sequence[Approval], names: Mapping[str, str]
) -> Iterator[Event]:
    """The steps as the trail has them, with the words people left; what comes next stands last."""
    words = {
        "reversal_request.recorded": asked.note,
        "reversal_request.released": asked.outcome_note,
    }
    then = None
    if asked.state in NEXT_STEPS:
        then = Event(None, REVERSAL_REQUEST.family(asked.state), "Next", NEXT_STEPS[asked.state], waits=True)
    return events_of(records, approvals, names, families=FAMILIES, words=words, then=then)


@require_safe
@needs(SEE)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """A request by its code alone: its tab, with it open."""
    asked = request_or_404(actor_of(request), code)
    return open_in_tab("reversal_requests:list", TAB_OF_STATE[asked.state], shown(asked).code)


@require_safe
@needs(SEE)
@needs("documents:view")
def proof(request: HttpRequest, code: str) -> HttpResponseBase:
    """The proof of value: as it goes out, or as it waits for the second person."""
    asked = request_or_404(actor_of(request), code)
    waiting = [
        each.payload.get("proof_id")
        for each in approvals_of("reversal_request", asked.pk)
        if each.state == "pending"
    ]
    return _document(asked.proof_id or next((number for number in waiting if number), None))


@require_safe
@needs(SEE)
@needs("documents:view")
def evidence(request: HttpRequest, code: str) -> HttpResponseBase:
    """The provider's message, as it was stored."""
    return _document(request_or_404(actor_of(request), code).evidence_id)


def _document(number: int | None) -> HttpResponseBase:
    if number is None:
        raise Http404("There is no such document.")
    return document_of(number)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The requests that the filters show as CSV or XLSX, names as in a list."""
    eyes = looking(request)
    filters = RequestFilters(request, list(markets_of(eyes.actor)))
    found = list(found_by(filters, eyes)[:EXPORTED_ROWS])
    names = names_by_label(
        {label for each in found for label in (each.recorded_by, each.answered_by) if label}
    )
    rows = (cells(shown(each), eyes, names) for each in found)
    name = f"reversal-requests-{filters.at_tab}-{timezone.localdate().isoformat()}"
    return list_download(name, kind, HEAD, rows)


def cells(each: ShownRequest, eyes: Looking, names: Mapping[str, str]) -> list[Cell]:
    asked = each.request
    answer = "agreed" if asked.answered_at and not asked.contest_reason else each.contest
    return [
        each.code, each.word, asked.market, each.provider, asked.case_number, each.amount.amount,
        asked.currency, "yes" if asked.held_minor else "no", each.payment_code, eyes.name(each.payer),
        each.reason, utc(asked.requested_at), names[asked.recorded_by], utc(asked.recorded_at), answer,
        names.get(asked.answered_by, ""), utc(asked.answered_at), asked.outcome_note, utc(asked.finished_at),
    ]  # fmt: skip


def utc(at: Any) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
