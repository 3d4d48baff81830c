"""What is asked for when somebody opens, sorts, verifies, ends or promises something in a case."""

from __future__ import annotations

from typing import Any

from django import forms

from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.cases.rules import (
    CALL_OUTCOMES,
    CHANNELS,
    FACTS_ASKED,
    HARMS,
    MONEY_OUTCOMES,
    PARTY_ROLES,
    STRONG_WAYS,
)
from paydesk.domain.cases.states import WAITS_FOR
from paydesk.domain.cases.texts import LANGUAGES
from paydesk.kernel.card_redaction import CardDataRefused, refuse_card_data
from paydesk.web.payments.filters import AmountField

CHOOSE = ("", "choose")
WEIGHED = ("", "from money, age and harm")
# A code is sent and checked by the desk itself: nobody only says that it was read back.
STRONG_BY_HAND = [each for each in STRONG_WAYS.items() if each[0] != "code"]
SEVERITY_WORDS = [("low", "Low"), ("normal", "Normal"), ("high", "High"), ("urgent", "Urgent")]


def _text(label: str, rows: int = 4, *, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=100_000, widget=widget, required=required)


def _when(label: str, *, required: bool = False, help_text: str = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget, help_text=help_text)


class OpenCase(forms.Form):
    about = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    channel = forms.ChoiceField(label="How they reached us", choices=list(CHANNELS.items()), initial="phone")
    market = forms.ChoiceField(label="Market")
    contact_name = forms.CharField(label="Name they give", max_length=200, required=False)
    contact = forms.CharField(label="Phone number or e-mail address", max_length=254, required=False)
    text = _text("What they say, with every code and number they name")
    amount = AmountField("Amount it is about, in the currency of the market")
    is_complaint = forms.BooleanField(label="It is a complaint: a clock that never pauses", required=False)
    harms = forms.MultipleChoiceField(
        label="Harm", required=False, choices=list(HARMS.items()), widget=forms.CheckboxSelectMultiple
    )

    def clean_contact(self) -> str:
        return _no_card(self.cleaned_data["contact"], "the address")

    def clean_text(self) -> str:
        return _no_card(self.cleaned_data["text"], "the text")


class Sort(forms.Form):
    category = forms.ChoiceField(required=False)
    root_cause = forms.ChoiceField(label="Root cause", required=False, choices=[CHOOSE, *ROOT_CAUSES.items()])
    money_outcome = forms.ChoiceField(
        label="What became of the money", required=False, choices=[CHOOSE, *MONEY_OUTCOMES.items()]
    )
    severity = forms.ChoiceField(choices=[WEIGHED, *SEVERITY_WORDS], required=False)
    amount = AmountField("Amount it is about", help_text="Empty: that of what the case is about")
    party_role = forms.ChoiceField(label="Who is writing or calling", choices=list(PARTY_ROLES.items()))
    customer = forms.CharField(
        label="Customer", required=False, help_text="Code CUS-…; empty while it is not known"
    )
    contact = forms.CharField(label="Phone number or e-mail address", max_length=254, required=False)
    language = forms.ChoiceField(
        label="Answered in", choices=list(LANGUAGES.items()), required=False,
        help_text="Ready texts and letters come in it",
    )  # fmt: skip
    is_complaint = forms.BooleanField(label="It is a complaint", required=False)
    harms = forms.MultipleChoiceField(
        label="Harm", required=False, choices=list(HARMS.items()), widget=forms.CheckboxSelectMultiple
    )
    with_harms = forms.CharField(required=False, widget=forms.HiddenInput)  # the harms were there to be seen
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # what all of these were then


class Verify(forms.Form):
    facts = forms.MultipleChoiceField(
        label="They knew (two different facts open status and balance)", required=False,
        choices=list(FACTS_ASKED.items()), widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    strong_way = forms.ChoiceField(
        label="Or proved it in a strong way (also money and details)", required=False,
        choices=[("", "not in a strong way"), *STRONG_BY_HAND],
    )  # fmt: skip
    channel = forms.ChoiceField(
        label="Where they were when they proved it: they are known there", required=False,
        choices=[("", "on the channel of the case"), ("phone", "on the phone"), ("email", "by e-mail"),
                 ("chat", "in the chat")],
    )  # fmt: skip


BACK_BY_ITSELF = (
    "Then the case comes back by itself. Waiting for the customer ends at the latest when the longest pause"
    " is over; they are reminded then."
)


class Wait(forms.Form):
    waits_for = forms.ChoiceField(label="For whom", choices=[CHOOSE, *WAITS_FOR.items()])
    until = _when("Look again at", help_text=BACK_BY_ITSELF)


class Call(forms.Form):
    called_us = forms.TypedChoiceField(
        label="Who called", choices=[("no", "we called them"), ("yes", "they called us")],
        coerce=lambda value: value == "yes",
    )  # fmt: skip
    outcome = forms.ChoiceField(label="How it ended", choices=[CHOOSE, *CALL_OUTCOMES.items()])
    text = _text("What was said", required=False)
    call_back_at = _when("Call back promised for")

    def clean_text(self) -> str:
        return _no_card(self.cleaned_data["text"], "the note of the call")


class NoComplaint(forms.Form):
    reason = forms.CharField(label="Why, without names or numbers of customers", max_length=200)


class Promise(forms.Form):
    text = forms.CharField(label="What is promised to them", max_length=200)
    due_at = _when("By", required=True)


class Link(forms.Form):
    code = forms.CharField(
        label="Code, the provider's reference or an account number", max_length=64,
        help_text="Of a payment, contract, refund, exception, seller, order, withdrawal or another case",
    )  # fmt: skip


class Merge(forms.Form):
    code = forms.CharField(label="Into which case (code CAS-…)", max_length=40)


class Child(forms.Form):
    code = forms.CharField(label="Which case becomes its child (code CAS-…)", max_length=40)


def _no_card(text: str, field: str) -> Any:
    try:
        refuse_card_data(text, field=field)
    except CardDataRefused as refused:
        raise forms.ValidationError(refused.text) from None
    return text
