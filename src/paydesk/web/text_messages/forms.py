"""What has to be said about a gateway of text messages, and by which what left is filtered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest

from paydesk.connectors.texting import GATEWAYS
from paydesk.domain.text_messages.rules import KINDS, MOST_PER_HOUR
from paydesk.domain.text_messages.states import TEXT
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.web.contracts.forms import ANY, AddressFilters, day_input
from paydesk.web.templatetags.desk import state_words

SHAPE_HELP = (
    "Only for another gateway, one part a line: path=/send, as=json or form, login=basic, bearer or header "
    "NAME, to=, text=, sender= (names of the fields), id= (where the answer names the message)."
)


class Caps(forms.Form):
    price = forms.DecimalField(
        label="Price of one message", max_digits=12, decimal_places=4, min_value=Decimal("0.0001"),
        help_text="Reckoned with where the gateway does not say, in the currency of the market.",
    )  # fmt: skip
    most_per_hour = forms.IntegerField(
        label="To one number an hour, at most", initial=MOST_PER_HOUR, min_value=1, max_value=60
    )
    most_cost_day = forms.DecimalField(
        label="All of them within a day cost at most", max_digits=12, decimal_places=4,
        min_value=Decimal("0.0001"),
    )  # fmt: skip


class AddGateway(Caps):
    kind = forms.ChoiceField(label="Gateway", choices=[(code, each.name) for code, each in GATEWAYS.items()])
    name = forms.CharField(label="Name among us", max_length=100)
    market = forms.ChoiceField(label="Market")
    base_url = forms.CharField(
        label="Address",
        max_length=200,
        required=False,
        help_text="Empty: where this gateway is reached by all.",
    )
    user = forms.CharField(label="User name or client id", max_length=200, required=False)
    secret = forms.CharField(
        label="API key or client secret", required=False, max_length=4000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    sender = forms.CharField(
        label="Sender name", max_length=20, help_text="As it is registered there; codes are signed with it."
    )
    shape = forms.CharField(
        label="Shape of the request", required=False, help_text=SHAPE_HELP,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    field_order = ("kind", "name", "market", "base_url", "user", "secret", "sender", "shape")

    def clean_shape(self) -> dict[str, str]:
        lines = [line.partition("=") for line in self.cleaned_data["shape"].splitlines() if line.strip()]
        if not all(is_said for _, is_said, _ in lines):
            raise forms.ValidationError("Write one part a line, as path=/send.")
        return {name.strip(): value.strip() for name, _, value in lines}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        known = GATEWAYS.get(data.get("kind", ""))
        if known is not None and not data.get("base_url"):
            data["base_url"] = known.base_url
        return data


class SentFilters(AddressFilters):
    """What stands in the address: kind, state, market, days."""

    kind = forms.ChoiceField(required=False, choices=[ANY, *KINDS.items()])
    state = forms.ChoiceField(
        required=False, choices=[ANY, *((each, state_words(each)) for each in TEXT.states)]
    )
    market = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, label="From", widget=day_input())
    until = forms.DateField(required=False, label="To", widget=day_input())

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        super().__init__(request)
        market: Any = self.fields["market"]
        market.choices = [ANY, *((each.pk, each.name) for each in markets_of(actor))]

    @property
    def conditions(self) -> dict[str, Any]:
        names = {"market": "case__market", "since": "at__date__gte", "until": "at__date__lte"}
        return {names.get(name, name): value for name, value in self.wanted.items()}
