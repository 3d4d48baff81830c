"""The list of contracts, one contract, and making it active."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from paydesk.domain.contracts import queries
from paydesk.domain.contracts.actions import activate_contract
from paydesk.domain.contracts.states import CONTRACT
from paydesk.domain.ledger.queries import entries_about
from paydesk.foundation.audit.queries import history
from paydesk.kernel.public_codes import code_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import number_in
from paydesk.web.contracts.forms import ActivateForm, ContractFilters
from paydesk.web.contracts.local_days import local_days
from paydesk.web.contracts.standing import shown_contracts, shown_schedule
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.payments.postings import shown_entries
from paydesk.web.people_names import names_by_label
from paydesk.web.sight import Looking, looking
from paydesk.web.trail.words import done_words
from paydesk.web.workbook import Cell, check_fits, list_download

if TYPE_CHECKING:
    from paydesk.domain.contracts.models import Contract

RIGHT_TO_SEE = "customers:view"
HEAD = (
    "Contract", "Account number", "Market", "Customer", "Our number", "Product", "State", "Opened",
    "Handed over", "Currency", "Price", "Paid", "Outstanding", "Overdue", "Days past due",
)  # fmt: skip


@needs(RIGHT_TO_SEE)
def contract_list(request: HttpRequest) -> HttpResponse:
    """Contracts, newest first, found by account number, customer or code."""
    actor, days = actor_of(request), local_days(actor_of(request), timezone.now())
    filters = ContractFilters(request, [day.market for day in days.values()])
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    page = Page.of(queries.contract_list(actor, **filters.wanted)[start : start + PAGE_SIZE + 1], number)
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(
        request,
        "contracts/_list.html" if htmx and htmx.target == "contracts" else "contracts/list.html",
        {"page": page, "rows": shown_contracts(page.rows, days), "filters": filters}
        | {"may_export": gate(actor, "export"), "may_load": gate(actor, "contracts.load")},
    )


@exports(RIGHT_TO_SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The list as it is filtered, all of it as CSV."""
    actor, days = actor_of(request), local_days(actor_of(request), timezone.now())
    filters = ContractFilters(request, [day.market for day in days.values()])
    found = queries.contract_list(actor, **filters.wanted)
    check_fits(found, kind, "contracts")
    eyes = looking(request)

    def rows() -> Iterator[list[Cell]]:
        chunk: list[Contract] = []
        for contract in found.iterator(chunk_size=1000):
            chunk.append(contract)
            if len(chunk) == 1000:
                yield from _cells(chunk, days, eyes)
                chunk = []
        yield from _cells(chunk, days, eyes)

    return list_download(f"contracts-{timezone.localdate().isoformat()}", kind, HEAD, rows())


def _cells(contracts: list[Contract], days: Any, eyes: Looking) -> Iterator[list[Cell]]:
    for row in shown_contracts(contracts, days):
        contract = row.contract
        yield [
            row.code, contract.account_number, contract.market, eyes.name(contract.customer.name),
            contract.customer.external_ref, contract.product, contract.state.replace("_", " "),
            contract.opened_on, contract.activated_on, contract.currency, row.price.amount, row.paid.amount,
            row.open.amount, row.overdue.amount, row.days_past_due,
        ]  # fmt: skip


@needs(RIGHT_TO_SEE)
def contract_page(request: HttpRequest, code: str) -> HttpResponse:
    """One contract: figures, schedule, credit events, journal entries, who did what."""
    actor, contract = actor_of(request), contract_of(request, code)
    shown = shown_contracts([contract], local_days(actor, timezone.now()))[0]
    schedule = shown_schedule(shown, whole="whole" in request.GET)
    may_see_books = gate(actor, "ledger:view")
    entries = entries_about("contract", contract.pk) if may_see_books.allowed else []
    records = list(history("contract", contract.pk))
    names = names_by_label(
        [*(record.actor for record in records), *(entry.actor for entry in entries), contract.created_by]
    )
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(
        request,
        "contracts/_schedule.html" if htmx and htmx.target == "schedule" else "contracts/page.html",
        {
            "contract": contract,
            "shown": shown,
            "schedule": schedule,
            "whole_address": "?whole=1",
            "customer": contract.customer,
            "customer_code": code_of("CUS", contract.customer_id),
            "entries": shown_entries(entries, names, looking(request)) if entries else [],
            "may_see_books": may_see_books,
            "done": done_words(records, names),
            "made_by": names[contract.created_by],
            "activate_blocked": why_not_active(contract, gate(actor, "contracts.load").reason),
            "may_be_activated": CONTRACT.may("activate", contract.state),
        },
    )


def why_not_active(contract: Contract, no_right: str) -> str:
    """Why the device cannot be handed over yet; "" when it can."""
    if no_right:
        return no_right
    if contract.state == CONTRACT.start and contract.deposit_minor:
        return "The deposit is not paid in full. Apply the deposit first."
    return ""


@needs("contracts.load")
def activate(request: HttpRequest, code: str) -> HttpResponse:
    """Asks for the day the device was handed over and names what is owed from then on."""
    actor, contract, now = actor_of(request), contract_of(request, code), timezone.now()
    today = local_days(actor, now)[contract.market].today
    form = ActivateForm(request.POST or None, contract=contract, today=today)
    if request.method == "POST" and form.is_valid():
        activate_contract(contract.pk, activated_on=form.cleaned_data["activated_on"], by=actor, now=now)
        address = redirect("contracts:page", code=code_of("CON", contract.pk))
        if request.htmx:  # type: ignore[attr-defined]
            response = HttpResponse()
            response["HX-Redirect"] = address["Location"]
            return response
        return address
    shown = shown_contracts([contract], local_days(actor, now))[0]
    status = 422 if request.method == "POST" else 200
    known = {"form": form, "contract": contract, "shown": shown, "code": code_of("CON", contract.pk)}
    return render(request, "contracts/activate.html", known, status=status)


def contract_of(request: HttpRequest, code: str) -> Contract:
    """The contract behind a code; 404 for a mistyped one and for one of another market."""
    number = number_in("contract", code)
    try:
        return queries.contract_for(actor_of(request), -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404 from None
