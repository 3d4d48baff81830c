"""Aged lists at any date: what waited or was owed, how long, and that it equals the books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from paydesk.domain.payments.queries import within_patience
from paydesk.reporting.books.queries import aged
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.books.asked import Asked, asked, asked_currency
from paydesk.web.books.names import ShownKey, shown_keys
from paydesk.web.books.trial_views import PATIENCE_SECONDS, RIGHT
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.workbook import Cell, list_download

WORDS = {aged.UNAPPLIED: "Unapplied cash", aged.SUSPENSE: "Suspense", aged.RECEIVABLE: "Receivables"}
EXPORTED_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """One payment or contract of an aged list, in words."""

    row: aged.AgedRow
    shown: ShownKey


def _kind(kind: str) -> str:
    if kind not in WORDS:
        raise Http404("There is no such aged list.")
    return kind


def _key_kind(kind: str) -> str:
    return "contract" if kind == aged.RECEIVABLE else "payment"


def asked_band(request: HttpRequest, kind: str) -> int | None:
    """The age in the address, by its place; None for all."""
    text = request.GET.get("band", "")
    return int(text) if text in {str(place) for place in range(len(aged.bands_of(kind)))} else None


@require_safe
@needs(RIGHT)
def aged_list(request: HttpRequest, kind: str) -> HttpResponse:
    """One aged list on a day: ages per currency, tied to the books, with the rows of one currency."""
    actor, kind = actor_of(request), _kind(kind)
    wanted = asked(request, without=("since",))
    currency, number, band = (
        asked_currency(request, wanted.market),
        page_number(request),
        asked_band(request, kind),
    )
    with within_patience(PATIENCE_SECONDS):
        lists = aged.aged(actor, kind, wanted.as_of)
        found = aged.aged_rows(
            actor, kind, wanted.as_of, currency,
            start=(number - 1) * PAGE_SIZE, count=PAGE_SIZE + 1, band=band,
        )  # fmt: skip
    named = shown_keys(actor, wanted.market.pk, _key_kind(kind), [row.key_id for row in found])
    known = {
        "asked": wanted,
        "filters": wanted.filters,
        "market_code": wanted.market.pk,
        "tab": "aged",
        "kind": kind,
        "kinds": WORDS.items(),
        "words": WORDS[kind],
        "is_receivable": kind == aged.RECEIVABLE,
        "lists": lists,
        "bands": aged.bands_of(kind),
        "band": band,
        "band_label": aged.bands_of(kind)[band] if band is not None else "",
        "currency": currency,
        "page": Page.of([Row(row, named[row.key_id]) for row in found], number),
        "may_export": gate(actor, "export"),
    }
    into = request.htmx.target == "books"  # type: ignore[attr-defined]
    return render(request, "books/_aged.html" if into else "books/aged.html", known)


@require_safe
@needs(RIGHT)
@needs("export")
def aged_export(request: HttpRequest, kind: str, form: str) -> HttpResponseBase:
    """An aged list on a day in one currency, its first 100,000 rows, as CSV or XLSX."""
    kind = _kind(kind)
    if form not in ("csv", "xlsx"):
        raise Http404
    wanted = asked(request, without=("since",))
    currency, band = asked_currency(request, wanted.market), asked_band(request, kind)
    head = ["Market", "On", "Contract" if kind == aged.RECEIVABLE else "Payment",
            "Account number" if kind == aged.RECEIVABLE else "Payer",
            "Oldest due" if kind == aged.RECEIVABLE else "Since", "Days", "Currency", "Open",
            *aged.bands_of(kind)]  # fmt: skip
    name = f"aged-{kind}-{wanted.market.pk}-{wanted.on.isoformat()}"
    return list_download(name, form, head, _cells(request, kind, wanted, currency, band))


def _cells(
    request: HttpRequest, kind: str, wanted: Asked, currency: str, band: int | None
) -> Iterator[list[Cell]]:
    actor = actor_of(request)
    found = aged.aged_rows(actor, kind, wanted.as_of, currency, start=0, count=EXPORTED_ROWS, band=band)
    named = shown_keys(actor, wanted.market.pk, _key_kind(kind), [row.key_id for row in found])
    for row in found:
        shown = named[row.key_id]
        yield [
            wanted.market.pk, wanted.on, shown.code, shown.name, row.since, row.days, currency,
            row.open.amount, *(amount.amount for amount in row.bands),
        ]  # fmt: skip
