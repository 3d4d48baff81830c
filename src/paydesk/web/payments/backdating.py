"""The dialog that asks to let a payment count from an earlier day than its row says."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.payments import previews
from paydesk.domain.payments.actions import request_backdating
from paydesk.web.access import actor_of, needs
from paydesk.web.answers import done
from paydesk.web.payments.acts import BACKDATE
from paydesk.web.payments.applying import place_to_return
from paydesk.web.payments.correcting import ASKED, LONGEST_NOTE, dialog_view, known_of, part, version_in
from paydesk.web.payments.effects_shown import looked_at
from paydesk.web.payments.page import payment_or_404


class Day(forms.Form):
    """From which day it shall count; read by itself while the reason is still being written."""

    counts_on = forms.DateField(
        label="Counts from",
        error_messages={"required": "Say from which day.", "invalid": "Write a day."},
    )


class Why(forms.Form):
    note = forms.CharField(
        label="What shows it, without names or numbers of customers",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@dialog_view
@needs(BACKDATE)
@vary_on_headers("HX-Request", "HX-Target")
def backdate(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Ask to let a payment count from an earlier day: what changes on the days in between is shown."""
    actor, now = actor_of(request), timezone.now()
    payment = payment_or_404(actor, payment_id)
    said = request.POST if request.method == "POST" else request.GET
    typed = said.get("counts_on", "")
    day = Day(said if typed or request.method == "POST" else None)
    form = Why(request.POST if request.method == "POST" else None, auto_id="backdate_%s")
    wanted: date | None = day.cleaned_data["counts_on"] if day.is_bound and day.is_valid() else None
    if request.method == "POST" and form.is_valid() and wanted is not None:
        request_backdating(
            payment.pk, counts_on=wanted, note=form.cleaned_data["note"], version=version_in(request),
            by=actor, now=now,
        )  # fmt: skip
        return done(request, place_to_return(request, payment), ASKED)
    known: dict[str, Any] = known_of(request, payment) | {
        "form": form,
        "wrong": day.errors.get("counts_on", []) if day.is_bound else [],
        "typed": typed,
        "wanted": wanted,
    }
    if wanted is not None:
        known |= looked_at(lambda: previews.backdate_effects(payment.pk, counts_on=wanted, by=actor, now=now))
    status = 422 if request.method == "POST" else 200
    template = part(request, "backdate-preview", "payments/backdate.html", "payments/_backdate.html")
    return render(request, template, known, status=status)
