"""Which days, market and category the causes are of, all in the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest

from paydesk.reporting.causes.queries import LONGEST_SPAN, Asked
from paydesk.web.contracts.forms import ANY, AddressFilters, day_input
from paydesk.web.triage.words import category_words

if TYPE_CHECKING:
    from paydesk.foundation.people.models import Market

USUAL_DAYS = 28


class CauseFilters(AddressFilters):
    """From and to are days of opening; without them the last four weeks."""

    since = forms.DateField(label="From", required=False, widget=day_input())
    until = forms.DateField(label="To", required=False, widget=day_input())
    market = forms.ChoiceField(required=False)
    category = forms.ChoiceField(required=False)

    def __init__(self, request: HttpRequest, markets: Sequence[Market], today: date) -> None:
        super().__init__(request)
        self.today = today
        market: Any = self.fields["market"]
        market.choices = [ANY, *((each.pk, each.name) for each in markets)]
        category: Any = self.fields["category"]
        category.choices = [ANY, *category_words().items()]

    @property
    def asked(self) -> Asked:
        """What is counted; a span longer than three months ends where it was meant to, and begins later."""
        wanted = self.wanted
        until = wanted.get("until") or self.today
        since = wanted.get("since") or until - timedelta(days=USUAL_DAYS - 1)
        since = max(min(since, until), until - LONGEST_SPAN)
        return Asked(since, until, str(wanted.get("market", "")), str(wanted.get("category", "")))
