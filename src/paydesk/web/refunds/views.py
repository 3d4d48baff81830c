"""The queue of refunds by state, one opened beside it with its whole story, and its export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.refunds.queries import refunds
from paydesk.foundation.clocks.queries import ClockStanding, earliest_of, standing
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import open_in_tab
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.work import RowWork, rows_work
from paydesk.web.refunds.detail import NEXT_STEPS, story_of
from paydesk.web.refunds.filters import TAB_OF_STATE, RefundFilters, tabs_for
from paydesk.web.refunds.shown import RIGHT, ShownRefund, file_shown, refund_or_404, shown
from paydesk.web.sight import Looking, looking
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from paydesk.domain.refunds.models import Refund

EXPORTED_ROWS = 100_000
MOST_TOGETHER = 500
NEWEST_FIRST = ("moving", "done")
HEAD = (
    "Refund", "State", "Market", "Amount", "Currency", "Reason", "Payment", "Payee", "Account", "Paid by",
    "Look at it because", "Asked by", "Asked at (UTC)", "Approved by", "Approved at (UTC)", "Payout file",
    "Sent at (UTC)", "Provider reference", "What went wrong", "Ended at (UTC)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One refund in the list, with its clock and whose it is."""

    each: ShownRefund
    url: str
    clock: ClockStanding | None
    work: RowWork


@dataclass(frozen=True, slots=True)
class Basket:
    """Approved refunds that can go out together: one market, currency and way to pay."""

    market: str
    rail: str
    count: int
    total: Money
    query: str


@require_safe
@needs(RIGHT)
@vary_on_headers("HX-Request", "HX-Target")
def refund_list(request: HttpRequest) -> HttpResponse:
    """Refunds in the states of one tab; the longest waiting first, what is over newest first."""
    actor, target = actor_of(request), request.htmx.target  # type: ignore[attr-defined]
    filters = RefundFilters(request, list(markets_of(actor)))
    known: dict[str, Any] = {"filters": filters, "query": filters.address, "tab": filters.at_tab}
    if target != "refunds-list":
        known |= opened(request)
    if target == "detail":
        return render(request, "refunds/_detail.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(found_by(filters, looking(request))[start : start + PAGE_SIZE + 1])
    known |= {
        "page": Page.of(rows_of(request, found), number),
        "baskets": baskets(filters, looking(request)) if filters.at_tab == "approved" else [],
        "release": gate(actor, "payouts.release"),
        "tabs": tabs_for(actor),
    }
    return render(request, "refunds/_list.html" if target == "refunds-list" else "refunds/list.html", known)


def found_by(filters: RefundFilters, eyes: Looking) -> QuerySet[Refund]:
    found = refunds(eyes.actor, states=filters.states).filter(filters.lookups(eyes))
    return found.order_by("-requested_at", "-id") if filters.at_tab in NEWEST_FIRST else found


def rows_of(request: HttpRequest, found: Sequence[Refund]) -> Iterable[Row]:
    """Rows with their clocks and whose they are; two queries."""
    now, clocks = timezone.now(), earliest_of("refund", [refund.pk for refund in found])
    work = rows_work("refund", [(each.pk, each.requested_at.date()) for each in found], timezone.localdate())
    for refund in found:
        each, query = shown(refund), request.GET.copy()
        query["open"] = each.code
        clock = clocks.get(refund.pk)
        yield Row(
            each,
            f"{request.path}?{query.urlencode()}",
            standing(clock, now) if clock else None,
            work[refund.pk] if refund.state in NEXT_STEPS else RowWork(),
        )


def baskets(filters: RefundFilters, eyes: Looking) -> list[Basket]:
    """What is free to go out, by market, currency and way to pay; one query."""
    groups: dict[tuple[str, str, str], list[Refund]] = {}
    for refund in found_by(filters, eyes).filter(payout_file=None)[:MOST_TOGETHER]:
        groups.setdefault((refund.market, refund.currency, refund.rail), []).append(refund)
    return [
        Basket(
            market,
            shown(group[0]).rail,
            len(group),
            Money(sum(refund.amount_minor for refund in group), currency),
            urlencode([("id", shown(refund).code) for refund in group]),
        )
        for (market, currency, _), group in sorted(groups.items())
    ]


def opened(request: HttpRequest) -> dict[str, Any]:
    """The refund that is open beside the list, nothing where none is."""
    code = request.GET.get("open", "")
    if not code:
        return {"open_code": ""}
    refund = refund_or_404(actor_of(request), code)
    return story_of(request, refund) | {"open_code": shown(refund).code}


@require_safe
@needs(RIGHT)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """A refund by its code alone: its tab, with it open."""
    refund = refund_or_404(actor_of(request), code)
    return open_in_tab("refunds:list", TAB_OF_STATE[refund.state], shown(refund).code)


@exports(RIGHT)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The refunds of the tab and filters in the address as CSV or XLSX, names and numbers as in a list."""
    actor, eyes = actor_of(request), looking(request)
    filters = RefundFilters(request, list(markets_of(actor)))
    found = list(found_by(filters, eyes)[:EXPORTED_ROWS])
    names = names_by_label(
        {label for each in found for label in (each.requested_by, each.approved_by) if label}
    )
    rows = (cells(shown(refund), eyes, names) for refund in found)
    return list_download(f"refunds-{filters.at_tab}-{timezone.localdate().isoformat()}", kind, HEAD, rows)


def cells(each: ShownRefund, eyes: Looking, names: Mapping[str, str]) -> list[Cell]:
    refund = each.refund
    return [
        each.code, each.word, refund.market, each.amount.amount, refund.currency, each.reason,
        each.payment_code, eyes.name(refund.payee_name), eyes.phone(refund.payee_account), each.rail,
        " ".join(refund.reasons), names[refund.requested_by], utc(refund.requested_at),
        names.get(refund.approved_by, ""), utc(refund.approved_at),
        file_shown(refund.payout_file).code if refund.payout_file else None, utc(refund.sent_at),
        refund.provider_ref, refund.failure, utc(refund.finished_at),
    ]  # fmt: skip


def utc(at: Any) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
