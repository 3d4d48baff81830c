"""The views of the inbox and its filters, all in the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.queries import VIEWS, current_tree, found_by, in_view
from paydesk.domain.cases.rules import CHANNELS
from paydesk.domain.cases.texts import tag_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.phone_numbers import PLANS, e164_digits
from paydesk.web.cases.own_fields import add_filters, narrowed
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.language import spoken

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case
    from paydesk.foundation.people.models import Market

FIRST_VIEW = "mine"
SEVERE = {"urgent": "Urgent", "high": "High", "normal": "Normal", "low": "Low"}


class CaseFilters(AddressFilters):
    """Which view, and of its cases which."""

    view = forms.ChoiceField(required=False, choices=list(VIEWS.items()), widget=forms.HiddenInput)
    q = forms.CharField(
        required=False, max_length=100, label="Code, address, phone, words",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(required=False, choices=[ANY, *CHANNELS.items()])
    category = forms.ChoiceField(required=False)
    severity = forms.ChoiceField(required=False, choices=[ANY, *SEVERE.items()])
    tag = forms.CharField(
        required=False, max_length=30, widget=forms.TextInput(attrs={"class": "form-control text"})
    )

    def __init__(self, request: HttpRequest, markets: Sequence[Market]) -> None:
        super().__init__(request)
        market: Any = self.fields["market"]
        market.choices = [ANY, *((each.pk, each.name) for each in markets)]
        category: Any = self.fields["category"]
        category.choices = [ANY, *leaves(current_tree()[1]).items()]
        self.markets = markets
        add_filters(self)
        self.dressed()

    @property
    def is_narrowed(self) -> bool:
        """Whether one of the filters behind the button is at work."""
        return bool(self.wanted.keys() - {"view", "q"})

    @property
    def at_view(self) -> str:
        return str(self.wanted.get("view") or FIRST_VIEW)

    @property
    def chosen(self) -> list[tuple[str, str]]:
        return [pair for pair in super().chosen if not pair[0].startswith(f"{spoken('View')}: ")]

    @property
    def cleared(self) -> str:
        return f"?view={self.at_view}"

    def of(self, found: QuerySet[Case], by: Actor, now: datetime) -> QuerySet[Case]:
        """The cases that are shown, in the order of their view."""
        wanted = self.wanted
        for name in ("market", "channel", "category", "severity"):
            if value := wanted.get(name):
                found = found.filter(**{name: value})
        if tag := wanted.get("tag"):
            found = found.filter(tags__contains=[tag_of(str(tag))])
        found = narrowed(found, wanted, self.markets)
        text = str(wanted.get("q", ""))
        phones = {digits for plan in PLANS if (digits := e164_digits(text, plan)) is not None}
        return in_view(found_by(found, phones.pop() if len(phones) == 1 else text), self.at_view, by, now)
