"""Signing a day of an account and opening it again: a dialog that asks, then the domain's verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.reconciliation import actions, queries
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import done
from paydesk.web.reconciliation.days import proof_lines
from paydesk.web.reconciliation.shown import SEE, account_and_day, day_url

LONGEST = 500
dialog_view: Any = require_http_methods(["GET", "HEAD", "POST"])


class Note(forms.Form):
    note = forms.CharField(
        required=False,
        label="For whoever signs; without names or numbers of customers",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@dialog_view
@needs(SEE)
def sign(request: HttpRequest, account_id: int, day: str) -> HttpResponse:
    """Ask a second person to sign the day."""
    actor, now = actor_of(request), timezone.now()
    account, on = account_and_day(actor, account_id, day)
    is_sent = request.method == "POST"
    form = Note(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        actions.ask_to_sign(account.pk, on, note=form.cleaned_data["note"], by=actor, now=now)
        return done(request, day_url(account.pk, on), "Asked. A second person signs the day.")
    check = queries.check_of_day(account, on, now)
    known = {
        "account": account, "day": on, "form": form, "check": check, "proof": proof_lines(account, on),
        "blocked": gate(actor, "ledger.close_day").reason or " ".join(check.blocks), "deed": "sign",
        "title": "Sign the day", "button": "Ask to sign",
    }  # fmt: skip
    return render(request, "reconciliation/sign.html", known, status=422 if is_sent else 200)


@dialog_view
@needs(SEE)
def reopen(request: HttpRequest, account_id: int, day: str) -> HttpResponse:
    """Ask a controller to open a signed day again."""
    actor, now = actor_of(request), timezone.now()
    account, on = account_and_day(actor, account_id, day)
    record = queries.day_of(account, on)
    if record is None:
        raise Http404("This day was never signed.")
    is_sent = request.method == "POST"
    form = Note(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        actions.ask_to_reopen(record.pk, note=form.cleaned_data["note"], by=actor, now=now)
        return done(request, day_url(account.pk, on), "Asked. A controller decides on it.")
    known = {
        "account": account, "day": on, "form": form, "deed": "reopen", "title": "Open the day again",
        "button": "Ask to open it again", "check": None,
        "blocked": gate(actor, "ledger.reopen_period").reason
        or ("" if record.state == "signed" else "Only a signed day is opened again."),
    }  # fmt: skip
    return render(request, "reconciliation/sign.html", known, status=422 if is_sent else 200)
