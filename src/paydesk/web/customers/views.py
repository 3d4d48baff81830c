"""The list of customers and one customer: contracts, schedule, payments, who did what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from paydesk.domain.parties.queries import customer_for
from paydesk.domain.payments.queries import payments
from paydesk.domain.refunds.queries import refunds_of_customer
from paydesk.foundation.audit.queries import histories
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of, gate, gate_to_ask, needs
from paydesk.web.addresses import number_in
from paydesk.web.contracts.local_days import LocalDay, local_days
from paydesk.web.contracts.standing import ShownContract, shown_schedule
from paydesk.web.customers.finding import found_customers, listed
from paydesk.web.customers.forms import CustomerFilters
from paydesk.web.customers.overview import held_for, shown_customers
from paydesk.web.exports import exports
from paydesk.web.paging import Page, page_number
from paydesk.web.payments.shown import all_shown
from paydesk.web.people_names import names_by_label
from paydesk.web.refunds.shown import all_shown as all_refunds_shown
from paydesk.web.risk.of_person import acts_of_customer, held_notice
from paydesk.web.sight import Looking, looking
from paydesk.web.trail.words import done_words
from paydesk.web.workbook import Cell, check_fits, list_download

if TYPE_CHECKING:
    from paydesk.domain.parties.models import Customer
    from paydesk.domain.payments.models import Payment

RIGHT_TO_SEE = "customers:view"
PAYMENTS_SHOWN = 20
REFUNDS_SHOWN = 20
RECORDS_SHOWN = 30
HEAD = (
    "Customer", "Name", "Our number", "Market", "Phones", "Identity numbers", "Contracts", "States",
    "Days past due", "Currency", "Overdue",
)  # fmt: skip


@needs(RIGHT_TO_SEE)
def customer_list(request: HttpRequest) -> HttpResponse:
    """Customers by name, each with how many contracts, how late and how much is overdue."""
    actor = actor_of(request)
    days = local_days(actor, timezone.now())
    filters = CustomerFilters(request, [day.market for day in days.values()])
    found = found_customers(
        actor, filters.wanted.get("text", ""), list(days), market=filters.wanted.get("market", ""),
        inside=bool(filters.wanted.get("inside")), number=page_number(request),
    )  # fmt: skip
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(
        request,
        "customers/_list.html" if htmx and htmx.target == "customers" else "customers/list.html",
        {
            "found": found,
            "page": found.page,
            "rows": shown_customers(found.rows, actor, days),
            "filters": filters,
            "may_export": gate(actor, "export"),
            "may_load": gate(actor, "contracts.load"),
        },
    )


@exports(RIGHT_TO_SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The list as it is filtered, all of it as CSV; one row per customer and currency."""
    actor = actor_of(request)
    days = local_days(actor, timezone.now())
    filters = CustomerFilters(request, [day.market for day in days.values()])
    found = listed(
        actor, filters.wanted.get("text", ""), list(days), market=filters.wanted.get("market", ""),
        inside=bool(filters.wanted.get("inside")),
    )  # fmt: skip
    check_fits(found, kind, "customers")
    found = found.prefetch_related("identities")
    eyes = looking(request)

    def rows() -> Iterator[list[Cell]]:
        chunk: list[Customer] = []
        for customer in found.iterator(chunk_size=1000):
            chunk.append(customer)
            if len(chunk) == 1000:
                yield from _cells(chunk, eyes, days)
                chunk = []
        yield from _cells(chunk, eyes, days)

    return list_download(f"customers-{timezone.localdate().isoformat()}", kind, HEAD, rows())


def _cells(
    customers: Sequence[Customer], eyes: Looking, days: Mapping[str, LocalDay]
) -> Iterator[list[Cell]]:
    for row in shown_customers(customers, eyes.actor, days):
        customer = row.customer
        phones = " / ".join(eyes.phone(phone.msisdn) for phone in customer.phones.all())
        identities = " / ".join(eyes.identity(each.number) for each in customer.identities.all())
        states = ", ".join(f"{each.count} {each.state.replace('_', ' ')}" for each in row.states)
        sums: Sequence[Money | None] = row.overdue or [None]
        for overdue in sums:
            yield [
                row.code, eyes.name(customer.name), customer.external_ref, customer.market,
                phones, identities, len(row.contracts), states, row.days_past_due,
                overdue.currency if overdue else "", overdue.amount if overdue else None,
            ]  # fmt: skip


@needs(RIGHT_TO_SEE)
def customer_page(request: HttpRequest, code: str) -> HttpResponse:
    """One customer: who they are, their contracts, one schedule in the middle, payments beside it."""
    actor, customer = actor_of(request), _customer(request, code)
    days = local_days(actor, timezone.now())
    shown = shown_customers([customer], actor, days)[0]
    chosen = _chosen(request, shown.contracts)
    page = _payments(request, actor, customer)
    htmx = request.htmx  # type: ignore[attr-defined]
    known = {
        "customer": customer,
        "row": shown,
        "code": shown.code,
        "shown": chosen,
        "contract": chosen.contract if chosen else None,
        "schedule": shown_schedule(chosen, whole="whole" in request.GET) if chosen else None,
        "whole_address": f"?contract={chosen.code}&whole=1" if chosen else "",
        "is_open": "contract" in request.GET,
        "held": held_for(customer),
        "payments": page,
        "payment_rows": all_shown(page),
        "may_apply": gate_to_ask(actor, "payments.allocate"),
        "more_acts": acts_of_customer(shown.code, actor),
        "legal_hold": held_notice(("customer", customer.pk), actor),
        "may_load": gate(actor, "contracts.load"),
        "refunds": all_refunds_shown(refunds_of_customer(actor, customer.pk)[:REFUNDS_SHOWN]),
    }
    if htmx and htmx.target in ("schedule", "customer-payments"):
        part = "contracts/_schedule.html" if htmx.target == "schedule" else "customers/_payments.html"
        return render(request, part, known)
    subjects = {
        "customer": [customer.pk],
        "contract": [each.contract.pk for each in shown.contracts],
        "payment": [payment.pk for payment in page],
    }
    records = list(histories(subjects)[:RECORDS_SHOWN])
    names = names_by_label([*(record.actor for record in records), customer.created_by])
    known |= {
        "done": done_words(records, names, about_others=True),
        "made_by": names[customer.created_by],
    }
    return render(request, "customers/page.html", known)


def _chosen(request: HttpRequest, contracts: Sequence[ShownContract]) -> ShownContract | None:
    asked = request.GET.get("contract", "")
    return next((each for each in contracts if each.code == asked), contracts[0] if contracts else None)


def _payments(request: HttpRequest, actor: Actor, customer: Customer) -> Page[Payment]:
    number = page_number(request)
    start = (number - 1) * PAYMENTS_SHOWN
    found = payments(actor, {"customer": customer.pk})[start : start + PAYMENTS_SHOWN + 1]
    return Page.of(found, number, size=PAYMENTS_SHOWN)


def _customer(request: HttpRequest, code: str) -> Customer:
    """The customer behind a code; 404 for a mistyped one and for one of another market."""
    number = number_in("customer", code)
    try:
        return customer_for(actor_of(request), -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404 from None
