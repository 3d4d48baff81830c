"""Cases per 1,000 payments by provider, method and cause, by week; every figure opens its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.doors.queries import deflection
from paydesk.foundation.people.queries import markets_of
from paydesk.reporting.causes.queries import (
    Asked,
    Cause,
    Weekly,
    by_week,
    causes,
    figures,
    payments_in,
    per_thousand,
    rows_behind,
    weeks_of,
)
from paydesk.web.access import actor_of, needs
from paydesk.web.cases.shown import SEE
from paydesk.web.cases.shown import shown as shown_case
from paydesk.web.causes.filters import CauseFilters
from paydesk.web.doors.lists import exported, listed
from paydesk.web.doors.views import start_of
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.sight import looking
from paydesk.web.triage.views import share
from paydesk.web.triage.words import category_words
from paydesk.web.workbook import list_download

EXPORTED_ROWS = 100_000
METHODS = {"mobile_money": "mobile money", "psp": "PSP", "bank": "bank"}
NOT_NAMED, NO_PAYMENT = "not named yet", "no payment linked"
HEAD = ("From", "To", "Provider", "Method", "Root cause", "Cases", "Payments", "Cases per 1,000 payments")
ROW_HEAD = (
    "Case", "State", "Market", "Category", "Root cause", "Subject", "Who", "Amount", "Currency",
    "Opened at (UTC)", "Resolved at (UTC)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, with the address of its cases."""

    cause: Cause
    provider: str
    method: str
    words: str
    rate: Decimal | None
    url: str


@require_safe
@needs(SEE)
def page(request: HttpRequest) -> HttpResponse:
    """The figures of the chosen days."""
    actor, today = actor_of(request), timezone.localdate()
    filters = CauseFilters(request, list(markets_of(actor)), today)
    asked = filters.asked
    found = causes(actor, asked)
    cases, named = figures(found)
    payments = payments_in(actor, asked)
    weeks = weeks_of(asked)
    volume = by_week(actor, asked)
    spared = deflection(actor, start_of(asked.since), timezone.now())
    known: dict[str, Any] = {
        "part": "causes", "filters": filters, "asked": asked, "query": filters.address,
        "lines": [line(each, asked) for each in found],
        "kpis": [
            ("Cases", f"{cases:,}", rows_url(asked)),
            ("Per 1,000 payments", str(per_thousand(cases, payments) or "–"), ""),
            ("Cause named", share(named, cases), rows_url(replace(asked, cause=""))),
            ("Payments", f"{payments:,}", f"{reverse('payments:list')}"),
        ],
        "weeks": weeks,
        "volume": [_weekly(each, weeks, asked) for each in volume],
        "columns": columns_of(volume, weeks),
        "column_names": [
            *(cause_words(each.cause) for each in volume[:2]), *(["all others"] if volume[2:] else [])
        ],
        "spared": spared,
        "pages_url": f"{reverse('causes:pages')}?{urlencode({'since': asked.since})}",
        "spared_share": share(spared.spared, spared.decided),
    }  # fmt: skip
    return render(request, "causes/page.html", known)


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def pages(request: HttpRequest, what: str) -> HttpResponse:
    """The rows of what status pages answered without a person: pages given, and each look at one."""
    return listed(request, what, "causes")


@require_safe
@needs(SEE)
@needs("export")
def export_pages(request: HttpRequest, what: str, kind: str) -> HttpResponseBase:
    """The same as a file."""
    return exported(request, what, kind)


def _weekly(each: Weekly, weeks: Sequence[date], asked: Asked) -> tuple[str, int, str, list[tuple[int, str]]]:
    """(cause, sum, its rows, [(count, its rows) of each week])."""
    counts = [
        (count, week_url(asked, each.cause, week)) for count, week in zip(each.by_week, weeks, strict=True)
    ]
    return cause_words(each.cause), each.total, rows_url(replace(asked, cause=each.cause)), counts


def columns_of(volume: Sequence[Weekly], weeks: Sequence[date]) -> list[tuple[str, tuple[int, ...]]]:
    """The two most frequent causes and all others, week by week, for the chart."""
    first = [each.by_week for each in volume[:2]]
    rest = [each.by_week for each in volume[2:]]
    return [
        (
            f"{week:%-d %b}",
            (*(line[place] for line in first), *([0] * (2 - len(first))), sum(line[place] for line in rest)),
        )
        for place, week in enumerate(weeks)
    ]


