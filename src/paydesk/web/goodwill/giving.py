"""Giving goodwill from a case, and having it taken back: both ask what a second person needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.cases.states import OPEN
from paydesk.domain.contracts.queries import contracts_of, standings
from paydesk.domain.goodwill.actions import give_goodwill, request_undoing
from paydesk.domain.goodwill.queries import given_before, own_limit
from paydesk.domain.goodwill.rules import REASONS
from paydesk.domain.goodwill.states import GOODWILL
from paydesk.foundation.people.queries import market_by_code
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, exact_minor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.proving import proof_missing
from paydesk.web.cases.shown import case_or_404
from paydesk.web.goodwill.shown import GIVE, SEE, goodwill_or_404, shown
from paydesk.web.payments.filters import AmountField

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case

LONGEST, VERB = 500, "goodwill.give"
CREDIT = ("", "their credit balance, to be paid out or used")


def _note(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))


class GiveForm(forms.Form):
    """How much, why, where it goes; and, where something was given before, that this is known."""

    reason = forms.ChoiceField(choices=[("", "choose"), *REASONS.items()])
    contract = forms.TypedChoiceField(
        label="Goes to", required=False, coerce=int, empty_value=None, choices=[CREDIT]
    )
    note = _note("What happened, without names or numbers of customers")
    again = forms.BooleanField(label="It is due all the same: a second person decides", required=False)
    field_order = ["amount", "contract", "reason", "note", "again"]

    def __init__(
        self, said: Any, *, contracts: Sequence[tuple[int, str, str]], currency: str, earlier: bool
    ) -> None:
        super().__init__(said, auto_id="give_%s")
        fields: dict[str, Any] = self.fields
        fields["amount"] = AmountField("Amount")
        fields["amount"].required = True
        fields["contract"].choices = [*((pk, words) for pk, words, _ in contracts), CREDIT]
        if contracts:
            fields["contract"].initial = contracts[0][0]
        self.currencies = {pk: own for pk, _, own in contracts} | {None: currency}
        if not earlier:
            del fields["again"]
        self.order_fields(self.field_order)

    def clean(self) -> None:
        amount = self.cleaned_data.get("amount")
        if amount is None:
            return
        currency = self.currencies.get(self.cleaned_data.get("contract"), "")
        minor = exact_minor(amount, currency) if currency else None
        if not minor:
            self.add_error("amount", "Say an amount above zero that the currency has.")
        else:
            self.cleaned_data["money"] = Money(minor, currency)


class WhyForm(forms.Form):
    note = _note("Why it is taken back, for whoever decides")


dialog_view = require_http_methods(["GET", "HEAD", "POST"])


@dialog_view
@needs(GIVE)
def give(request: HttpRequest, public_code: str) -> HttpResponse:
    """Give the customer of a case something; what was given before stands above the form."""
    actor, now = actor_of(request), timezone.now()
    case = case_or_404(actor, public_code)
    market = market_by_code(case.market)
    owed = owed_by(actor, case)
    earlier = given_before(case.pk, now, customer_id=case.customer_id)
    is_sent = request.method == "POST"
    form = GiveForm(
        request.POST if is_sent else None, contracts=owed, currency=market.currency if market else "",
        earlier=bool(earlier),
    )  # fmt: skip
    if is_sent and form.is_valid():
        data = form.cleaned_data
        given = give_goodwill(
            case.pk, amount=data["money"], reason=data["reason"], note=data["note"],
            contract_id=data["contract"], again=bool(data.get("again")), by=actor, now=now,
        )  # fmt: skip
        told = (
            "given." if given.state == "given" else "asked for. A second person decides; nothing moved yet."
        )
        return done(request, came_from(request, page_of("case", case.pk)), f"{shown(given).code}: {told}")
    known = {
        "case": case,
        "code": case_code(case),
        "form": form,
        "earlier": earlier,
        "alone": own_limit(actor, case.market, market.currency) if market else None,
        "at": came_from(request, page_of("case", case.pk)),
        "blocked": why_not_from(case, actor),
        "prove": proof_missing(case, VERB),
    }
    return render(request, "goodwill/give.html", known, status=422 if is_sent else 200)


def why_not_from(case: Case, actor: Actor) -> str:
    """Why this person gives nothing from this case now, whoever asks; "" where they may."""
    if why := gate(actor, GIVE).reason:
        return why
    if case.state not in OPEN:
        return f"This case is {case.state}: open it again first."
    return "" if case.customer_id is not None else "Say first which customer this is."


def owed_by(actor: Actor, case: Case) -> list[tuple[int, str, str]]:
    """(id, words, currency) of contracts of the customer on which something is due."""
    if case.customer_id is None:
        return []
    found = standings(list(contracts_of(actor, [case.customer_id])), on=timezone.localdate())
    return [
        (
            each.contract.pk,
            f"account {each.contract.account_number}: {Money(each.open_minor, each.contract.currency)} left",
            each.contract.currency,
        )
        for each in found
        if each.open_minor and each.contract.state in ("active", "defaulted")
    ]


@dialog_view
@needs(SEE)
def undo(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a second person to take goodwill back."""
    actor = actor_of(request)
    given = goodwill_or_404(actor, code)
    is_sent = request.method == "POST"
    form = WhyForm(request.POST if is_sent else None, auto_id="undo_%s")
    each = shown(given)
    if is_sent and form.is_valid():
        request_undoing(given.pk, note=form.cleaned_data["note"], by=actor, now=timezone.now())
        return done(request, each.url, f"{each.code}: asked. A second person decides on it.")
    blocked = gate(actor, GIVE).reason or (
        ""
        if GOODWILL.may("undo", given.state)
        else f"This goodwill is {each.word}: nothing is there to undo."
    )
    known = {"each": each, "form": form, "at": came_from(request, each.url), "blocked": blocked}
    return render(request, "goodwill/undo.html", known, status=422 if is_sent else 200)
