"""The tabs of the queue of incidents and its filters, all in the address."""

from __future__ import annotations

from django import forms
from django.db.models import Q

from paydesk.domain.incidents.queries import TABS
from paydesk.domain.incidents.rules import FOUND_BY
from paydesk.web.addresses import number_in
from paydesk.web.contracts.forms import ANY
from paydesk.web.tabbed import TabbedFilters

FIRST_TAB = "open"
TAB_OF_STATE = {state: name for name, (_, states) in TABS.items() for state in states}


class IncidentFilters(TabbedFilters):
    """Which tab, and of its incidents which."""

    tabs, first_tab = TABS, FIRST_TAB

    tab = forms.ChoiceField(
        required=False, choices=[(name, words) for name, (words, _) in TABS.items()], widget=forms.HiddenInput
    )
    q = forms.CharField(
        required=False, max_length=100, label="Code, words",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    found_by = forms.ChoiceField(required=False, label="Found", choices=[ANY, *FOUND_BY.items()])

    def lookups(self) -> Q:
        wanted, found = self.wanted, Q(state__in=self.states)
        for name in ("market", "found_by"):
            if value := wanted.get(name):
                found &= Q(**{name: value})
        text = str(wanted.get("q", "")).strip()
        if (number := number_in("incident", text)) is not None:
            return found & Q(pk=number)
        for word in text.split()[:6]:
            found &= Q(title__icontains=word) | Q(why__icontains=word)
        return found
