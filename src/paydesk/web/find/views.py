"""Find: what was typed leads straight to the one thing it names, else to what resembles it, by kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.domain.contracts.queries import find_contracts, standings
from paydesk.domain.parties.queries import customers
from paydesk.domain.payments.queries import payments, within_patience
from paydesk.kernel.phone_numbers import PLANS, e164_digits
from paydesk.kernel.references import key_of
from paydesk.web.access import actor_of
from paydesk.web.addresses import kind_and_number, page_of
from paydesk.web.payments.shown import all_shown

if TYPE_CHECKING:
    from paydesk.domain.contracts.models import Contract
    from paydesk.domain.parties.models import Customer
    from paydesk.domain.payments.models import Payment

MOST = 8


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Go to the one exact hit; else payments, customers and contracts, a few of each."""
    actor, text = actor_of(request), request.GET.get("q", "").replace("\0", "").strip()[:100]
    code = kind_and_number(text)
    if code and (address := page_of(*code)):
        return redirect(address)
    known = actor.may("customers:view") and text
    with within_patience():
        paid = list(payments(actor, {"q": text})[: MOST + 1]) if text and actor.may("payments:view") else []
        people = list(customers(actor, text)[: MOST + 1]) if known else []
        accounts = list(find_contracts(actor, text)[: MOST + 1]) if known else []
        contracts = standings(accounts[:MOST], on=timezone.localdate())
    if address := exact_hit(text, paid, people, accounts):
        return redirect(address)
    return render(
        request,
        "find/found.html",
        {
            "find_text": text,
            "payments": all_shown(paid[:MOST]),
            "more_payments": len(paid) > MOST,
            "customers": people[:MOST],
            "more_customers": len(people) > MOST,
            "contracts": contracts,
            "more_contracts": len(accounts) > MOST,
            "nothing": not (paid or people or accounts),
        },
    )


def exact_hit(
    text: str, paid: Sequence[Payment], people: Sequence[Customer], accounts: Sequence[Contract]
) -> str:
    """The page of the one thing with exactly this account number, provider reference or phone, else ""."""
    key = key_of(text)
    numbers = [contract.pk for contract in accounts if contract.account_key == key]
    if len(numbers) == 1:
        return page_of("contract", numbers[0])
    references = [payment.pk for payment in paid if payment.statement_line.provider_ref == text]
    if len(references) == 1:
        return page_of("payment", references[0])
    phones = {e164_digits(text, market) for market in PLANS}
    owners = [who.pk for who in people if any(phone.msisdn in phones for phone in who.phones.all())]
    return page_of("customer", owners[0]) if len(owners) == 1 else ""
