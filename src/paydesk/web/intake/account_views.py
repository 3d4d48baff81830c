"""Adding an account of ours while a file of it waits."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django_htmx.http import trigger_client_event

from paydesk.domain.providers.actions import add_source_account
from paydesk.domain.providers.queries import account_kinds, account_roles, providers, source_accounts
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, needs
from paydesk.web.intake.mapping_form import CURRENCIES, ZONES


class AccountForm(forms.Form):
    """One account we hold with a provider."""

    provider = forms.CharField(
        max_length=40, label="Provider", help_text="The company, such as MTN MoMo, Hubtel or a bank."
    )
    provider_kind = forms.ChoiceField(label="What kind of provider")
    name = forms.CharField(max_length=100, label="What we call the account")
    identifier = forms.CharField(
        max_length=64,
        label="Its number at the provider",
        help_text="Till, paybill, merchant account or IBAN.",
    )
    market = forms.ChoiceField()
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])
    role = forms.ChoiceField(label="What its rows are")
    time_zone = forms.ChoiceField(label="Clock of its files", choices=[(zone, zone) for zone in ZONES])

    def __init__(self, actor: Actor, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        markets = list(markets_of(actor))
        self.providers = list(providers())
        fields = self.fields
        fields["provider"].widget.attrs["list"] = "providers"
        fields["market"].choices = [(market.pk, market.name) for market in markets]  # type: ignore[attr-defined]
        fields["provider_kind"].choices = account_kinds()  # type: ignore[attr-defined]
        fields["role"].choices = account_roles()  # type: ignore[attr-defined]
        if markets:
            fields["currency"].initial = markets[0].currency
            fields["time_zone"].initial = markets[0].time_zone


@needs("providers.manage")
def new_account(request: HttpRequest) -> HttpResponse:
    """The form in a dialog; once it is added, the choice of accounts on the page behind it has it."""
    actor = actor_of(request)
    form = AccountForm(actor, request.POST or None)
    htmx = request.htmx  # type: ignore[attr-defined]
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "intake/new_account.html", {"form": form}, status=status)
    said = form.cleaned_data
    known = next((p for p in form.providers if p.name.casefold() == said["provider"].casefold()), None)
    added = add_source_account(
        provider_code=known.code if known else slugify(said["provider"])[:40],
        provider_name=known.name if known else said["provider"],
        provider_kind=said["provider_kind"],
        market=said["market"],
        name=said["name"],
        identifier=said["identifier"],
        currency=said["currency"],
        role=said["role"],
        time_zone=said["time_zone"],
        by=actor,
        now=timezone.now(),
    )
    if not htmx:
        return redirect("intake:files")
    facts = {"accounts": list(source_accounts(actor)), "chosen": added.pk, "is_update": True}
    response = render(request, "intake/_account_choice.html", facts)
    trigger_client_event(response, "close-dialog", after="settle")  # the dialog opens when it is filled
    trigger_client_event(response, "toast", {"text": f"{added.name} is added."})
    return response
