"""The tabs of the queue and its filters, all in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest

from paydesk.domain.refunds.queries import number_in
from paydesk.domain.refunds.rules import RAILS, REASONS
from paydesk.kernel.phone_numbers import PLANS, e164_digits
from paydesk.web.addresses import number_in as number_of_kind
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.sight import Looking

if TYPE_CHECKING:
    from paydesk.foundation.people.models import Market

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


class RefundFilters(AddressFilters):
    """Which tab, and of its refunds which."""

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

    def __init__(self, request: HttpRequest, markets: Sequence[Market]) -> None:
        super().__init__(request)
        field: Any = self.fields["market"]
        field.choices = [ANY, *((market.pk, market.name) for market in markets)]

    @property
    def at_tab(self) -> str:
        return str(self.wanted.get("tab") or FIRST_TAB)

    @property
    def states(self) -> tuple[str, ...]:
        return TABS[self.at_tab][1]

    @property
    def chosen(self) -> list[tuple[str, str]]:
        return [pair for pair in super().chosen if not pair[0].startswith("Tab: ")]

    @property
    def cleared(self) -> str:
        return f"?tab={self.at_tab}"

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
