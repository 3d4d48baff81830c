"""Withdrawals, orders and attempts to bind a payment method: found, filtered, exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.marketplace.queries import link_attempts, orders, reasons_of_attempts, withdrawals
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.exports import exports
from paydesk.web.marketplace.shown import Shown, shown_attempt, shown_order, shown_withdrawal
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.sight import Looking, looking
from paydesk.web.workbook import check_fits, list_download

SEE = "payments:view"
TABS = (
    ("marketplace:list", "Sellers"), ("marketplace:withdrawals", "Withdrawals"),
    ("marketplace:orders", "Orders"), ("marketplace:link_attempts", "Payment methods"),
    ("marketplace:asks", "Asked of the platform"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """One of the lists: where it is, what it reads, how one row is shown, the states it is filtered by."""

    name: str
    title: str
    one: str
    find: Callable[..., QuerySet[Any]]
    show: Callable[[Any], Shown]
    states: dict[str, str]
    day_of: str  # the column that the days of the filter are about
    by_reason: bool = False


WITHDRAWALS = Listing(
    "withdrawals", "Withdrawals", "Withdrawal", withdrawals, shown_withdrawal,
    {"in_transit": "In transit", "paid": "Paid", "failed": "Failed"}, "requested_at",
)  # fmt: skip
ORDERS = Listing(
    "orders", "Orders", "Order", orders, shown_order, {"paid": "Pending", "available": "Free"}, "paid_at"
)
ATTEMPTS = Listing(
    "link_attempts", "Payment methods", "Attempt", link_attempts, shown_attempt,
    {"failed": "Refused", "linked": "Bound"}, "at", by_reason=True,
)  # fmt: skip


class ThingFilters(AddressFilters):
    """What stands in the address: a number or name, market, state, reason, days."""

    q = forms.CharField(
        required=False, max_length=100, label="Number or seller",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False)
    reason = forms.ChoiceField(required=False, label="Refused because")
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, request: HttpRequest, listing: Listing, actor: Actor) -> None:
        super().__init__(request)
        self.listing = listing
        fields: dict[str, Any] = self.fields
        fields["market"].choices = [ANY, *((each.pk, each.name) for each in markets_of(actor))]
        fields["state"].choices = [ANY, *listing.states.items()]
        if listing.by_reason:
            reasons = reasons_of_attempts(actor)
            fields["reason"].choices = [ANY, *((each, each.replace("_", " ")) for each in reasons)]
        else:
            del self.fields["reason"]

    @property
    def lookups(self) -> dict[str, Any]:
        names = {"reason": "reason_code", "since": f"{self.listing.day_of}__date__gte",
                 "until": f"{self.listing.day_of}__date__lte"}  # fmt: skip
        return {names.get(name, name): value for name, value in self.wanted.items()}


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def withdrawal_list(request: HttpRequest) -> HttpResponse:
    return _list(request, WITHDRAWALS)


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def order_list(request: HttpRequest) -> HttpResponse:
    return _list(request, ORDERS)


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def attempt_list(request: HttpRequest) -> HttpResponse:
    return _list(request, ATTEMPTS)


def _list(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Those told last first; the same partial at the first paint and after a filter."""
    actor, number = actor_of(request), page_number(request)
    filters = ThingFilters(request, listing, actor)
    start = (number - 1) * PAGE_SIZE
    found = listing.find(actor, **filters.lookups)[start : start + PAGE_SIZE + 1]
    known = {
        "page": Page.of(map(listing.show, found), number),
        "filters": filters,
        "listing": listing,
        "tabs": tabs_at(f"marketplace:{listing.name}"),
        "here": reverse(f"marketplace:{listing.name}"),
        "may_export": gate(actor, "export"),
        "csv_url": reverse(f"marketplace:export_{listing.name}", args=["csv"]),
        "xlsx_url": reverse(f"marketplace:export_{listing.name}", args=["xlsx"]),
    }
    target = request.htmx.target  # type: ignore[attr-defined]
    return render(request, f"marketplace/{'_things' if target == 'things' else 'things'}.html", known)


def tabs_at(here: str) -> list[tuple[str, str, bool]]:
    """(words, address, whether one is there) of each list."""
    return [(words, reverse(name), name == here) for name, words in TABS]


@exports(SEE)
def export_withdrawals(request: HttpRequest, kind: str) -> HttpResponseBase:
    return _export(request, WITHDRAWALS, kind)


@exports(SEE)
def export_orders(request: HttpRequest, kind: str) -> HttpResponseBase:
    return _export(request, ORDERS, kind)


@exports(SEE)
def export_attempts(request: HttpRequest, kind: str) -> HttpResponseBase:
    return _export(request, ATTEMPTS, kind)


def _export(request: HttpRequest, listing: Listing, kind: str) -> HttpResponseBase:
    """What is shown with the filters of the address, all of it, as CSV or XLSX; names as in a list."""
    eyes = looking(request)
    found = listing.find(eyes.actor, **ThingFilters(request, listing, eyes.actor).lookups)
    check_fits(found, kind, listing.title.lower())
    head = (
        listing.one, "Number", "Market", "State", "Seller", "Seller's number", "Method", "At (UTC)",
        "Ended at (UTC)", "Amount", "Our fee", "Currency", "Why",
    )  # fmt: skip
    shown = map(listing.show, found.iterator(chunk_size=2000))
    name = f"{listing.name.replace('_', '-')}-{timezone.localdate().isoformat()}"
    return list_download(name, kind, head, _cells(shown, eyes))


def _cells(shown: Iterable[Shown], eyes: Looking) -> Iterable[list[Any]]:
    for each in shown:
        thing = each.thing
        yield [
            each.code, thing.external_ref, thing.market, each.word, eyes.name(thing.party.name),
            thing.party.external_ref, each.method, f"{each.at:%Y-%m-%d %H:%M:%S}",
            f"{each.ended_at:%Y-%m-%d %H:%M:%S}" if each.ended_at else None,
            each.amount.amount if each.amount else None, each.fee.amount if each.fee else None,
            each.amount.currency if each.amount else "", each.why,
        ]  # fmt: skip
