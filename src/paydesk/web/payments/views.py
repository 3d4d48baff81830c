"""The payments list, its export, and the page of one payment."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.payments.queries import payments, totals_up_to
from paydesk.web.access import actor_of, needs
from paydesk.web.paging import Page, page_number
from paydesk.web.payments.export import download
from paydesk.web.payments.filters import PaymentFilters, without
from paydesk.web.payments.page import page_context
from paydesk.web.payments.shown import all_shown

FILTERS = ("q", "market", "source", "state", "payer", "applied", "from", "to", "currency", "min", "max",
           "rule", "file", "customer", "contract")  # fmt: skip


@require_safe
@needs("payments:view")
@vary_on_headers("HX-Request")
def payment_list(request: HttpRequest) -> HttpResponse:
    """Payments by the filters of the address; the pane alone when it is fetched into the page."""
    form = PaymentFilters(request.GET, actor=actor_of(request))
    found = payments(actor_of(request), form.filters(), form.order)
    totals = totals_up_to(found)
    number = page_number(request)
    start = (number - 1) * 50
    rows = all_shown(found[start : start + 51])
    known = {
        "form": form,
        "chosen": form.chosen(request),
        "clear": without(request, *FILTERS),
        "totals": totals,
        "page": Page.of(rows, number, total=None if totals is None else sum(each.count for each in totals)),
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
    return download(payments(actor_of(request), form.filters(), form.order), "payments", kind)


@require_safe
@needs("payments:view")
def payment_page(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Where one payment's money came from, what it paid and what still waits."""
    return render(request, "payments/page.html", page_context(request, payment_id))
