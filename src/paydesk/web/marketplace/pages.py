"""One order, one withdrawal, one attempt to bind a payment method: story, postings, seller, cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from paydesk.domain.cases.queries import code as code_of_case
from paydesk.domain.cases.states import CASE
from paydesk.domain.ledger.queries import entries_about
from paydesk.domain.marketplace.queries import (
    asks_about,
    cases_about,
    events_about,
    link_attempt_for,
    order_for,
    withdrawal_for,
)
from paydesk.domain.payments.queries import sub_accounts
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, number_in, page_of
from paydesk.web.marketplace.asks import acts_of, shown_asks
from paydesk.web.marketplace.lists import ATTEMPTS, ORDERS, WITHDRAWALS
from paydesk.web.marketplace.shown import Shown, shown_attempt, shown_order, shown_withdrawal, steps_of
from paydesk.web.payments.postings import shown_entries
from paydesk.web.people_names import names_by_label
from paydesk.web.refunds.detail import Event
from paydesk.web.sight import looking

SEE = "payments:view"
LISTS = {"withdrawal": WITHDRAWALS, "order": ORDERS, "link_attempt": ATTEMPTS}
NEXT = {
    ("withdrawal", "in_transit"): ("moving", "The provider says whether it arrived"),
    ("withdrawal", "failed"): (
        "failed",
        "The money is free again: the seller corrects the account, and the platform is asked again",
    ),
    ("order", "paid"): ("moving", "The platform sets the seller's part free"),
    ("link_attempt", "failed"): ("failed", "The seller puts right what was refused and tries again"),
}


@require_safe
@needs(SEE)
def withdrawal(request: HttpRequest, code: str) -> HttpResponse:
    """One withdrawal on its way: each step with its source, and why it failed."""
    return _page(request, "withdrawal", code, withdrawal_for, shown_withdrawal)


@require_safe
@needs(SEE)
def order(request: HttpRequest, code: str) -> HttpResponse:
    """One order: paid by a buyer, then the seller's part is free."""
    return _page(request, "order", code, order_for, shown_order)


@require_safe
@needs(SEE)
def link_attempt(request: HttpRequest, code: str) -> HttpResponse:
    """One attempt to bind a payment method, and why it was refused."""
    return _page(request, "link_attempt", code, link_attempt_for, shown_attempt)


def _page(
    request: HttpRequest,
    kind: str,
    code: str,
    find: Callable[[Actor, int], Any],
    show: Callable[[Any], Shown],
) -> HttpResponse:
    actor, number = actor_of(request), number_in(kind, code)
    try:
        found = find(actor, number if number is not None and number < 2**63 else 0)
    except ObjectDoesNotExist:
        raise Http404("There is no such thing of a seller in your markets.") from None
    events = events_about(kind, found.pk)
    steps = steps_of(events)
    if (kind, found.state) in NEXT:
        family, words = NEXT[kind, found.state]
        steps.append(Event(None, family, words, waits=True))
    ledger = gate(actor, "ledger:view")
    moving = [each.pk for each in events if each.amount_minor] if ledger.allowed else []
    entries = [entry for event_id in moving for entry in entries_about("market_event", event_id)]
    names = names_by_label({entry.actor for entry in entries})
    known = {
        "each": show(found),
        "list_url": reverse(f"marketplace:{LISTS[kind].name}"),
        "list_words": LISTS[kind].title,
        "seller_code": code_in("seller", found.party_id),
        "events": steps,
        "ledger": ledger,
        "entries": shown_entries(entries, names, looking(request), sub_accounts(entries)),
        "cases": case_rows(actor, kind, found.pk),
    }
    if kind == "withdrawal":
        known["asks"] = asked = shown_asks(asks_about(kind, found.pk))
        known["acts"] = acts_of(kind, found.pk, actor, asked, found.state)
    return render(request, "marketplace/thing.html", known)


def case_rows(actor: Actor, kind: str, number: int) -> list[tuple[Any, str, str, str]]:
    """(case, its code, its address, family of its state) of the cases about a thing, for who sees cases."""
    if not actor.may("cases.work:view"):
        return []
    return [
        (each, code_of_case(each), page_of("case", each.pk), CASE.family(each.state))
        for each in cases_about(actor, kind, number)
    ]
