"""The tabs of the queue and its filters, all in the address."""

from __future__ import annotations

from django import forms
from django.db.models import Q

from paydesk.domain.refunds.queries import counts_by_state, number_in
from paydesk.domain.refunds.rules import RAILS, REASONS
from paydesk.kernel.actor import Actor
from paydesk.kernel.phone_numbers import PLANS, e164_digits
from paydesk.web.addresses import number_in as number_of_kind
from paydesk.web.contracts.forms import ANY
from paydesk.web.sight import Looking
from paydesk.web.tabbed import TabbedFilters

# Name in the address: what is written on it, states behind it.
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "decide": ("To decide", ("requested", "under_review")),
    "approved": ("Approved", ("approved",)),
    "moving": ("On the way", ("released", "sent")),
    "failed": ("Failed", ("failed",)),
    "unknown": ("No answer", ("unknown",)),
    "done": ("Done", ("paid", "rejected", "cancelled")),
}
FIRST_TAB = "decide"
TAB_OF_STATE = {state: name for name, (_, states) in TABS.items() for state in states}


def tabs_for(actor: Actor) -> list[tuple[str, str, int]]:
    """(name, words, how many) of each tab; one query. What is done is not counted: no work is left."""
    counts = counts_by_state(actor)
    return [
        (name, words, 0 if name == "done" else sum(counts.get(state, 0) for state in states))
        for name, (words, states) in TABS.items()
    ]


class RefundFilters(TabbedFilters):
    """Which tab, and of its refunds which."""

    tabs, first_tab = TABS, FIRST_TAB

    tab = forms.ChoiceField(
        required=False, choices=[(name, words) for name, (words, _) in TABS.items()], widget=forms.HiddenInput
    )
    q = forms.CharField(
        required=False, max_length=100, label="Code, payee, number",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    reason = forms.ChoiceField(required=False, choices=[ANY, *REASONS.items()])
    rail = forms.ChoiceField(required=False, label="Paid by", choices=[ANY, *RAILS.items()])
    flag = forms.ChoiceField(
        required=False, label="By policy", choices=[ANY, ("green", "green"), ("amber", "amber: look at it")]
    )

    def lookups(self, eyes: Looking) -> Q:
        """The filters but the tab; a name that may not be seen is found only when it is said whole."""
        wanted, found = self.wanted, Q()
        for name in ("market", "reason", "rail"):
            if value := wanted.get(name):
                found &= Q(**{name: value})
        if flag := wanted.get("flag"):
            found &= Q(reasons=[]) if flag == "green" else ~Q(reasons=[])
        return found & _said(wanted.get("q", ""), eyes)


def _said(text: str, eyes: Looking) -> Q:
    if not text:
        return Q()
    for number, column in (
        (number_in(text), "pk"),
        (number_of_kind("payment", text), "payment_id"),
        (number_of_kind("customer", text), "customer_id"),
        (number_of_kind("payout_file", text), "payout_file_id"),
    ):
        if number is not None:
            return Q(**{column: number if number < 2**63 else -1})
    numbers = {digits for market in PLANS if (digits := e164_digits(text, market)) is not None}
    by_name = Q(payee_name__icontains=text) if eyes.sight.names else Q(payee_name__iexact=text)
    return Q(payee_account__in=[*numbers, "".join(text.split()).upper()]) | by_name | Q(provider_ref=text)
