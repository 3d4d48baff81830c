"""The payments list, its export, and the page of one payment."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.payments.queries import SORTS, payments, stretch, totals_up_to, within_patience
from paydesk.web.access import actor_of, needs
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.payments.export import download
from paydesk.web.payments.filters import PaymentFilters, without
from paydesk.web.payments.page import page_context
from paydesk.web.payments.shown import all_shown
from paydesk.web.sight import looking

FILTERS = ("q", "market", "source", "state", "payer", "applied", "from", "to", "currency", "min", "max",
           "rule", "double", "file", "customer", "contract")  # fmt: skip
BY_DATE = ("value", "-value")


@require_safe
@needs("payments:view")
@vary_on_headers("HX-Request")
def payment_list(request: HttpRequest) -> HttpResponse:
    """Payments by the filters of the address; the pane alone when it is fetched into the page."""
    actor, number = actor_of(request), page_number(request)
    form = PaymentFilters(request.GET, actor=actor)
    with within_patience():
        found = payments(actor, form.filters())
        totals = totals_up_to(found)
        order, start = form.order, (number - 1) * PAGE_SIZE
        if totals is not None:
            rows = list(found.order_by(*SORTS[order])[start : start + PAGE_SIZE + 1])
        else:
            # Only the value date has an index to walk; a long list by amount would be sorted whole.
            order = order if order in BY_DATE else "-value"
            rows = stretch(found.order_by(*SORTS[order]), actor, start, PAGE_SIZE + 1)
    counted = None if totals is None else sum(each.count for each in totals)
    known = {
        "form": form,
        "chosen": form.chosen(request),
        "clear": without(request, *FILTERS),
        "totals": totals,
        "not_sorted": order != form.order,
        "page": Page.of(all_shown(rows), number, total=counted),
        "query": request.GET.urlencode(),
    }
    into_pane = request.htmx.target == "payments"  # type: ignore[attr-defined]
    return render(request, "payments/_pane.html" if into_pane else "payments/list.html", known)


@require_safe
@needs("payments:view")
@needs("export")
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Every payment of the filters in the address, in the order shown, as CSV or XLSX."""
    form = PaymentFilters(request.GET, actor=actor_of(request))
    if kind not in ("csv", "xlsx"):
        raise Http404
    return download(
        payments(actor_of(request), form.filters(), form.order), "payments", kind, looking(request)
    )


@require_safe
@needs("payments:view")
def payment_page(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Where one payment's money came from, what it paid and what still waits."""
    return render(request, "payments/page.html", page_context(request, payment_id))
