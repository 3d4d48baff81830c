"""What is asked for when something is escalated, decided, held, lifted, or put together as evidence."""

from __future__ import annotations

from typing import Any

from django import forms

from paydesk.domain.risk.rules import DECISIONS, KINDS, MEASURES, REASONS, SCOPES, SEVERITIES
from paydesk.kernel.money import Money

CHOOSE = ("", "choose")


def words(label: str, rows: int = 4, *, required: bool = True, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=10_000, widget=widget, required=required, help_text=help_text
    )


class Escalate(forms.Form):
    kind = forms.ChoiceField(label="To whom", choices=list(KINDS.items()))
    severity = forms.ChoiceField(choices=list(SEVERITIES.items()), initial="high")
    owner = forms.ChoiceField(label="Who decides")
    reason = words("What is feared, and why")
    is_restricted = forms.BooleanField(
        label="Restrict it: only who decides and whom they name see the case, not you and not your lead",
        required=False,
    )

    def for_people(self, people: list[Any], *, may_restrict: bool) -> Escalate:
        field: Any = self.fields["owner"]
        field.choices = [CHOOSE, *((str(each.pk), each.name) for each in people)]
        if not may_restrict:
            del self.fields["is_restricted"]
        return self


class Decide(forms.Form):
    decision = forms.ChoiceField(choices=[CHOOSE, *DECISIONS.items()])
    note = words("Why, and on what evidence")


class Why(forms.Form):
    reason = words("Why", 3)


class Note(forms.Form):
    note = words("Why, in a sentence the case can repeat", 3)


class NamePerson(forms.Form):
    person = forms.ChoiceField(label="Who sees it as well")
    reason = words("Why they have to", 2)


class Unname(forms.Form):
    person = forms.ChoiceField(label="Who does not see it any more")


class OfCase(forms.Form):
    case = forms.CharField(label="The case of the appeal (code CAS-…)", max_length=40)


class Enforce(forms.Form):
    party = forms.CharField(
        label="Whom", max_length=60,
        help_text="Code of a customer (CUS-…) or contract (CON-…), or the number of a phone that pays",
    )  # fmt: skip
    market = forms.ChoiceField()
    kind = forms.ChoiceField(label="Measure", choices=list(MEASURES.items()))
    scope = forms.ChoiceField(label="Of what", choices=list(SCOPES.items()))
    amount = forms.CharField(label="Limit (amount and currency, as 50.00 GHS)", required=False, max_length=30)
    reason = forms.ChoiceField(choices=[CHOOSE, *REASONS.items()])
    note = words("What happened", 3)
    until = forms.DateField(
        label="Until", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Within 180 days; before it somebody looks again.",
    )  # fmt: skip

    def clean_amount(self) -> Money | None:
        text = self.cleaned_data["amount"].strip()
        try:
            return Money.of(text) if text else None
        except ValueError:
            raise forms.ValidationError("Say it as 50.00 GHS.") from None


class Evidence(forms.Form):
    reason = words("Who needs it and what for", 2)
