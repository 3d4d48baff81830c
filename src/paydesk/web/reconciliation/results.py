"""The rows behind the figures of a run, page by page, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from paydesk.domain.reconciliation import queries
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.reconciliation.shown import SEE, day_url
from paydesk.web.reconciliation.why import row_named
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from paydesk.domain.reconciliation.models import Run

EXPORTED_ROWS = 200_000
WANTED = ("found", "status", "name", "rule")
HEAD = (
    "Found", "Group", "State", "Kind or class", "Rule", "Ours", "Our day", "Our amount", "Theirs",
    "Their day", "Their amount", "Currency", "Score", "Why",
)  # fmt: skip


def run_or_404(request: HttpRequest, run_id: int) -> Run:
    try:
        return queries.run_for(actor_of(request), run_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such run in your markets.") from None


@require_safe
@needs(SEE)
def rows(request: HttpRequest, run_id: int) -> HttpResponse:
    """One page of the rows behind a figure; the filters are in the address."""
    run = run_or_404(request, run_id)
    wanted = {name: request.GET[name] for name in WANTED if request.GET.get(name)}
    number = page_number(request)
    found, total = queries.rows_behind(run, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE + 1, **wanted)
    currency = run.source_account.currency
    known = {
        "run": run,
        "account": run.source_account,
        "back": day_url(run.source_account_id, run.day),
        "wanted": wanted,
        "query": urlencode(wanted),
        "page": Page.of([as_shown(each, currency) for each in found], number, total=total),
    }
    return render(request, "reconciliation/rows.html", known)


def as_shown(row: dict[str, Any], currency: str) -> dict[str, Any]:
    kind, _, number = (row["left_id"] or "").partition(":")
    is_payment = kind == "payment" and number.isdigit()
    return {
        **row,
        "why_url": f"?{urlencode({'group': row['group_id']})}" if row["found"] == "match" else "",
        "ours": row_named(row["left_id"] or "")[0],
        "ours_url": page_of("payment", int(number)) if is_payment else "",
        "ours_amount": None if row["left_minor"] is None else Money(row["left_minor"], currency),
        "theirs_amount": None if row["right_minor"] is None else Money(row["right_minor"], currency),
    }


@exports(SEE)
def export(request: HttpRequest, run_id: int, kind: str) -> HttpResponseBase:
    """The rows behind a figure as CSV or XLSX."""
    run = run_or_404(request, run_id)
    wanted = {name: request.GET[name] for name in WANTED if request.GET.get(name)}
    found, _ = queries.rows_behind(run, limit=EXPORTED_ROWS, **wanted)
    name = f"reconciliation-{run.source_account_id}-{run.day.isoformat()}"
    return list_download(name, kind, HEAD, _cells(found, run.source_account.currency))


def _cells(found: list[dict[str, Any]], currency: str) -> Iterator[list[Cell]]:
    for row in found:
        each = as_shown(row, currency)
        yield [
            row["found"], row["group_id"], row["status"], row["name"], row["rule"], each["ours"],
            str(row["left_day"] or ""), each["ours_amount"].amount if each["ours_amount"] else None,
            row["right_place"] or "", str(row["right_day"] or ""),
            each["theirs_amount"].amount if each["theirs_amount"] else None, currency, row["score"],
            row["why"],
        ]  # fmt: skip
