"""The queue of exceptions with filters in the address, one opened beside it, the export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.reconciliation import queries, rules
from paydesk.foundation.assignments.queries import of_whom
from paydesk.foundation.clocks.queries import ClockStanding, earliest_of, standing
from paydesk.foundation.people.queries import markets_of
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import number_in
from paydesk.web.answers import open_in_tab
from paydesk.web.contracts.forms import ANY, day_input
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.queues.whose import WHOSE
from paydesk.web.queues.work import RowWork, rows_work
from paydesk.web.reconciliation.shown import (
    SEE,
    ShownException,
    exception_or_404,
    shown,
)
from paydesk.web.reconciliation.story import story_of
from paydesk.web.tabbed import TabbedFilters
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from paydesk.domain.reconciliation.models import ReconciliationException

EXPORTED_ROWS = 100_000
HEAD = (
    "Exception", "State", "Class", "Severity", "Market", "Account", "Day", "Days old", "At risk", "Currency",
    "Payment", "Id of the provider", "Why", "Rule", "Rules", "What would change it", "Owner", "Next step",
    "Next step on", "Reason",
)  # fmt: skip
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("Open", ("open",)),
    "pending": ("Waiting", ("pending",)),
    "done": ("Resolved", ("resolved",)),
}
TAB_OF_STATE = {state: name for name, (_, states) in TABS.items() for state in states}


class ExceptionFilters(TabbedFilters):
    """Which tab, and of its exceptions which."""

    tabs, first_tab = TABS, "open"

    tab = forms.ChoiceField(
        required=False, choices=[(name, words) for name, (words, _) in TABS.items()], widget=forms.HiddenInput
    )
    q = forms.CharField(
        required=False, max_length=100, label="Code, payment, id of the provider",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    kind = forms.ChoiceField(required=False, label="Class", choices=[ANY, *rules.CLASSES.items()])
    severity = forms.ChoiceField(required=False, choices=[ANY, *((s, s) for s in reversed(rules.SEVERITIES))])
    market = forms.ChoiceField(required=False)
    account = forms.ChoiceField(required=False)
    day = forms.DateField(required=False, widget=day_input())
    age = forms.ChoiceField(
        required=False, label="Days old", choices=[ANY, *((name, name) for name, _, _ in queries.AGES)]
    )
    whose = forms.ChoiceField(required=False, choices=[("", "any"), *WHOSE.items()])

    def __init__(self, request: HttpRequest, markets: Sequence[Any], accounts: Iterable[Any]) -> None:
        super().__init__(request, markets)
        field: Any = self.fields["account"]
        field.choices = [ANY, *((str(each.pk), each.name) for each in accounts)]

    def lookups(self) -> Q:
        """The filters but the tab and the owner."""
        wanted, found = self.wanted, Q()
        for name, column in (
            ("kind", "kind"), ("severity", "severity"), ("market", "market"),
            ("account", "source_account_id"), ("day", "day"),
        ):  # fmt: skip
            if value := wanted.get(name):
                found &= Q(**{column: value})
        for name, least, most in queries.AGES:
            if wanted.get("age") == name:
                today = timezone.localdate()
                found &= Q(day__lte=today - timedelta(days=least)) if least else Q()
                found &= Q(day__gte=today - timedelta(days=most)) if most is not None else Q()
        text = wanted.get("q", "")
        for kind, column in (("exception", "pk"), ("payment", "payment_id")):
            number = number_in(kind, text) if text else None
            if number is not None:
                return found & Q(**{column: number if number < 2**63 else -1})
        if text:
            found &= Q(left__provider_ref__iexact=text) | Q(right__provider_ref__iexact=text)
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """One exception in the list, with its clock and whose it is."""

    each: ShownException
    url: str
    clock: ClockStanding | None
    work: RowWork
    age: int


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def exception_list(request: HttpRequest) -> HttpResponse:
    """Exceptions of one tab, the gravest first, then the oldest; constant queries."""
    actor, target = actor_of(request), request.htmx.target  # type: ignore[attr-defined]
    filters = ExceptionFilters(request, list(markets_of(actor)), queries.accounts_to_prove(actor))
    known: dict[str, Any] = {"tab": filters.at_tab, "filters": filters, "query": filters.address}
    if target != "exceptions-list":
        known |= opened(request)
    if target == "detail":
        return render(request, "reconciliation/_detail.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(found_by(request, filters)[start : start + PAGE_SIZE + 1])
    counts = queries.counts_by_state(actor)
    known |= {
        "page": Page.of(rows_of(request, found), number),
        "tabs": [
            (name, words, 0 if name == "done" else sum(counts.get(state, 0) for state in states))
            for name, (words, states) in TABS.items()
        ],
    }
    template = "_list.html" if target == "exceptions-list" else "list.html"
    return render(request, f"reconciliation/{template}", known)


def found_by(request: HttpRequest, filters: ExceptionFilters) -> Any:
    """The exceptions that the filters choose, in the order of the queue."""
    actor = actor_of(request)
    found = queries.exceptions(actor, state__in=filters.states).filter(filters.lookups())
    if whose := filters.wanted.get("whose"):
        found = of_whom(found, "exception", whose, actor, timezone.localdate(), since="day")
    if filters.at_tab == "done":
        return found.order_by("-resolved_at", "-id")
    grave = Case(
        *(When(severity=name, then=Value(place)) for place, name in enumerate(rules.SEVERITIES)),
        output_field=IntegerField(),
    )
    return found.order_by(grave.desc(), "day", "id")


def rows_of(request: HttpRequest, found: Sequence[ReconciliationException]) -> Iterator[Row]:
    """Rows with their clocks and whose they are; two queries."""
    now, clocks = timezone.now(), earliest_of("exception", [each.pk for each in found])
    today = timezone.localdate()
    work = rows_work("exception", [(each.pk, each.day) for each in found], today)
    for each in found:
        told, query = shown(each), request.GET.copy()
        query["open"] = told.code
        clock = clocks.get(each.pk)
        yield Row(
            told,
            f"{request.path}?{query.urlencode()}",
            standing(clock, now) if clock else None,
            work[each.pk] if each.state != "resolved" else RowWork(),
            (today - each.day).days,
        )


def opened(request: HttpRequest) -> dict[str, Any]:
    """The exception that is open beside the list, nothing where none is."""
    code = request.GET.get("open", "")
    if not code:
        return {"open_code": ""}
    return story_of(request, exception_or_404(actor_of(request), code))


@require_safe
@needs(SEE)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """An exception by its code alone: its tab, with it open."""
    found = exception_or_404(actor_of(request), code)
    return open_in_tab("exceptions:list", TAB_OF_STATE[found.state], shown(found).code)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The exceptions that the filters show as CSV or XLSX."""
    actor = actor_of(request)
    filters = ExceptionFilters(request, list(markets_of(actor)), queries.accounts_to_prove(actor))
    found = list(found_by(request, filters)[:EXPORTED_ROWS])
    today = timezone.localdate()
    work = rows_work("exception", [(each.pk, each.day) for each in found], today)
    name = f"exceptions-{filters.at_tab}-{today.isoformat()}"
    return list_download(name, kind, HEAD, (_cells(shown(each), work[each.pk], today) for each in found))


def _cells(each: ShownException, work: RowWork, today: date) -> list[Cell]:
    found = each.found
    return [
        each.code, each.word, found.kind, found.severity, found.market, found.source_account.name,
        found.day.isoformat(), (today - found.day).days, each.amount.amount, found.currency,
        each.payment_code, (found.left or found.right).get("provider_ref", ""), found.why,
        found.rule, found.rules_version, " ".join(found.explanation.get("would_change", [])),
        work.owner.name if work.owner else "", work.next_step,
        work.next_step_on.isoformat() if work.next_step_on else "", found.reason,
    ]  # fmt: skip
