"""The queue of disputes with their clocks, one opened beside it, its pack, the export."""

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

from paydesk.domain.disputes.queries import counts_by_state, disputes, rows_of
from paydesk.domain.disputes.states import DISPUTE
from paydesk.foundation.approvals.queries import approvals_of
from paydesk.foundation.audit.queries import history
from paydesk.foundation.clocks.queries import ClockStanding, earliest_of, standing
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.money import Money
from paydesk.reporting.routes.queries import trace_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import document_of, open_in_tab
from paydesk.web.approvals.story import events_of
from paydesk.web.approvals.words import words_of
from paydesk.web.clocks.chips import chips_of
from paydesk.web.disputes.deeds import DEEDS, why_not
from paydesk.web.disputes.filters import TAB_OF_STATE, TABS, DisputeFilters
from paydesk.web.disputes.gathering import lines_of
from paydesk.web.disputes.shown import ANSWER, SEE, ShownDispute, dispute_or_404, shown
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.work import RowWork, rows_work, work_of
from paydesk.web.refunds.detail import Act, Event
from paydesk.web.sight import Looking, looking
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from paydesk.domain.disputes.models import Dispute
    from paydesk.foundation.approvals.models import Approval

EXPORTED_ROWS = 100_000
HEAD = (
    "Dispute", "State", "Market", "Provider", "Reference", "Scheme", "Reason", "Amount", "Currency",
    "Payment", "Payer", "Notice of", "Answer by", "Opened by", "Opened at (UTC)", "Answered by",
    "Answered at (UTC)", "Debited", "Credited", "Lost", "Fee", "Ended at (UTC)",
)  # fmt: skip
FAMILIES = {
    "dispute.opened": "held", "dispute.notice_taken": "held", "dispute.evidence_given": "moving",
    "dispute.challenge_asked": "held", "dispute.acceptance_asked": "held", "dispute.challenged": "moving",
    "dispute.accepted": "moving", "dispute.passed_on": "moving", "dispute.decided": "settled",
    "dispute.went_on": "held", "dispute.expired": "failed", "dispute.debited": "returned",
    "dispute.credited": "settled", "dispute.fee": "idle", "dispute.row_undone": "idle",
}  # fmt: skip
NEXT_STEPS = {
    "inquiry": "The issuer asks. Its notice starts the clock if it becomes a chargeback.",
    "opened": "The provider took the money. Take the notice of the scheme: the clock starts with it.",
    "evidence_due": "Gather the evidence, then challenge; or accept it.",
    "pre_arbitration": "It came back. Gather the evidence anew, then challenge; or accept it.",
    "accepted": "The provider takes the money with a row of its own.",
    "challenged": "Send the pack to the provider. The scheme decides.",
    "under_review": "The issuer reads our evidence. What the provider says ends this.",
    "arbitration": "The scheme decides, for good.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One dispute in the list, with its clock and whose it is."""

    each: ShownDispute
    url: str
    clock: ClockStanding | None
    work: RowWork


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def dispute_list(request: HttpRequest) -> HttpResponse:
    """Disputes in the states of one tab; the earliest last day first, what is decided newest first."""
    actor, target = actor_of(request), request.htmx.target  # type: ignore[attr-defined]
    filters = DisputeFilters(request, list(markets_of(actor)))
    known: dict[str, Any] = {"tab": filters.at_tab, "filters": filters, "query": filters.address}
    if target != "disputes-list":
        known |= opened(request)
    if target == "detail":
        return render(request, "disputes/_detail.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(found_by(filters, looking(request))[start : start + PAGE_SIZE + 1])
    counts = counts_by_state(actor)
    known |= {
        "page": Page.of(rows_shown(request, found), number),
        "tabs": [
            (name, words, 0 if name == "done" else sum(counts.get(state, 0) for state in states))
            for name, (words, states) in TABS.items()
        ],
        "answer": gate(actor, ANSWER),
    }
    template = "_list.html" if target == "disputes-list" else "list.html"
    return render(request, f"disputes/{template}", known)


def found_by(filters: DisputeFilters, eyes: Looking) -> Any:
    found = disputes(eyes.actor, states=filters.states).filter(filters.lookups(eyes))
    return found.order_by("-opened_at", "-id") if filters.at_tab == "done" else found


def rows_shown(request: HttpRequest, found: Sequence[Dispute]) -> Iterable[Row]:
    """Rows with their clocks and whose they are; two queries."""
    now, clocks = timezone.now(), earliest_of("dispute", [each.pk for each in found])
    since = [(each.pk, each.opened_at.date()) for each in found]
    work = rows_work("dispute", since, timezone.localdate())
    for dispute in found:
        each, query = shown(dispute), request.GET.copy()
        query["open"] = each.code
        clock = clocks.get(dispute.pk)
        yield Row(
            each,
            f"{request.path}?{query.urlencode()}",
            standing(clock, now) if clock else None,
            work[dispute.pk] if dispute.state in NEXT_STEPS else RowWork(),
        )


def opened(request: HttpRequest) -> dict[str, Any]:
    """The dispute that is open beside the list, nothing where none is."""
    code = request.GET.get("open", "")
    if not code:
        return {"open_code": ""}
    return story_of(request, dispute_or_404(actor_of(request), code))


def story_of(request: HttpRequest, dispute: Dispute) -> dict[str, Any]:
    """Everything about one dispute: trace, evidence, rows, trail."""
    actor, now = actor_of(request), timezone.now()
    each = shown(dispute)
    approvals = list(approvals_of("dispute", dispute.pk))
    waiting = [approval for approval in approvals if approval.state == "pending"]
    records = list(history("dispute", dispute.pk))
    labels = {record.actor for record in records} | {dispute.opened_by}
    labels |= {label for a in approvals for label in (a.asked_by, a.decided_by) if label}
    names = names_by_label(labels)
    blocked = gate(actor, ANSWER).reason or (
        "It waits for a second person: take the request back, or have it rejected." if waiting else ""
    )
    return {
        "open_code": each.code,
        "each": each,
        "dispute": dispute,
        "chips": chips_of(actor, "dispute", dispute.pk, now),
        "work": work_of(actor, subject_of("dispute", dispute)) if dispute.state in NEXT_STEPS else None,
        "at_query": "",
        "waiting": [(words_of(a.kind).one, names[a.asked_by], a, page_of("approval", a.pk)) for a in waiting],
        "acts": [
            Act(
                f"{deed.label}…", reverse("disputes:act", args=[each.code, deed.name]), deed.key, blocked,
                deed.primary,
            )
            for deed in DEEDS.values()
            if not why_not(deed, dispute)
        ],
        "lines": lines_of(dispute),
        "blocked": blocked,
        "add_url": reverse("disputes:give", args=[each.code, "something_else"]),
        "rows": [(row, Money(-row.amount_minor, row.currency)) for row in rows_of(dispute)],
        "trace": trace_of(dispute.payment, now),
        "events": list(events(dispute, records, approvals, names)),
        "opened_by": names[dispute.opened_by],
        "may_open": gate(actor, "documents:view"),
        "pack_id": dispute.pack_id,
    }  # fmt: skip


def events(
    dispute: Dispute, records: Sequence[Any], approvals: Sequence[Approval], names: Mapping[str, str]
) -> Iterator[Event]:
    """The steps as the trail has them, with the words people left; what comes next stands last."""
    words = {"dispute.opened": dispute.note, "dispute.decided": dispute.outcome_note}
    then = None
    if dispute.state in NEXT_STEPS:
        then = Event(None, DISPUTE.family(dispute.state), "Next", NEXT_STEPS[dispute.state], waits=True)
    return events_of(records, approvals, names, families=FAMILIES, words=words, then=then)


@require_safe
@needs(SEE)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """A dispute by its code alone: its tab, with it open."""
    dispute = dispute_or_404(actor_of(request), code)
    return open_in_tab("disputes:list", TAB_OF_STATE[dispute.state], shown(dispute).code)


@require_safe
@needs(SEE)
@needs("documents:view")
def pack(request: HttpRequest, code: str) -> HttpResponseBase:
    """The pack: as it went out, or as it waits for the second person."""
    dispute = dispute_or_404(actor_of(request), code)
    waiting = [
        each.payload.get("pack_id") for each in approvals_of("dispute", dispute.pk) if each.state == "pending"
    ]
    return _document(dispute.pack_id or next((number for number in waiting if number), None))


@require_safe
@needs(SEE)
@needs("documents:view")
def decision(request: HttpRequest, code: str) -> HttpResponseBase:
    """What the provider said in the end, as it was stored."""
    return _document(dispute_or_404(actor_of(request), code).outcome_document_id)


def _document(number: int | None) -> HttpResponseBase:
    if number is None:
        raise Http404("There is no such document.")
    return document_of(number)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The disputes that the filters show as CSV or XLSX, names as in a list."""
    eyes = looking(request)
    filters = DisputeFilters(request, list(markets_of(eyes.actor)))
    found = list(found_by(filters, eyes)[:EXPORTED_ROWS])
    names = names_by_label({label for each in found for label in (each.opened_by, each.answered_by) if label})
    rows = (cells(shown(each), eyes, names) for each in found)
    name = f"disputes-{filters.at_tab}-{timezone.localdate().isoformat()}"
    return list_download(name, kind, HEAD, rows)


def cells(each: ShownDispute, eyes: Looking, names: Mapping[str, str]) -> list[Cell]:
    dispute = each.dispute
    moved = [
        Money(minor, dispute.currency).amount
        for minor in (dispute.debited_minor, dispute.credited_minor, dispute.lost_minor, dispute.fee_minor)
    ]
    return [
        each.code, each.word, dispute.market, each.provider, dispute.provider_ref, each.scheme, each.reason,
        each.amount.amount, dispute.currency, each.payment_code, eyes.name(each.payer),
        _day(dispute.notice_on), _day(dispute.answer_by), names[dispute.opened_by], utc(dispute.opened_at),
        names.get(dispute.answered_by, ""), utc(dispute.answered_at), *moved, utc(dispute.finished_at),
    ]  # fmt: skip


def _day(day: Any) -> str:
    return day.isoformat() if day else ""


def utc(at: Any) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
