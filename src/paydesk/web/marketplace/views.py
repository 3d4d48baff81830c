"""Sellers with what is owed to them, one of them with everything that was told of it, taking in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from paydesk.domain.marketplace.actions import take_events
from paydesk.domain.marketplace.event_file import COLUMNS, MOST_ROWS, read_event_file
from paydesk.domain.marketplace.queries import (
    balances_of,
    events_about,
    events_of,
    link_attempts_of,
    orders_of,
    seller_for,
    sellers,
    withdrawal_for,
    withdrawals_of,
)
from paydesk.domain.marketplace.rules import EVENTS
from paydesk.domain.marketplace.states import LINK_FAMILIES, ORDER, WITHDRAWAL
from paydesk.domain.parties.rules import PARTY_KINDS
from paydesk.domain.providers.queries import source_accounts
from paydesk.foundation.documents.actions import store
from paydesk.importers.records import NotReadable
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, number_in, page_of
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.refunds.detail import Event

if TYPE_CHECKING:
    from paydesk.domain.marketplace.models import MarketEvent, Withdrawal
    from paydesk.domain.parties.models import Party

SEE, TAKE = "payments:view", "files.import"
MOST_BYTES = 10 * 1024 * 1024


class TakeForm(forms.Form):
    account = forms.TypedChoiceField(label="Of which account of ours", coerce=int)
    file = forms.FileField(label="CSV or XLSX")


@require_safe
@needs(SEE)
def seller_list(request: HttpRequest) -> HttpResponse:
    """Sellers by name with what is free, pending and held; found by name, number, order or withdrawal."""
    actor, number, text = actor_of(request), page_number(request), request.GET.get("q", "")
    start = (number - 1) * PAGE_SIZE
    found = list(sellers(actor, text)[start : start + PAGE_SIZE + 1])
    owed = balances_of([party.pk for party in found])
    page = Page.of(
        [
            (party, code_in("seller", party.pk), PARTY_KINDS[party.kind], owed.get(party.pk, []))
            for party in found
        ],
        number,
    )
    known = {"page": page, "q": text, "take": gate(actor, TAKE)}
    return render(request, "marketplace/list.html", known)


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
    party = seller_or_404(actor_of(request), code)
    known = {
        "party": party,
        "code": code_in("seller", party.pk),
        "kind": PARTY_KINDS[party.kind],
        "balances": balances_of([party.pk]).get(party.pk, []),
        "withdrawals": [
            (each, page_of("withdrawal", each.pk), Money(each.amount_minor, each.currency), family)
            for each in withdrawals_of(party.pk)
            for family in [WITHDRAWAL.family(each.state)]
        ],
        "attempts": [(each, LINK_FAMILIES[each.state]) for each in link_attempts_of(party.pk)],
        "orders": [
            (each, Money(each.amount_minor, each.currency), ORDER.family(each.state))
            for each in orders_of(party.pk)
        ],
        "events": steps_of(events_of(party.pk)),
    }
    return render(request, "marketplace/seller.html", known)


def steps_of(events: Sequence[MarketEvent]) -> list[Event]:
    """What was told, each with the row it came by."""
    return [Event(each.at, "moving", EVENTS[each.kind], row_of(each), by=_amount(each)) for each in events]


def _amount(event: MarketEvent) -> str:
    return str(Money(event.amount_minor, event.currency)) if event.amount_minor else ""


def row_of(event: MarketEvent) -> str:
    document = f" of {code_of('DOC', event.document_id)}" if event.document_id else ""
    return f"{event.event_id}, row {event.line_no}{document}, {event.source_account.name}"


@require_safe
@needs(SEE)
def withdrawal(request: HttpRequest, code: str) -> HttpResponse:
    """One withdrawal on its way: each step with its source row, and why it failed."""
    actor, number = actor_of(request), number_in("withdrawal", code)
    try:
        found: Withdrawal = withdrawal_for(actor, number if number is not None and number < 2**63 else 0)
    except ObjectDoesNotExist:
        raise Http404("There is no such withdrawal in your markets.") from None
    steps = steps_of(events_about("withdrawal", found.pk))
    if found.state == "in_transit":
        steps.append(Event(None, "moving", "The provider says whether it arrived", waits=True))
    elif found.state == "failed":
        steps.append(
            Event(None, "failed", "The money is free again: the seller corrects the account and asks again",
                  waits=True)
        )  # fmt: skip
    known = {
        "found": found,
        "code": code_in("withdrawal", found.pk),
        "amount": Money(found.amount_minor, found.currency),
        "family": WITHDRAWAL.family(found.state),
        "word": found.state.replace("_", " "),
        "seller_code": code_in("seller", found.party_id),
        "events": steps,
    }
    return render(request, "marketplace/withdrawal.html", known)


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


def seller_lines(actor: Actor, ids: Sequence[int]) -> dict[int, Any]:
    """(line, amount, badge, whose) of sellers that cases are about; two queries."""
    owed, found = balances_of(ids), {}
    for party in sellers(actor).filter(pk__in=ids):
        balance = owed.get(party.pk, [])
        line = "; ".join(
            f"{each.available} free, {each.pending} pending, {each.held} held" for each in balance
        )
        found[party.pk] = (f"{party.name}: {line or 'nothing yet'}", None, ("", ""), None)
    return found


def withdrawal_lines(actor: Actor, ids: Sequence[int]) -> dict[int, Any]:
    """The same of withdrawals, with why one failed."""
    found = {}
    for number in ids:
        try:
            each = withdrawal_for(actor, number)
        except ObjectDoesNotExist:
            continue
        why = f": {each.reason or each.reason_code}" if each.reason_code else ""
        badge = (WITHDRAWAL.family(each.state), each.state.replace("_", " "))
        line = f"{each.external_ref} of {each.party.name}{why}"
        found[number] = (line, Money(each.amount_minor, each.currency), badge, None)
    return found
