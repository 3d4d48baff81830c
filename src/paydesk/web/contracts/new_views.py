"""A contract made by hand: the form, the plan it makes while one types, the customer it is for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from paydesk.domain.contracts.actions import Terms, load_contracts
from paydesk.domain.contracts.queries import contracts_by_key, suggested_account_number
from paydesk.domain.parties.queries import customer_for
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.kernel.references import key_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import number_in
from paydesk.web.contracts.forms import NewContractForm
from paydesk.web.contracts.local_days import LocalDay, local_days
from paydesk.web.customers.finding import found_customers

if TYPE_CHECKING:
    from paydesk.domain.parties.models import Customer

SHOWN_ITEMS = 12
MOST_FOUND = 8


@needs("contracts.load:view")
def new(request: HttpRequest) -> HttpResponse:
    """The form; what is valid is loaded as a file of one row would be."""
    actor, now = actor_of(request), timezone.now()
    days = local_days(actor, now)
    customer = _customer(request)
    form = _form(request, days, customer)
    if request.method == "POST":
        actor.needs("contracts.load")
        if form.is_valid():
            terms = form.terms()
            for reason in _refusals(terms, actor, now):
                form.add_error("account_number", reason)
            if not form.errors:
                made = contracts_by_key([key_of(terms.account_number)])
                contract = made[terms.market, key_of(terms.account_number)]
                messages.success(request, f"Contract {contract.account_number} made.")
                return redirect("contracts:page", code=code_of("CON", contract.pk))
    return render(
        request,
        "contracts/new.html",
        {
            "form": form,
            "customer": customer,
            "customer_code": code_of("CUS", customer.pk) if customer else "",
            "may_load": gate(actor, "contracts.load"),
        }
        | _plan(form),
        status=422 if form.is_bound and form.errors else 200,
    )


def _refusals(terms: Terms, actor: Actor, now: datetime) -> list[str]:
    """Make the contract; why it was refused, nothing when it was made."""
    try:
        return [reason for _, reason in load_contracts([terms], by=actor, now=now).refused]
    except IntegrityError:
        return [
            f"{terms.account_number} was taken a moment ago. Look whether this contract is there already."
        ]


@needs("contracts.load:view")
def plan(request: HttpRequest) -> HttpResponse:
    """The schedule of what stands in the form now, or what is missing for it."""
    days = local_days(actor_of(request), timezone.now())
    form = NewContractForm(
        request.GET,
        markets=[day.market for day in days.values()],
        customer=_customer(request),
        today=_today(days),
    )
    return render(request, "contracts/_plan.html", _plan(form))


@needs("contracts.load:view")
def customers_found(request: HttpRequest) -> HttpResponse:
    """The first customers that fit what is typed, each to be chosen."""
    text = request.GET.get("find", "").strip()
    days = local_days(actor_of(request), timezone.now())
    found = found_customers(actor_of(request), text, list(days)).rows[:MOST_FOUND] if len(text) >= 2 else []
    known = {"found": [(code_of("CUS", each.pk), each) for each in found], "text": text}
    return render(request, "contracts/_customers_found.html", known)


def _form(request: HttpRequest, days: dict[str, LocalDay], customer: Customer | None) -> NewContractForm:
    markets = [day.market for day in days.values()]
    today = days[customer.market].today if customer else _today(days)
    market = customer.market if customer else markets[0].pk if markets else ""
    initial = {
        "market": market,
        "account_number": suggested_account_number(market),
        "opened_on": today,
        "first_due_on": today + timedelta(days=7),
    }
    return NewContractForm(
        request.POST if request.method == "POST" else None,
        markets=markets, customer=customer, today=today, initial=initial,
    )  # fmt: skip


def _today(days: dict[str, LocalDay]) -> date:
    return max((day.today for day in days.values()), default=timezone.localdate())


def _customer(request: HttpRequest) -> Customer | None:
    """The customer chosen in the address or the form; 404 for one that is none of the person's markets."""
    code = request.POST.get("customer") or request.GET.get("customer") or ""
    if not code:
        return None
    number = number_in("customer", code)
    try:
        return customer_for(actor_of(request), -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404 from None


def _plan(form: NewContractForm) -> dict[str, object]:
    """The first due items with the sum, or "" while the form does not make a plan."""
    if not form.is_bound:
        return {"plan": None}
    form.is_valid()
    asked = ("price", "deposit", "opened_on", "first_due_on", "instalments", "frequency")
    problems = [form.errors[name][0] for name in asked if name in form.errors and form.data.get(name)]
    if problems or any(name not in form.cleaned_data for name in asked) or not form.currency:
        return {"plan": None, "plan_problem": problems[0] if problems else ""}
    form.cleaned_data.setdefault("account_number", "")
    for name in ("customer_ref", "customer_name", "phones", "product"):
        form.cleaned_data.setdefault(name, "")
    form.cleaned_data.setdefault("activated_on", None)
    try:
        items = form.plan()
    except ValueError as problem:
        return {"plan": None, "plan_problem": str(problem)}
    shown = items if len(items) <= SHOWN_ITEMS else [*items[: SHOWN_ITEMS - 1], items[-1]]
    return {
        "plan": [
            {
                "number": items.index(item) + 1,
                "kind": item[0],
                "due_on": item[1],
                "due": Money(item[2], form.currency),
            }
            for item in shown
        ],
        "plan_left_out": len(items) - len(shown),
        "plan_count": len(items),
        "plan_total": Money(sum(amount for _, _, amount in items), form.currency),
        "plan_last": items[-1][1] if items else None,
    }
