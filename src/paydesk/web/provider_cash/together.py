"""Saying of many chosen rows at once what they are: looked at before, a second person agrees once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.payments.actions import request_booking, request_bookings
from paydesk.domain.payments.previews import bookings_entries
from paydesk.domain.payments.what_rows_are import BOOKINGS, bookings_waiting, why_not_together
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, done
from paydesk.web.provider_cash.matching import WhatItIs, dialog_view
from paydesk.web.provider_cash.rows import said_by_rows
from paydesk.web.queues.bulk import NOTHING, chosen
from paydesk.web.sight import Looking, looking

if TYPE_CHECKING:
    from paydesk.domain.ledger.queries import EntryRow
    from paydesk.domain.payments.models import ReversalRow


@dataclass(frozen=True, slots=True)
class Moved:
    """What all entries together put on one account."""

    code: str
    name: str
    debit: Money | None
    credit: Money | None


def moved_by(entries: Sequence[EntryRow]) -> list[Moved]:
    """The postings of all entries added up: a line per account and side, debits first."""
    sums: dict[tuple[str, str, bool], Money] = {}
    for entry in entries:
        for leg in entry.postings:
            side = leg.debit or leg.credit
            if side is not None:
                key = (leg.code, leg.name, leg.debit is not None)
                sums[key] = sums[key] + side if key in sums else side
    in_order = sorted(sums.items(), key=lambda each: (not each[0][2], each[0][0]))
    return [
        Moved(code, name, total if is_debit else None, None if is_debit else total)
        for (code, name, is_debit), total in in_order
    ]


def would_post(request: HttpRequest, rows: Sequence[ReversalRow], book_as: str) -> dict[str, Any]:
    """What booking these rows as this would put on the accounts, or `problem`: why it is refused."""
    actor = actor_of(request)
    known: dict[str, Any] = {"ledger": gate(actor, "ledger:view"), "count": len(rows)}
    try:
        entries = bookings_entries([row.pk for row in rows], book_as=book_as, by=actor, now=timezone.now())
    except Refused as refused:
        return known | {"problem": refused.text}
    return known | {"moved": moved_by(entries)}


@dialog_view
@needs("matching.outside_tolerance")
@vary_on_headers("HX-Request", "HX-Target")
def book(request: HttpRequest) -> HttpResponse:
    """One explanation for all that is chosen; once a second person agrees, all are booked so, or none."""
    actor, now = actor_of(request), timezone.now()
    rows = [subject.thing for subject in chosen(request) if subject.kind == "reversal_row"]
    if not rows:
        raise Refused(f"{NOTHING} Money in transit is joined to its other end instead.", code="bulk.nothing")
    back = came_from(request, reverse("provider_cash:list"))
    form = WhatItIs(request.POST if request.method == "POST" else None, auto_id="book_%s")
    if request.method == "POST" and form.is_valid():
        if len(rows) == 1:
            request_booking(rows[0].pk, **form.cleaned_data, by=actor, now=now)
            return done(request, back, "Asked: a second person decides.")
        request_bookings([row.pk for row in rows], **form.cleaned_data, by=actor, now=now)
        return done(request, back, f"Asked: a second person decides on {len(rows)} rows together.")
    book_as = request.GET.get("book_as", "")
    book_as = book_as if book_as in BOOKINGS else next(iter(BOOKINGS))
    waiting = bookings_waiting(row.pk for row in rows)
    problem = why_not_together(rows)
    if waiting:
        problem = f"{len(waiting)} of these wait for a second person already. Take them out of the choice."
    known = {"problem": problem} if problem else would_post(request, rows, book_as)
    if request.htmx.target == "would-post":  # type: ignore[attr-defined]
        return render(request, "provider_cash/_would_post.html", known)
    form.fields["book_as"].widget.attrs |= {
        "hx-get": reverse("provider_cash:book_many"), "hx-include": "#rows-together",
        "hx-target": "#would-post", "hx-trigger": "change", "hx-swap": "outerHTML",
    }  # fmt: skip
    known |= {"form": form, "at": back} | evidence_of(rows, looking(request))
    return render(
        request, "provider_cash/together.html", known, status=422 if request.method == "POST" else 200
    )


def sums_of(rows: Sequence[ReversalRow]) -> list[tuple[str, Money]]:
    """What the rows took and what they gave, each currency for itself."""
    found: dict[tuple[bool, str], int] = {}
    for row in rows:
        key = (row.amount_minor > 0, row.currency)
        found[key] = found.get(key, 0) + abs(row.amount_minor)
    return [
        ("taken" if is_taken else "given", Money(minor, currency))
        for (is_taken, currency), minor in sorted(found.items())
    ]


def evidence_of(rows: Sequence[ReversalRow], eyes: Looking) -> dict[str, Any]:
    """Rows that are booked together, as they are listed, with their sums."""
    return {"rows": said_by_rows(rows, eyes), "sums": sums_of(rows)}
