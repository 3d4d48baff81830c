"""The journal for the general ledger: what is not exported yet, each batch, and the copies handed out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from paydesk.domain.ledger.rules import NAMES
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of, number_of
from paydesk.kernel.refused import Refused
from paydesk.reporting.books.actions import FORMS, export_journal, hand_out_journal
from paydesk.reporting.books.queries import journal
from paydesk.reporting.books.queries.days import closed_through, open_day
from paydesk.reporting.books.rules import copy_mark
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.books.asked import asked
from paydesk.web.books.trial_views import RIGHT
from paydesk.web.contracts.forms import day_input
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from paydesk.reporting.books.models import JournalExport

EXPORT_RIGHT = "ledger.export_journal"
MOST_IN_WORKBOOK = 1_000_000
SUMMARY_HEAD = (
    "Batch", "Copy", "Market", "Date", "Late", "Account", "Name", "Currency", "Debit", "Credit", "Postings",
)  # fmt: skip
DETAIL_HEAD = (
    "Batch", "Copy", "Market", "Entry", "Kind", "Date", "Value date", "Posted at (UTC)", "Late", "About",
    "Account", "Name", "Key", "Currency", "Debit", "Credit",
)  # fmt: skip


class ExportForm(forms.Form):
    through = forms.DateField(label="Export through", widget=day_input())

    def __init__(self, said: Any, **more: Any) -> None:
        super().__init__(said, **more)
        self.fields["through"].widget.attrs["class"] = "form-control"


@dataclass(frozen=True, slots=True)
class ShownExport:
    """One batch in the list."""

    export: JournalExport
    code: str
    by: str
    copies: int


@require_safe
@needs(RIGHT)
def journal_list(request: HttpRequest) -> HttpResponse:
    """The batches of a market, newest first, and what the next one would hold."""
    actor, wanted = actor_of(request), asked(request, without=("since", "on", "known"))
    number, now = page_number(request), timezone.now()
    found = list(journal.exports(actor, wanted.market.pk)[(number - 1) * PAGE_SIZE : number * PAGE_SIZE + 1])
    names = names_by_label(each.exported_by for each in found)
    rows = [
        ShownExport(
            each, code_of(journal.CODE_PREFIX, each.pk), names[each.exported_by], len(each.copies.all())
        )
        for each in found
    ]
    through = open_day(wanted.market.pk, now) - timedelta(1)
    known = {
        "asked": wanted,
        "filters": wanted.filters,
        "market_code": wanted.market.pk,
        "tab": "journal",
        "page": Page.of(rows, number),
        "waiting": journal.not_exported(wanted.market.pk, through),
        "through": through,
        "closed_through": closed_through(wanted.market.pk),
        "may": gate(actor, EXPORT_RIGHT),
        "form": ExportForm(None, initial={"through": through}),
    }
    into = request.htmx.target == "books"  # type: ignore[attr-defined]
    return render(request, "books/_journal.html" if into else "books/journal.html", known)


@require_POST
@needs(EXPORT_RIGHT)
def export(request: HttpRequest) -> HttpResponse:
    """Make the next batch of a market and show it."""
    wanted, form = asked(request, without=("since", "on", "known")), ExportForm(request.POST)
    if not form.is_valid():
        raise Refused("Say through which day to export, as a date.", code="books.no_day")
    batch = export_journal(
        wanted.market.pk, form.cleaned_data["through"], by=actor_of(request), now=timezone.now()
    )
    messages.success(request, f"Exported {batch.entries:,} entries. Take the original copy below.")
    return redirect("books:batch", code=code_of(journal.CODE_PREFIX, batch.pk))


def export_or_404(request: HttpRequest, code: str) -> JournalExport:
    """The batch behind a code; 404 for a mistyped one and for one of another market."""
    number = number_of(journal.CODE_PREFIX, code)
    try:
        return journal.export_for(actor_of(request), -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such export in your markets.") from None


@require_safe
@needs(RIGHT)
def batch(request: HttpRequest, code: str) -> HttpResponse:
    """One batch: its lines by day and account, balanced, and who was handed which copy."""
    actor, found = actor_of(request), export_or_404(request, code)
    content, copies = journal.content_of(found), journal.copies_of(found)
    names = names_by_label([found.exported_by, *(copy.handed_to for copy in copies)])
    days: dict[tuple[Any, str, bool], list[Any]] = {}
    for line in content.lines:
        days.setdefault((line.booked_on, line.currency, line.late), []).append(
            (
                line.code, NAMES[line.code],
                Money(line.debit_minor, line.currency) if line.debit_minor else None,
                Money(line.credit_minor, line.currency) if line.credit_minor else None,
            )
        )  # fmt: skip
    shown = [
        {
            "on": on, "currency": currency, "late": late, "lines": lines,
            "debit": sum((line[2] for line in lines if line[2]), Money(0, currency)),
            "credit": sum((line[3] for line in lines if line[3]), Money(0, currency)),
        }
        for (on, currency, late), lines in days.items()
    ]  # fmt: skip
    known = {
        "tab": "journal",
        "market_code": found.market,
        "export": found,
        "code": code_of(journal.CODE_PREFIX, found.pk),
        "by": names[found.exported_by],
        "days": shown,
        "is_whole": content.sealed == found.content_hash,
        "copies": [(copy, copy_mark(copy.number), names[copy.handed_to]) for copy in copies],
        "next_mark": copy_mark(len(copies) + 1),
        "forms": FORMS,
        "may": gate(actor, EXPORT_RIGHT),
        "journal_url": f"{reverse('books:journal')}?market={found.market}",
    }
    return render(request, "books/batch.html", known)


@require_POST
@needs(EXPORT_RIGHT)
def copy(request: HttpRequest, code: str) -> HttpResponseBase:
    """Hand out one file of a batch, on record; every copy after the first is marked."""
    found, form = export_or_404(request, code), request.POST.get("form", "")
    if form not in FORMS:
        raise Http404
    if form == "detail.xlsx" and found.postings > MOST_IN_WORKBOOK:
        raise Refused(
            f"A workbook holds up to {MOST_IN_WORKBOOK:,} postings, and these are {found.postings:,}. "
            "Take the CSV, which has no limit.",
            code="export.too_large",
        )
    handed = hand_out_journal(found.pk, form=form, by=actor_of(request), now=timezone.now())
    mark = copy_mark(handed.number)
    which, kind = form.split(".")
    batch_code = code_of(journal.CODE_PREFIX, found.pk)
    name = f"journal-{found.market}-{found.through_on.isoformat()}-{batch_code}-{which}"
    if handed.number > 1:
        name += f"-{mark.replace(' ', '-')}"
    if which == "summary":
        return list_download(name, kind, SUMMARY_HEAD, _summary_cells(found, mark))
    return list_download(name, kind, DETAIL_HEAD, _detail_cells(found, mark, journal.lines_of(found)))


def _summary_cells(found: JournalExport, mark: str) -> Iterator[list[Cell]]:
    for line in journal.content_of(found).lines:
        yield [
            code_of(journal.CODE_PREFIX, found.pk), mark, found.market, line.booked_on,
            "late" if line.late else "", line.code, NAMES[line.code], line.currency,
            Money(line.debit_minor, line.currency).amount, Money(line.credit_minor, line.currency).amount,
            line.postings,
        ]  # fmt: skip


def _detail_cells(
    found: JournalExport, mark: str, lines: Iterable[journal.JournalLine]
) -> Iterator[list[Cell]]:
    for line in lines:
        nothing = Money(0, line.amount.currency)
        debit, credit = (line.amount, nothing) if line.amount.amount_minor > 0 else (nothing, -line.amount)
        yield [
            code_of(journal.CODE_PREFIX, found.pk), mark, found.market, line.entry, line.kind, line.booked_on,
            line.value_on, line.posted_at.strftime("%Y-%m-%d %H:%M:%S"), "late" if line.late else "",
            line.about, line.code, line.name, line.key_id, line.amount.currency, debit.amount, credit.amount,
        ]  # fmt: skip
