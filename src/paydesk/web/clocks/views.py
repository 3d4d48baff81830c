"""Clocks that run, the earliest due first; acknowledging what one escalated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.payments.queries import payments
from paydesk.foundation.clocks.actions import ACKNOWLEDGE, acknowledge_escalation
from paydesk.foundation.clocks.kinds import kind_named
from paydesk.foundation.clocks.queries import (
    ClockStanding,
    clock_for,
    clocks_due,
    counts_due,
    escalations_of,
    kinds_seen_by,
    standings,
)
from paydesk.foundation.clocks.rules import LADDER
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import PAGES, code_in, page_of
from paydesk.web.answers import confirmed
from paydesk.web.clocks.forms import ClockFilters
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from paydesk.foundation.clocks.models import Clock

EXPORTED_ROWS = 100_000
HEAD = (
    "Due (UTC)", "State", "What", "Kind", "Subject kind", "Subject", "Market", "Started (UTC)",
    "Target (open s)", "Left (open s)", "Late (calendar s)", "Used %", "Policy version", "Calendar",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A clock in the list: its thing with what is at stake, and to whom it was escalated."""

    standing: ClockStanding
    code: str
    url: str
    amount: Money | None
    escalated_to: str

    @property
    def clock_url(self) -> str:
        return page_of("clock", self.standing.clock.pk)


@require_safe
@needs("clocks:view")
@vary_on_headers("HX-Request", "HX-Target")
def clock_list(request: HttpRequest) -> HttpResponse:
    """Open clocks of the person's kinds and markets, by earliest due time; constant queries."""
    actor, now = actor_of(request), timezone.now()
    if not actor.may("payments:view"):  # an administrator sees no clocks of payments, but what they go by
        return redirect("clocks:policies")
    form = ClockFilters(request, kinds_seen_by(actor), list(markets_of(actor)))
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = clocks_due(actor, now, form.wanted)
    page = Page.of(list(found[start : start + PAGE_SIZE + 1]), number)
    target = request.htmx.target  # type: ignore[attr-defined]
    return render(
        request,
        "clocks/_list.html" if target == "clocks" else "clocks/list.html",
        {
            "tab": "list",
            "page": page,
            "rows": list(rows_of(actor, standings(page.rows, now))),
            "filters": form,
            "at": request.get_full_path(),
            "counts": counts_due(actor, now),
            "may_acknowledge": gate(actor, ACKNOWLEDGE),
            "may_export": gate(actor, "export"),
        },
    )


def rows_of(actor: Actor, clocks: Iterable[ClockStanding]) -> Iterator[Row]:
    """Clocks with the amounts of the payments among their things; one query."""
    listed = list(clocks)
    ids = [each.clock.subject_id for each in listed if each.clock.subject_kind == "payment"]
    amounts: dict[int, Money] = {}
    if ids:
        found = payments(actor).order_by().filter(pk__in=ids).values_list("pk", "open_minor", "currency")
        amounts = {pk: Money(open_minor, currency) for pk, open_minor, currency in found}
    for each in listed:
        kind, subject_id = each.clock.subject_kind, each.clock.subject_id
        known = kind in PAGES
        yield Row(
            each,
            code_in(kind, subject_id) if known else f"{kind.replace('_', ' ')} {subject_id}",
            page_of(kind, subject_id) if known else "",
            amounts.get(subject_id) if kind == "payment" else None,
            LADDER[each.open_escalation.to] if each.open_escalation else "",
        )


@require_POST
@needs(ACKNOWLEDGE)
def acknowledge(request: HttpRequest, clock_id: int) -> HttpResponse:
    """The person has it: what the named escalation and those before it told. Answers with the row."""
    actor, now = actor_of(request), timezone.now()
    clock = clock_or_404(actor, clock_id)
    escalation = request.POST.get("escalation", "")
    if not escalation.isascii() or not escalation.isdigit() or int(escalation) >= 2**63:
        raise Http404("There is no such escalation.")
    if int(escalation) not in {each.pk for each in escalations_of(clock.pk)}:
        raise Http404("There is no such escalation of this clock.")
    acknowledge_escalation(int(escalation), by=actor, now=now)
    text = f"{kind_named(clock.kind).words}: you have it."
    if not request.htmx:  # type: ignore[attr-defined]
        back = request.POST.get("at", "")
        ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return redirect(back if ours else reverse("clocks:list"))
    (row,) = rows_of(actor, standings([clock_or_404(actor, clock_id)], now))
    known = {"row": row, "may_acknowledge": gate(actor, ACKNOWLEDGE), "at": request.POST.get("at", "")}
    return confirmed(render(request, "clocks/_row.html", known), text)


def clock_or_404(actor: Actor, clock_id: int) -> Clock:
    try:
        return clock_for(actor, clock_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such clock in your markets.") from None


@exports("payments:view")
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The clocks of the filters in the address as CSV or XLSX, up to 100,000, in the order of the list."""
    actor, now = actor_of(request), timezone.now()
    form = ClockFilters(request, kinds_seen_by(actor), list(markets_of(actor)))
    found = clocks_due(actor, now, form.wanted)[:EXPORTED_ROWS]
    rows = (
        cells(each) for batch in batches(found.iterator(chunk_size=2000)) for each in standings(batch, now)
    )
    return list_download(f"clocks-{timezone.localdate().isoformat()}", kind, HEAD, rows)


def batches(clocks: Iterator[Clock]) -> Iterator[list[Clock]]:
    while batch := list(islice(clocks, 2000)):
        yield batch


def cells(each: ClockStanding) -> list[Cell]:
    clock = each.clock
    subject = (
        code_in(clock.subject_kind, clock.subject_id) if clock.subject_kind in PAGES else clock.subject_id
    )
    return [
        f"{clock.due_at:%Y-%m-%d %H:%M:%S}", each.state, each.words, clock.kind, clock.subject_kind, subject,
        clock.market, f"{clock.start_at:%Y-%m-%d %H:%M:%S}", clock.target_seconds, each.left_seconds,
        each.late_calendar_seconds, each.used_percent, clock.policy.version,
        f"{clock.calendar.name} {clock.calendar.version}",
    ]  # fmt: skip
