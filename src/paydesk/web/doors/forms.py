"""What is asked for when a door is set up, a script is written."""

from __future__ import annotations

from django import forms

from paydesk.domain.doors.rules import KINDS, LANGUAGES

ORIGINS = "One a line, as https://shop.example; without any it is not embedded, only opened by its address."


class AddDoor(forms.Form):
    kind = forms.ChoiceField(label="What", choices=list(KINDS.items()))
    name = forms.CharField(label="Name among us", max_length=100)
    market = forms.ChoiceField(label="Market")
    language = forms.ChoiceField(label="Language to begin with", choices=list(LANGUAGES.items()))
    origins = forms.CharField(
        label="Sites that may embed it", required=False, help_text=ORIGINS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class Origins(forms.Form):
    origins = forms.CharField(
        label="Sites that may embed it", required=False, help_text=ORIGINS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


class Script(forms.Form):
    lines = forms.CharField(
        label="What is said, one line each", required=False, max_length=6_500,
        help_text="Empty: the delivered script counts again.", widget=forms.Textarea(attrs={"rows": 9}),
    )  # fmt: skip
