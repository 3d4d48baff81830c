"""Rows of providers in doubt: the oldest first, whose they are; one with what it could belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.payments.queries import payment_for
from paydesk.domain.payments.what_rows_are import BOOKINGS, bookings_waiting
from paydesk.domain.refunds.queries import refunds_of_row
from paydesk.foundation.approvals.queries import pending_about
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.reporting.provider_cash import queries
from paydesk.web.access import Gate, actor_of, gate, needs
from paydesk.web.addresses import code_in, number_in, page_of
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.payments.shown import all_shown
from paydesk.web.provider_cash.rows import HEAD, KINDS, CashFilters, cells, did_of, found_by, rows_of, why_of
from paydesk.web.queues.saved import first_view, tabs_of
from paydesk.web.queues.subjects import CASH, subject_or_404
from paydesk.web.queues.whose import filters_in
from paydesk.web.queues.work import work_of
from paydesk.web.sight import looking
from paydesk.web.workbook import list_download

if TYPE_CHECKING:
    from paydesk.domain.payments.models import ReversalRow, TransitRow

RIGHT = "providers.manage:view"
FOUND_BY = {
    "hand": "as a person says", "amount": "found by the amount alone",
    "reference": "named by both rows", "batch": "named by the bank",
}  # fmt: skip
PARTED = ("hand", "amount")  # what a person may take apart
EXPORTED_ROWS = 50_000


@require_safe
@needs(RIGHT)
@vary_on_headers("HX-Request", "HX-Target")
def cash_list(request: HttpRequest) -> HttpResponse:
    """What is in doubt over all accounts, the oldest first; constant queries."""
    actor, today = actor_of(request), timezone.localdate()
    filters = CashFilters(request)
    tabs = tabs_of(request, "cash")
    if (first := first_view(request, tabs)) is not None:
        return first
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = found_by(actor, filters, start + PAGE_SIZE + 1)[start:]
    known = {
        "page": Page.of(rows_of(found, today, looking(request)), number),
        "filters": filters,
        "tabs": tabs,
        "saveable": urlencode(filters_in(request.GET.dict())),
        "kinds": KINDS,
        "may_export": gate(actor, "export"),
    }
    target = request.htmx.target  # type: ignore[attr-defined]
    return render(
        request, "provider_cash/_list.html" if target == "cash" else "provider_cash/list.html", known
    )


def subject_in(request: HttpRequest, code: str) -> Any:
    """The row behind a code as a thing of a queue."""
    if all(number_in(kind, code) is None for kind in CASH):
        raise Http404("There is no such row.")
    return subject_or_404(actor_of(request), code)


@require_safe
@needs(RIGHT)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One row: what it says, who works on it, what it could belong to; constant queries."""
    actor = actor_of(request)
    subject = subject_in(request, code)
    thing, is_open = subject.thing, subject.thing.state == "open"
    known: dict[str, Any] = {}
    if subject.kind == "reversal_row" and is_open:
        known |= {
            "refunds": [
                (code_in("refund", each.pk), page_of("refund", each.pk), each)
                for each in refunds_of_row(thing)
            ],
            "may_settle": gate(actor, "payouts.release"),
            "may_book": gate(actor, "matching.outside_tolerance"),
            "booking": _waits(thing),
        }
    if subject.kind == "reversal_row" and is_open and thing.amount_minor > 0:
        payments = queries.possible_originals(thing)
        if typed := request.GET.get("payment", ""):
            payments = [_typed_payment(actor, typed)]
        asked = pending_about("payment", [each.pk for each in payments])
        known |= {"payments": all_shown(payments), "asked": set(asked), "typed": typed}
    elif subject.kind == "transit_row" and is_open and thing.amount_minor > 0:
        known = {
            "departures": [
                (each, f"t{each.pk}", Money(each.amount_minor, each.currency))
                for each in queries.possible_departures(thing)
            ],
            "batches": [
                (each, f"b{each.pk}", Money(each.net_minor, each.currency), Money(left, each.currency))
                for each, left in queries.possible_batches(thing)
            ],
        }
    matched = subject.kind == "reversal_row" and thing.state in ("matched", "confirmed")
    return render(
        request,
        "provider_cash/page.html",
        known
        | {
            "subject": subject,
            "row": thing,
            "is_open": is_open,
            "is_reversal": subject.kind == "reversal_row",
            "words": KINDS[subject.kind],
            "did": did_of(subject.kind, thing),
            "explained": _explained(thing) if thing.state == "explained" else None,
            "why": why_of(subject.kind, thing) if is_open else "",
            "line_url": reverse("intake:lines", args=[code_in("file", thing.statement_line.file_id)]),
            "matched": (code_in("payment", thing.payment_id), page_of("payment", thing.payment_id))
            if matched
            else None,
            "may_take_apart": _may_take_apart(actor, subject.kind, thing),
            "other_end": _other_end(thing) if subject.kind == "transit_row" else None,
            "found_by": FOUND_BY.get(getattr(thing, "found_by", ""), ""),
            "may_match": gate(
                actor, "payments.reverse" if subject.kind == "reversal_row" else "matching.confirm"
            ),
            "work": work_of(actor, subject),
            "at_query": "",
        },
    )


def _waits(thing: ReversalRow) -> tuple[str, str] | None:
    """The approval that waits about this row, alone or with others, as its code and page."""
    waiting = bookings_waiting([thing.pk]).get(thing.pk)
    return waiting and (code_in("approval", waiting.pk), page_of("approval", waiting.pk))


def _explained(thing: ReversalRow) -> tuple[str, str]:
    """What explains the row, in words, and its page where it has one."""
    if thing.explained_as == "refund" and thing.explained_id is not None:
        return code_in("refund", thing.explained_id), page_of("refund", thing.explained_id)
    return BOOKINGS.get(thing.explained_as, (thing.explained_as,))[0], ""


def _may_take_apart(actor: Actor, kind: str, thing: Any) -> Gate | None:
    """Whether the actor may take apart what a person said; None where the rows themselves said it."""
    if kind == "reversal_row":
        by_hand = thing.state in ("matched", "confirmed") and thing.reason == "by_hand"
        return gate(actor, "payments.reverse") if by_hand or thing.state == "explained" else None
    return gate(actor, "matching.unmatch") if thing.state == "matched" and thing.found_by in PARTED else None


def _other_end(thing: TransitRow) -> tuple[str, str] | None:
    """The row at the other end with its page, or the key of the batch; None while it is open."""
    if thing.partner_id is not None:
        return code_in("transit_row", thing.partner_id), page_of("transit_row", thing.partner_id)
    return (thing.batch.batch_key, "") if thing.batch is not None else None


def _typed_payment(actor: Actor, typed: str) -> Any:
    number = number_in("payment", typed.strip())
    try:
        return payment_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such payment in your markets.") from None


@exports(RIGHT)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The rows of the filters in the address as CSV or XLSX, up to 50,000."""
    found = found_by(actor_of(request), CashFilters(request), EXPORTED_ROWS)
    name = f"in-doubt-{timezone.localdate().isoformat()}"
    return list_download(name, kind, HEAD, cells(found, timezone.localdate(), looking(request)))
