"""Unapplied cash and suspense: what waits, how long, why; one row opened beside the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.payments import queries
from paydesk.domain.payments.queries import (
    AGE_BANDS,
    AgeBand,
    ageing,
    following,
    of_age,
    payment_for,
    probably_somebodys,
    probably_somebodys_count,
    stretch,
    why_open,
    within_patience,
)
from paydesk.domain.payments.queries.locked import paid_but_late
from paydesk.foundation.assignments.queries import of_whom
from paydesk.foundation.clocks.queries import ClockStanding, earliest_of, standing
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import number_in
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.payments.export import download
from paydesk.web.payments.filters import WaitingFilters, without
from paydesk.web.payments.page import page_context
from paydesk.web.payments.shown import ShownPayment, shown
from paydesk.web.payments.suggesting import suggested
from paydesk.web.queues.saved import first_view, tabs_of
from paydesk.web.queues.whose import Tab, filters_in
from paydesk.web.queues.work import RowWork, rows_work
from paydesk.web.sight import looking
from paydesk.web.waiting.filters import QueueFilters

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment

MOST_SORTED = 10_000  # beyond, the index of each market is walked instead
FILTERS = ("q", "market", "currency", "source", "age", "near", "whose", "locked")
Found = Callable[[Actor, Mapping[str, Any] | None], "QuerySet[Payment]"]


@dataclass(frozen=True, slots=True)
class WaitingList:
    """What makes one of the two lists."""

    name: str
    title: str
    found: Found
    empty: str


UNAPPLIED = WaitingList(
    "unapplied", "Unapplied", queries.unapplied, "No unapplied cash waits: all of it found its contract."
)
SUSPENSE = WaitingList(
    "suspense", "Suspense", queries.suspense, "Nothing is in suspense: every payer is known."
)


@require_safe
@needs("payments:view")
@vary_on_headers("HX-Request", "HX-Target")
def unapplied_list(request: HttpRequest) -> HttpResponse:
    """Payments of known payers with money not yet allocated, oldest first."""
    return waiting_page(request, UNAPPLIED)


@require_safe
@needs("suspense:view")
@vary_on_headers("HX-Request", "HX-Target")
def suspense_list(request: HttpRequest) -> HttpResponse:
    """Payments nobody could be named for, oldest first."""
    return waiting_page(request, SUSPENSE)


@require_safe
@needs("payments:view")
@needs("export")
def unapplied_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The unapplied payments of the filters in the address as CSV or XLSX."""
    return export(request, UNAPPLIED, kind)


@require_safe
@needs("suspense:view")
@needs("export")
def suspense_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The payments in suspense of the filters in the address as CSV or XLSX."""
    return export(request, SUSPENSE, kind)


def export(request: HttpRequest, which: WaitingList, kind: str) -> HttpResponseBase:
    if kind not in ("csv", "xlsx"):
        raise Http404
    actor, today = actor_of(request), timezone.localdate()
    form = QueueFilters(request.GET, actor=actor)
    found = of_the_age(of_whose(narrowed(request, which, form, today), form, actor, today), form, today)
    return download(found, which.name, kind, looking(request))


def is_near(request: HttpRequest, which: WaitingList) -> bool:
    """Whether suspense that is probably somebody's is asked for: of those who are late, the latest first."""
    return which is SUSPENSE and request.GET.get("near") == "1"


def near_tab(request: HttpRequest, count: int) -> Tab:
    """The view of money whose likeliest contract is past due."""
    why = "Money whose likeliest contract is past due: tell them before they call"
    return Tab("Probably somebody’s", f"{request.path}?near=1", is_near(request, SUSPENSE), count, why)


def narrowed(
    request: HttpRequest, which: WaitingList, form: WaitingFilters, today: date
) -> QuerySet[Payment]:
    """What waits by the filters in the address, of every age."""
    found = which.found(actor_of(request), form.filters())
    return probably_somebodys(found, on=today) if is_near(request, which) else found


def of_the_age(found: QuerySet[Payment], form: WaitingFilters, today: date) -> QuerySet[Payment]:
    """Those of `found` that are as old as the address asks for."""
    age = form.filters().get("age")
    return found if age is None else of_age(found, age, on=today)


def of_whose(found: QuerySet[Payment], form: WaitingFilters, actor: Actor, today: date) -> QuerySet[Payment]:
    """Those of `found` that are whose the address asks for."""
    whose = form.filters().get("whose")
    if form.filters().get("locked"):
        found = paid_but_late(found, on=today)
    return of_whom(found, "payment", whose, actor, today, since="value_on") if whose else found


def waiting_page(request: HttpRequest, which: WaitingList) -> HttpResponse:
    """The whole page, or the pane that is asked for: the list with other filters, or the opened payment."""
    actor, today = actor_of(request), timezone.localdate()
    form = QueueFilters(request.GET, actor=actor)
    known: dict[str, Any] = {
        "which": which,
        "list_url": reverse(f"{which.name}:list"),
        "form": form,
        "saveable": urlencode(filters_in(request.GET.dict())),
        "query": urlencode({name: request.GET[name] for name in FILTERS if request.GET.get(name)}),
    }
    target = request.htmx.target  # type: ignore[attr-defined]
    with within_patience():
        every_age = of_whose(narrowed(request, which, form, today), form, actor, today)
        found = of_the_age(every_age, form, today)
        if target != "waiting-list":
            known |= opened(request, found)
        if target == "detail":
            return render(request, "waiting/_detail.html", known)
        known["tabs"] = tabs_of(request, which.name)
        if (first := first_view(request, known["tabs"])) is not None:
            return first
        bands = ageing(every_age, on=today)
        known |= listed(request, form, found, waiting_of_age(bands, form), today)
        if which is SUSPENSE:
            known["near"] = is_near(request, which)
            near_count = probably_somebodys_count(actor, on=today)
            known["tabs"] = [*known["tabs"], near_tab(request, near_count)]
    known["strips"] = strips(request, bands)
    return render(request, "waiting/_swap.html" if target == "waiting-list" else "waiting/page.html", known)


