"""The tabs of the queue and its filters, all in the address."""

from __future__ import annotations

from django import forms
from django.db.models import Q

from paydesk.domain.disputes.reason_codes import CATEGORIES, SCHEMES, reason_codes
from paydesk.web.addresses import number_in
from paydesk.web.contracts.forms import ANY
from paydesk.web.sight import Looking
from paydesk.web.tabbed import TabbedFilters

# Name in the address: what is written on it, states behind it.
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "answer": ("To answer", ("inquiry", "opened", "evidence_due", "pre_arbitration")),
    "waiting": ("With the scheme", ("accepted", "challenged", "under_review", "arbitration")),
    "done": ("Decided", ("won", "lost", "won_for_good", "lost_for_good", "expired", "withdrawn")),
}
FIRST_TAB = "answer"
TAB_OF_STATE = {state: name for name, (_, states) in TABS.items() for state in states}


class DisputeFilters(TabbedFilters):
    """Which tab, and of its disputes which."""

    tabs, first_tab = TABS, FIRST_TAB

    tab = forms.ChoiceField(
        required=False, choices=[(name, words) for name, (words, _) in TABS.items()], widget=forms.HiddenInput
    )
    q = forms.CharField(
        required=False, max_length=100, label="Reference, code, payer",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    scheme = forms.ChoiceField(required=False, choices=[ANY, *SCHEMES.items()])
    category = forms.ChoiceField(required=False, choices=[ANY, *CATEGORIES.items()])

    def lookups(self, eyes: Looking) -> Q:
        """The filters but the tab; a name that may not be seen is found only when it is said whole."""
        wanted, found = self.wanted, Q()
        for name in ("market", "scheme"):
            if value := wanted.get(name):
                found &= Q(**{name: value})
        if category := wanted.get("category"):
            codes = [each for each in reason_codes().values() if each.category == category]
            found &= Q(reason_code__in={each.code for each in codes})
        return found & _said(wanted.get("q", ""), eyes)


def _said(text: str, eyes: Looking) -> Q:
    if not text:
        return Q()
    for kind, column in (("dispute", "pk"), ("payment", "payment_id"), ("customer", "payment__customer_id")):
        number = number_in(kind, text)
        if number is not None:
            return Q(**{column: number if number < 2**63 else -1})
    how = "icontains" if eyes.sight.names else "iexact"
    line = "payment__statement_line"
    return (
        Q(provider_ref__iexact=text)
        | Q(**{f"{line}__provider_ref__iexact": text})
        | Q(**{f"{line}__payer_name__{how}": text})
        | Q(**{f"payment__customer__name__{how}": text})
    )
