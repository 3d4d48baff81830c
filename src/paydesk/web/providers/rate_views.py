"""The rate card of an account: said beside it, set in a dialog by the controller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from paydesk.domain.pricing.actions import RIGHT, RateCardRefused, set_rate_card
from paydesk.domain.pricing.queries import rate_cards
from paydesk.domain.providers.queries import source_accounts
from paydesk.domain.reconciliation.rules import settles_to_a_bank
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.contracts.forms import day_input
from paydesk.web.people_names import names_by_label
from paydesk.web.providers.rate_text import rates_in, text_of

if TYPE_CHECKING:
    from paydesk.domain.providers.models import SourceAccount

MOST_SHOWN = 6


class RateCardForm(forms.Form):
    """From which day, the rates, and where they come from."""

    valid_from = forms.DateField(label="From", widget=day_input())
    rates = forms.CharField(
        label="Rates, one a line",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="Like “visa: 1.4 % + 0.25” or “any from 500.00: 0.9 %, at least 0.50, at most 20, "
        "tax 7.5 %”. The longest method that a payment’s own begins with counts. None: no fee is expected "
        "any more.",
    )
    note = forms.CharField(label="Where the rates come from", max_length=500)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_rates(self) -> Any:
        try:
            return rates_in(self.cleaned_data["rates"], self.currency)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from None


@dataclass(frozen=True, slots=True)
class ShownCard:
    """One card: from when, its rates in words, who set it and why."""

    card: Any
    rates: list[tuple[str, str]]
    by: str
    counts: bool


def shown_cards(account: SourceAccount | None) -> list[ShownCard] | None:
    """The cards of the chosen account, the newest first; None where it has no use for any."""
    if account is None or not settles_to_a_bank(account.role, account.ledger_code):
        return None
    cards = list(rate_cards(account)[:MOST_SHOWN])
    names = names_by_label(card.made_by for card in cards)
    today = timezone.localdate()
    current = next((card.pk for card in cards if card.valid_from <= today), None)
    return [
        ShownCard(
            card,
            [
                (_words(rate.terms, account.currency), rate.terms.told(account.currency))
                for rate in card.rates.all()
            ],
            names[card.made_by],
            card.pk == current,
        )
        for card in cards
    ]


def _words(terms: Any, currency: str) -> str:
    return text_of([terms], currency).partition(":")[0]


@needs(RIGHT)
def set_rates(request: HttpRequest, account_id: int) -> HttpResponse:
    """The form in a dialog or as a page; what cannot be is said beside it."""
    actor = actor_of(request)
    account = source_accounts(actor).filter(pk=account_id).first()
    if account is None or not settles_to_a_bank(account.role, account.ledger_code):
        raise Http404("There is no such account with fees in your markets.")
    newest = rate_cards(account).first()
    terms = [rate.terms for rate in newest.rates.all()] if newest else []
    as_it_is = {"valid_from": timezone.localdate(), "rates": text_of(terms, account.currency)}
    form = RateCardForm(account.currency, request.POST or None, initial=as_it_is, auto_id="rates_%s")
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            set_rate_card(
                account.pk, valid_from=said["valid_from"], rates=said["rates"], note=said["note"], by=actor,
                now=timezone.now(),
            )  # fmt: skip
        except RateCardRefused as problem:
            form.add_error("rates", problem.text)
        else:
            messages.success(request, f"Set what may be kept back of payments on {account.name}.")
            address = f"{reverse('providers:list')}?account={account.pk}"
            in_dialog = request.htmx  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(address) if in_dialog else redirect(address)
    status = 422 if request.method == "POST" else 200
    return render(request, "providers/set_rates.html", {"form": form, "account": account}, status=status)


def may_set(request: HttpRequest) -> Any:
    """Whether the person may set rates, and if not, why."""
    return gate(actor_of(request), RIGHT)
