"""Sellers with what is owed to them, one of them with everything that was told of it, taking in a file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.marketplace.actions import take_events
from paydesk.domain.marketplace.event_file import COLUMNS, MOST_ROWS, read_event_file
from paydesk.domain.marketplace.queries import (
    asks_about,
    balances_of,
    events_of,
    link_attempts_of,
    orders_of,
    seller_for,
    sellers,
    withdrawals_of,
)
from paydesk.domain.parties.rules import PARTY_KINDS
from paydesk.domain.providers.queries import source_accounts
from paydesk.foundation.documents.actions import store
from paydesk.foundation.people.queries import markets_of
from paydesk.importers.records import NotReadable
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, number_in
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.exports import exports
from paydesk.web.marketplace.asks import acts_of, shown_asks
from paydesk.web.marketplace.lists import tabs_at
from paydesk.web.marketplace.pages import case_rows
from paydesk.web.marketplace.shown import shown_attempt, shown_order, shown_withdrawal, steps_of
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.risk.of_person import acts_of_seller, held_notice
from paydesk.web.sight import looking
from paydesk.web.workbook import check_fits, list_download

if TYPE_CHECKING:
    from paydesk.domain.parties.models import Party

SEE, TAKE = "payments:view", "files.import"
MOST_BYTES = 10 * 1024 * 1024


HEAD = ("Seller", "Number", "Name", "Kind", "Market", "Currency", "Free", "Pending", "Held")


class SellerFilters(AddressFilters):
    """What stands in the address: a name or number of the seller or of a thing of theirs, market, kind."""

    q = forms.CharField(
        required=False, max_length=100, label="Name, number, order or withdrawal",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(required=False, choices=[ANY, *PARTY_KINDS.items()])

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        super().__init__(request)
        field: Any = self.fields["market"]
        field.choices = [ANY, *((each.pk, each.name) for each in markets_of(actor))]

    @property
    def lookups(self) -> dict[str, Any]:
        return {{"q": "text"}.get(name, name): value for name, value in self.wanted.items()}


class TakeForm(forms.Form):
    account = forms.TypedChoiceField(label="Of which account of ours", coerce=int)
    file = forms.FileField(label="CSV or XLSX")


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def seller_list(request: HttpRequest) -> HttpResponse:
    """Sellers by name with what is free, pending and held; found by name, number, order or withdrawal."""
    actor, number = actor_of(request), page_number(request)
    start = (number - 1) * PAGE_SIZE
    filters = SellerFilters(request, actor)
    found = list(sellers(actor, **filters.lookups)[start : start + PAGE_SIZE + 1])
    owed = balances_of([party.pk for party in found])
    page = Page.of(
        [
            (party, code_in("seller", party.pk), PARTY_KINDS[party.kind], owed.get(party.pk, []))
            for party in found
        ],
        number,
    )
    known = {
        "page": page,
        "filters": filters,
        "tabs": tabs_at("marketplace:list"),
        "take": gate(actor, TAKE),
        "may_export": gate(actor, "export"),
    }
    target = request.htmx.target  # type: ignore[attr-defined]
    return render(request, f"marketplace/{'_sellers' if target == 'things' else 'list'}.html", known)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The sellers of the filters in the address with what is owed to them, one row per currency."""
    eyes = looking(request)
    found = sellers(eyes.actor, **SellerFilters(request, eyes.actor).lookups)
    check_fits(found, kind, "sellers")
    rows = (
        [
            code_in("seller", party.pk), party.external_ref, eyes.name(party.name), PARTY_KINDS[party.kind],
            party.market, *(owed.currency_and_amounts if owed else ("", None, None, None)),
        ]
        for part in _parts(found.iterator(chunk_size=1000))
        for balances in [balances_of([party.pk for party in part])]
        for party in part
        for owed in balances.get(party.pk) or [None]
    )  # fmt: skip
    return list_download(f"sellers-{timezone.localdate().isoformat()}", kind, HEAD, rows)


def _parts(found: Iterator[Party]) -> Iterator[list[Party]]:
    while part := list(islice(found, 1000)):
        yield part


def seller_or_404(actor: Actor, code: str) -> Party:
    number = number_in("seller", code)
    if number is None or number >= 2**63:
        raise Http404("There is no seller with this code.")
    try:
        return seller_for(actor, number)
    except ObjectDoesNotExist:
        raise Http404("There is no such seller in your markets.") from None


@require_safe
@needs(SEE)
def seller(request: HttpRequest, code: str) -> HttpResponse:
    """One seller: balance, withdrawals and bound methods with why they failed, orders, every row."""
    actor = actor_of(request)
    party = seller_or_404(actor, code)
    asked = shown_asks(asks_about("seller", party.pk))
    known = {
        "party": party,
        "code": code_in("seller", party.pk),
        "kind": PARTY_KINDS[party.kind],
        "more_acts": acts_of_seller(code_in("seller", party.pk), actor),
        "legal_hold": held_notice(("seller", party.pk), actor),
        "balances": balances_of([party.pk]).get(party.pk, []),
        "withdrawals": [shown_withdrawal(each) for each in withdrawals_of(party.pk)],
        "attempts": [shown_attempt(each) for each in link_attempts_of(party.pk)],
        "orders": [shown_order(each) for each in orders_of(party.pk)],
        "cases": case_rows(actor, "seller", party.pk),
        "asks": asked,
        "acts": acts_of("seller", party.pk, actor, asked),
        "events": steps_of(events_of(party.pk)),
    }
    return render(request, "marketplace/seller.html", known)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE)
def take(request: HttpRequest) -> HttpResponse:
    """Take in a file of the platform; rows that do not fit are shown with their reasons."""
    actor, is_sent = actor_of(request), request.method == "POST"
    form = TakeForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    account: Any = form.fields["account"]
    account.choices = [(each.pk, each.name) for each in source_accounts(actor).filter(role="evidence")]
    rejected: list[tuple[int, str]] = []
    if is_sent:
        actor.needs(TAKE)
        if form.is_valid() and not (problem := _taken(request, form, actor, rejected)):
            if not rejected:
                return redirect("marketplace:list")
        elif form.is_valid():
            form.add_error("file", problem)
    known = {
        "form": form, "columns": COLUMNS, "rejected": sorted(rejected), "may_take": gate(actor, TAKE),
        "most_rows": MOST_ROWS, "no_account": not account.choices,
    }  # fmt: skip
    return render(request, "marketplace/take.html", known, status=422 if form.errors else 200)


def _taken(request: HttpRequest, form: TakeForm, actor: Actor, rejected: list[tuple[int, str]]) -> str:
    """Why the file is not taken, "" where it was; rows that were not are added to `rejected`."""
    file = form.cleaned_data["file"]
    if file.size > MOST_BYTES:
        return f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it and take in the parts."
    try:
        found = read_event_file(cast("BinaryIO", file))
    except NotReadable as problem:
        return str(problem)
    file.seek(0)
    now = timezone.now()
    document = store(cast("BinaryIO", file), filename=file.name, by=actor, now=now)
    taken = take_events(
        form.cleaned_data["account"], found.events, document_id=document.pk, by=actor, now=now
    )
    rejected += [*found.rejected, *taken.rejected]
    messages.success(request, f"{taken.new} new, {taken.known} known already, {len(rejected)} not taken in.")
    return ""
