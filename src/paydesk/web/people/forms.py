"""Filters of the list of people, and the forms of one account."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest

from paydesk.foundation.people.authority import ROLES
from paydesk.foundation.people.queries import all_markets
from paydesk.web.contracts.forms import ANY, AddressFilters

STATES = (("active", "can sign in"), ("closed", "closed"), ("bare", "no second factor yet"))


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes to tick, in the look of the desk."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-check-input"})


class PeopleFilters(AddressFilters):
    """Part of a name or address, a role, and how the account stands."""

    text = forms.CharField(
        required=False, max_length=80, label="Name or e-mail",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    role = forms.ChoiceField(required=False, choices=[ANY, *ROLES.items()])
    state = forms.ChoiceField(required=False, label="Account", choices=[ANY, *STATES])

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(required=False, choices=list(ROLES.items()), widget=Ticks)


class MarketsForm(forms.Form):
    """Every market, or some."""

    everywhere = forms.BooleanField(
        required=False,
        label="All markets, also later ones",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    markets = forms.MultipleChoiceField(required=False, widget=Ticks)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["markets"]
        choices.choices = [(market.pk, market.name) for market in all_markets()]

    def codes(self) -> list[str] | None:
        """ISO codes; None for every market."""
        return None if self.cleaned_data["everywhere"] else list(self.cleaned_data["markets"])


class PasswordForm(forms.Form):
    password = forms.CharField(
        label="First password", strip=False,
        help_text="At least twelve characters. Hand it over in person; they change it under Your account.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class NewPersonForm(RolesForm, MarketsForm, PasswordForm):
    """Somebody new."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="E-mail", max_length=254)
    team = forms.CharField(required=False, max_length=80)
    time_zone = forms.ChoiceField(label="Times are shown in", initial="UTC")

    field_order = ("name", "email", "team", "time_zone", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones: Any = self.fields["time_zone"]
        zones.choices = [(zone, zone) for zone in sorted(available_timezones())]
