"""The rows of a file: lines with what each became, rejected rows with their reasons, both to download."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from paydesk.domain.payments.kept_rows import kept_lines
from paydesk.domain.statements import queries
from paydesk.domain.statements.file_tables import KINDS, STATUSES
from paydesk.domain.statements.rules import raw_row, why_no_payment
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.public_codes import code_of
from paydesk.web.access import actor_of, needs
from paydesk.web.answers import csv_download
from paydesk.web.exports import exports
from paydesk.web.intake.one_file import file_of, trail_of
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.sight import Looking, looking
from paydesk.web.templatetags.desk import state_words
from paydesk.web.workbook import Cell, list_download


class LineFilters(forms.Form):
    """Kind and status, as they stand in the address."""

    kind = forms.ChoiceField(required=False, choices=[("", "any"), *((k, state_words(k)) for k in KINDS)])
    status = forms.ChoiceField(
        required=False, choices=[("", "any"), *((s, state_words(s)) for s in STATUSES)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"

    @property
    def lookups(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True, slots=True)
class LineRow:
    """A row of the file with what it became: its payment, or why it is none."""

    line: Any
    payment_id: int | None
    why: str


def line_rows(lines: Iterable[Any], account: Any) -> list[LineRow]:
    return [_line_row(line, account) for line in lines]


def _line_row(line: Any, account: Any) -> LineRow:
    payment = getattr(line, "payment", None)
    why = why_no_payment(
        line.kind, line.status, line.currency, line.amount_minor,
        role=account.role, account_currency=account.currency,
    )  # fmt: skip
    return LineRow(line, payment.pk if payment else None, "" if payment else why)


@needs("files.import:view")
def lines(request: HttpRequest, code: str) -> HttpResponse:
    """The rows of the file in file order, with their payments once it is posted."""
    found = file_of(request, code)
    filters = LineFilters(request.GET)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    rows = _lines_in(found).filter(**filters.lookups)[start : start + PAGE_SIZE + 1]
    page = Page.of(line_rows(rows, found.source_account), number)
    facts = {"file": found, "tab": "lines", "page": page, "filters": filters}
    htmx = request.htmx  # type: ignore[attr-defined]
    if htmx and htmx.target == "lines":
        return render(request, "intake/_lines.html", facts)
    facts |= {"code": code, "query": request.GET.urlencode()}
    return render(request, "intake/lines.html", facts | trail_of(found))


def _lines_in(found: Any) -> Any:
    stored = found.state in ("posted", "unposting", "unposted")
    return queries.lines_of(found) if stored else queries.staged_lines(found)


@needs("export")
def lines_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The rows as filtered, as CSV or XLSX."""
    found = file_of(request, code)
    rows = _lines_in(found).filter(**LineFilters(request.GET).lookups)
    cells = (_cells(_line_row(line, found.source_account), looking(request)) for line in rows.iterator(2000))
    return list_download(f"{code}-rows", kind, EXPORT_HEAD, cells)


EXPORT_HEAD = (
    "Line", "Occurred (UTC)", "Booked on", "Value on", "Kind", "Status", "Amount", "Currency", "Fee",
    "Reference", "Provider id", "Network id", "Phone", "Payer", "Text", "Payment", "Why not a payment",
)  # fmt: skip


def _cells(row: LineRow, eyes: Looking) -> tuple[Cell, ...]:
    line = row.line
    return (
        line.line_no,
        f"{line.occurred_at:%Y-%m-%d %H:%M:%S}" if line.occurred_at else "",
        line.booked_on,
        line.value_on,
        line.kind,
        line.status,
        _figure(line.amount, line.currency),
        line.currency,
        _figure(line.fee, line.currency),
        line.reference,
        line.provider_ref,
        line.network_ref,
        eyes.phone(line.msisdn),
        eyes.name(line.payer_name),
        eyes.free_text(line.text),
        code_of("PAY", row.payment_id) if row.payment_id else "",
        row.why,
    )


def _figure(amount: Decimal | None, currency: str) -> Cell:
    """Money as a number with its currency's digits; what is no whole minor unit as the text it is."""
    if amount is None:
        return None
    minor = exact_minor(amount, currency)
    return f"{amount.normalize():f}" if minor is None else Money(minor, currency).amount


KEPT_DAYS = 7
EXPORTED_ROWS = 100_000


@needs("payments:view")
def kept(request: HttpRequest) -> HttpResponse:
    """Rows of the last days' files that made no payment: what stands behind the figure on the home page."""
    actor = actor_of(request)
    filters = LineFilters(request.GET)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    lines_found = _kept(actor, filters)[start : start + PAGE_SIZE + 1]
    page = Page.of((_line_row(line, line.file.source_account) for line in lines_found), number)
    facts = {
        "page": page,
        "filters": filters,
        "kept_days": KEPT_DAYS,
        "query": request.GET.urlencode(),
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(
        request, "intake/_kept.html" if htmx and htmx.target == "lines" else "intake/kept.html", facts
    )


def _kept(actor: Actor, filters: LineFilters) -> Any:
    since = timezone.localdate() - timedelta(days=KEPT_DAYS)
    return kept_lines(actor, since=since).filter(**filters.lookups)


@exports("payments:view")
def kept_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Those rows as filtered, the newest file first, as CSV or XLSX."""
    found = _kept(actor_of(request), LineFilters(request.GET))[:EXPORTED_ROWS]
    eyes = looking(request)
    cells = (
        (
            line.file.filename,
            line.file.source_account.name,
            *_cells(_line_row(line, line.file.source_account), eyes),
        )
        for line in found.iterator(2000)
    )
    name = f"kept-rows-{timezone.localdate().isoformat()}"
    return list_download(name, kind, ("File", "Account", *EXPORT_HEAD), cells)


@needs("files.import:view")
def rejected(request: HttpRequest, code: str) -> HttpResponse:
    """Every rejected row with its reason and its raw text."""
    found = file_of(request, code)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    page = Page.of(
        queries.rejected_lines(found)[start : start + PAGE_SIZE + 1], number, total=found.rejected_count
    )
    facts = {"file": found, "tab": "rejected", "page": page} | trail_of(found)
    return render(request, "intake/rejected.html", facts)


@needs("files.import:view")
def rejected_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The rejected rows: number, reason, then the columns as they stood in the file."""
    found = file_of(request, code)
    columns = queries.raw_columns_of_rejected(found)
    head = ("Line", "Reason", *(columns or ("Row",)))
    return csv_download(f"{code}-rejected.csv", head, _rejected_cells(found, columns, looking(request)))


def _rejected_cells(found: Any, columns: list[str], eyes: Looking) -> Iterator[tuple[object, ...]]:
    for row in queries.rejected_lines(found).iterator(2000):
        raw = eyes.row(raw_row(row.raw))
        cells = [raw.get(name, "") for name in columns] if isinstance(raw, dict) else [raw]
        yield (row.line_no, row.reason, *cells)
