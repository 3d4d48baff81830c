"""The filters of the list of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest

from paydesk.web.contracts.forms import ANY, AddressFilters

if TYPE_CHECKING:
    from paydesk.foundation.people.models import Market


class CustomerFilters(AddressFilters):
    text = forms.CharField(
        required=False, max_length=80, label="Name, phone, account, identity or our number",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    inside = forms.BooleanField(required=False, label="Inside names", widget=forms.HiddenInput())

    def __init__(self, request: HttpRequest, markets: Sequence[Market]) -> None:
        super().__init__(request)
        field: Any = self.fields["market"]
        field.choices = [ANY, *((market.pk, market.name) for market in markets)]