def cause_words(cause: str) -> str:
    return ROOT_CAUSES.get(cause, cause) if cause else NOT_NAMED


def line(each: Cause, asked: Asked) -> Line:
    narrowed = replace(asked, provider_id=each.provider_id, method=each.method, cause=each.cause)
    return Line(
        each,
        each.provider or NO_PAYMENT,
        METHODS.get(each.method, each.method),
        cause_words(each.cause),
        each.per_thousand,
        rows_url(narrowed),
    )


def rows_url(asked: Asked, kind: str = "") -> str:
    """The address of the cases behind a figure."""
    said: dict[str, Any] = {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    said |= {name: value for name in ("market", "category") if (value := getattr(asked, name))}
    for name, value in (("provider", asked.provider_id), ("method", asked.method), ("cause", asked.cause)):
        if value is not None:
            said[name] = value if value != "" else "-"
    base = reverse("causes:export_rows", args=[kind]) if kind else reverse("causes:rows")
    return f"{base}?{urlencode(said)}"


def week_url(asked: Asked, cause: str, week: date) -> str:
    until = min(week + timedelta(days=6), asked.until)
    return rows_url(replace(asked, since=max(week, asked.since), until=until, cause=cause))


def asked_of(request: HttpRequest) -> Asked:
    """What the address of rows says; "-" is the empty cause or method."""
    filters = CauseFilters(request, list(markets_of(actor_of(request))), timezone.localdate())

    def said(name: str) -> str | None:
        value = request.GET.get(name)
        return "" if value == "-" else value

    provider = said("provider")
    number = int(provider) if provider and provider.isascii() and provider.isdigit() else None
    return replace(filters.asked, provider_id=number, method=said("method"), cause=said("cause"))


@require_safe
@needs(SEE)
def rows(request: HttpRequest) -> HttpResponse:
    """The cases behind one figure."""
    actor, asked = actor_of(request), asked_of(request)
    number = page_number(request)
    found = rows_behind(actor, asked)
    start, words = (number - 1) * PAGE_SIZE, category_words()
    said = [cause_words(asked.cause)] if asked.cause is not None else []
    said += [METHODS.get(asked.method, asked.method) or NO_PAYMENT] if asked.method is not None else []
    days = {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    known = {
        "part": "causes", "asked": asked, "said": said,
        "page": Page.of([shown_case(each, words) for each in found[start : start + PAGE_SIZE + 1]], number),
        "back": f"{reverse('causes:page')}?{urlencode(days)}",
        "csv": rows_url(asked, "csv"), "xlsx": rows_url(asked, "xlsx"), "causes": ROOT_CAUSES,
    }  # fmt: skip
    return render(request, "causes/rows.html", known)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The table as CSV or XLSX."""
    actor = actor_of(request)
    asked = CauseFilters(request, list(markets_of(actor)), timezone.localdate()).asked
    found = (
        [
            asked.since.isoformat(), asked.until.isoformat(), shown.provider, shown.method, shown.words,
            each.cases, each.payments, shown.rate,
        ]
        for each in causes(actor, asked)
        for shown in [line(each, asked)]
    )  # fmt: skip
    return list_download(f"causes-{asked.since}-{asked.until}", kind, HEAD, found)


@exports(SEE)
def export_rows(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The cases behind one figure as CSV or XLSX, names as in a list."""
    eyes, asked, words = looking(request), asked_of(request), category_words()
    found = (
        [
            each.code, case.state, case.market, each.category, cause_words(case.root_cause), case.subject,
            eyes.name(each.who), each.amount.amount if each.amount else None, case.currency,
            f"{case.opened_at:%Y-%m-%d %H:%M:%S}",
            f"{case.resolved_at:%Y-%m-%d %H:%M:%S}" if case.resolved_at else None,
        ]
        for case in rows_behind(eyes.actor, asked)[:EXPORTED_ROWS]
        for each in [shown_case(case, words)]
    )  # fmt: skip
    return list_download(f"cases-{asked.since}-{asked.until}", kind, ROW_HEAD, found)