def waiting_of_age(bands: Sequence[AgeBand], form: WaitingFilters) -> int:
    """How many wait in the age the address asks for, or in all."""
    age = form.filters().get("age")
    return sum(band.count for band in bands if age is None or band.label == AGE_BANDS[age][0])


@dataclass(frozen=True, slots=True)
class Row:
    """One waiting payment in the list: the address that opens it, how long and why it waits, its clock."""

    each: ShownPayment
    url: str
    days: int
    why: str
    clock: ClockStanding | None
    work: RowWork

    @property
    def tone(self) -> str:
        """Amber from the third of AGE_BANDS on, red from the fourth."""
        return "late" if self.days >= AGE_BANDS[3][1] else "soon" if self.days >= AGE_BANDS[2][1] else ""


def listed(
    request: HttpRequest, form: WaitingFilters, found: QuerySet[Payment], total: int, today: date
) -> dict[str, Any]:
    """The rows of the page asked for; constant queries."""
    number, near = page_number(request), request.GET.get("near") == "1"
    start = (number - 1) * PAGE_SIZE
    if total > MOST_SORTED and not near:
        waiting = stretch(found, actor_of(request), start, PAGE_SIZE + 1)
    else:
        waiting = list(found[start : start + PAGE_SIZE + 1])
    why = why_open(waiting)
    clocks = identification_clocks([p.pk for p in waiting if p.customer_id is None])
    work = rows_work("payment", [(p.pk, p.value_on) for p in waiting], today)
    rows = [
        Row(
            shown(p),
            address(request, open=code_of("PAY", p.pk)),
            max((today - p.value_on).days, 0),
            probably(p, today) if near and p.customer_id is None else why[p.pk],
            clocks.get(p.pk),
            work[p.pk],
        )
        for p in waiting
    ]
    return {
        "page": Page.of(rows, number, total=total),
        "chosen": form.chosen(request),
        "clear": without(request, *FILTERS),
    }


def probably(payment: Payment, today: date) -> str:
    """Whose it probably is and how late they are; names nobody."""
    suggestion = payment.stored_suggestion
    late = (today - payment.late_since).days  # type: ignore[attr-defined]
    return (
        f"Probably {suggestion.contract.account_number}, {late} day{'' if late == 1 else 's'} past due "
        f"({suggestion.score} of 100). {suggestion.reason}"
    )


def identification_clocks(payment_ids: list[int]) -> dict[int, ClockStanding]:
    """How the clock of each payment in suspense stands; one query, none without such payments."""
    found = earliest_of("payment", payment_ids) if payment_ids else {}
    now = timezone.now()
    return {number: standing(clock, now) for number, clock in found.items()}


def opened(request: HttpRequest, found: QuerySet[Payment]) -> dict[str, Any]:
    """The payment that is open beside the list. One that has left the list makes way for the next in it."""
    code = request.GET.get("open", "")
    number = number_in("payment", code) if code else None
    if number is None:
        return {"open_code": ""}
    try:
        asked = payment_for(actor_of(request), number)
    except ObjectDoesNotExist:
        raise Http404("There is no such payment in your markets.") from None
    still_here = found.filter(pk=asked.pk).exists()
    payment = asked if still_here else following(found, asked)
    left = "" if still_here else code_of("PAY", asked.pk)
    if payment is None:
        return {"open_code": "", "left_code": left}
    open_code = code_of("PAY", payment.pk)
    at = address(request, open=open_code, page=request.GET.get("page"))
    context = page_context(request, payment.pk)
    return context | {
        "suggestions": suggested(context["payment"], at) if context["apply"].allowed else [],
        "open_code": open_code,
        "left_code": left,
        "left_id": asked.pk,
        "at_query": f"?{urlencode({'at': at})}",
    }


@dataclass(frozen=True, slots=True)
class Band:
    """One age of one currency: the address that shows only it, whether it is the one shown."""

    band: AgeBand
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """What waits in one currency by age."""

    currency: str
    count: int
    bands: Sequence[Band]

    @property
    def parts(self) -> list[tuple[str, int]]:
        return [(f"{b.band.label} {b.band.amount}", b.band.amount.amount_minor) for b in self.bands]


def strips(request: HttpRequest, bands: Sequence[AgeBand]) -> list[Strip]:
    """The ageing of every currency; each band leads to its rows, the one that is chosen back to all."""
    made: dict[str, list[Band]] = {}
    for band in bands:
        place = len(made.setdefault(band.currency, []))
        here = request.GET.get("age") == str(place) and request.GET.get("currency") == band.currency
        url = (
            address(request, age=None, currency=None, open=None)
            if here
            else address(request, age=place, currency=band.currency, open=None)
        )
        made[band.currency].append(Band(band, url, here))
    return [Strip(currency, sum(b.band.count for b in found), found) for currency, found in made.items()]


def address(request: HttpRequest, **changes: object) -> str:
    """This list's address with `changes`, from its first page unless a page is among them."""
    query = request.GET.copy()
    if "open" not in changes or len(changes) > 1:
        changes = {"page": None, **changes}
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path
