"""The tabs of the queue and its filters, all in the address."""

from __future__ import annotations

from django import forms
from django.db.models import Q

from paydesk.domain.reversal_requests.rules import REASONS
from paydesk.kernel.phone_numbers import PLANS, e164_digits
from paydesk.web.addresses import number_in
from paydesk.web.contracts.forms import ANY
from paydesk.web.sight import Looking
from paydesk.web.tabbed import TabbedFilters

# Name in the address: what is written on it, states behind it.
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "answer": ("To answer", ("requested", "locked")),
    "waiting": ("With the provider", ("accepted", "contested")),
    "done": ("Done", ("reversed", "released")),
}
FIRST_TAB = "answer"
TAB_OF_STATE = {state: name for name, (_, states) in TABS.items() for state in states}


class RequestFilters(TabbedFilters):
    """Which tab, and of its requests which."""

    tabs, first_tab = TABS, FIRST_TAB

    tab = forms.ChoiceField(
        required=False, choices=[(name, words) for name, (words, _) in TABS.items()], widget=forms.HiddenInput
    )
    q = forms.CharField(
        required=False, max_length=100, label="Case, code, payer, phone",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    reason = forms.ChoiceField(required=False, choices=[ANY, *REASONS.items()])
    held = forms.ChoiceField(
        required=False, label="Money", choices=[ANY, ("yes", "held"), ("no", "not with us any more")]
    )

    def lookups(self, eyes: Looking) -> Q:
        """The filters but the tab; a name that may not be seen is found only when it is said whole."""
        wanted, found = self.wanted, Q()
        for name in ("market", "reason"):
            if value := wanted.get(name):
                found &= Q(**{name: value})
        if held := wanted.get("held"):
            found &= Q(held_minor__gt=0) if held == "yes" else Q(held_minor=0)
        return found & _said(wanted.get("q", ""), eyes)


def _said(text: str, eyes: Looking) -> Q:
    if not text:
        return Q()
    for kind, column in (("reversal_request", "pk"), ("payment", "payment_id"),
                         ("customer", "payment__customer_id")):  # fmt: skip
        number = number_in(kind, text)
        if number is not None:
            return Q(**{column: number if number < 2**63 else -1})
    phones = {digits for market in PLANS if (digits := e164_digits(text, market)) is not None}
    how = "icontains" if eyes.sight.names else "iexact"
    line = "payment__statement_line"
    return (
        Q(case_number__iexact=text)
        | Q(**{f"{line}__provider_ref__iexact": text})
        | Q(**{f"{line}__payer_name__{how}": text})
        | Q(**{f"payment__customer__name__{how}": text})
        | Q(**{f"{line}__msisdn__in": phones})
    )
