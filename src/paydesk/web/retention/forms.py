"""What is asked for when something is kept longer, held, forgotten or taken out."""

from __future__ import annotations

from typing import Any

from django import forms

from paydesk.domain.retention.rules import CLASSES
from paydesk.web.risk.forms import CHOOSE
from paydesk.web.risk.forms import words as text


class SetRule(forms.Form):
    data_class = forms.ChoiceField(label="What", choices=[CHOOSE, *CLASSES.items()])
    market = forms.ChoiceField(required=False)
    keep_days = forms.IntegerField(label="Days it is kept", min_value=1)
    source = text("Source: the law and its section, or the decision of the company", 2)
    source_on = forms.DateField(
        label="Day of the source", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class Hold(forms.Form):
    code = forms.CharField(label="Code of a customer (CUS-…), seller (SEL-…) or case (CAS-…)", max_length=40)
    reason = text("What has to be kept, and for whom", 3)


class Why(forms.Form):
    reason = text("Why", 3)


class Forget(forms.Form):
    reason = text("How they asked for it, and how we know that it is them", 3)


class Person(forms.Form):
    reason = text("How they asked for it, and how we know that it is them", 2)


class Redact(forms.Form):
    what = forms.ChoiceField(label="Where")
    words = text(
        "The words that have to go, as they stand there", 2, required=False,
        help_text="Empty for a file: it goes as a whole, with the mail it came in.",
    )  # fmt: skip
    reason = text("Why (it stays: do not repeat the words in it)", 2)

    def of(self, choices: list[tuple[str, str]]) -> Redact:
        field: Any = self.fields["what"]
        field.choices = [CHOOSE, *choices]
        return self

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if str(data.get("what", "")).startswith("message-") and not data.get("words"):
            self.add_error("words", "Copy the words that have to go from the message.")
        return data
