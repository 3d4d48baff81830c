"""Matching a row in doubt by hand: shown before; a second person where a customer gives money up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.payments.actions import (
    BOOKINGS,
    join_transit,
    match_original,
    part_transit,
    request_booking,
    request_original,
    unexplain_row,
    unmatch_original,
)
from paydesk.domain.payments.previews import (
    join_entries,
    part_entries,
    reversal_effects,
    unexplain_entries,
    unmatch_effects,
)
from paydesk.domain.refunds.actions import match_refund_row
from paydesk.domain.refunds.previews import refund_row_entries
from paydesk.domain.refunds.queries import refund_for
from paydesk.kernel.money import Money
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import number_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.payments.effects_shown import looked_at, shown_effects
from paydesk.web.payments.postings import shown_entries
from paydesk.web.payments.shown import shown
from paydesk.web.people_names import names_by_label
from paydesk.web.provider_cash.views import _typed_payment, subject_in
from paydesk.web.sight import looking

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


class Why(forms.Form):
    note = forms.CharField(
        label="Why, without names or numbers of customers", max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class WhatItIs(Why):
    book_as = forms.ChoiceField(
        label="What it is", choices=[(name, words[0].capitalize()) for name, words in BOOKINGS.items()]
    )
    field_order = ("book_as", "note")


def _dialog(request: HttpRequest, subject: Any, **known: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    shared = {"subject": subject, "at": _back(request, subject), "here": request.path}
    return render(request, "provider_cash/match.html", shared | known, status=status)


def _posted(request: HttpRequest, look: Callable[[], Any]) -> dict[str, Any]:
    """What an act would change and post, to show, or `problem`: the sentence with which it is refused.

    `look` gives the entries, or the effects with them.
    """
    try:
        found = look()
    except NotAllowedRefused:
        raise
    except Refused as refused:
        return {"problem": refused.text}
    effects, entries = found if isinstance(found, tuple) else (None, found)
    actor = actor_of(request)
    names = names_by_label({entry.actor for entry in entries})
    return {
        "effects": None if effects is None else shown_effects(effects),
        "entries": shown_entries(entries, names, looking(request)),
        "ledger": gate(actor, "ledger:view"),
    }


def _back(request: HttpRequest, subject: Any) -> str:
    return came_from(request, page_of(subject.kind, subject.number))


@dialog_view
@needs("payments.reverse")
@vary_on_headers("HX-Request", "HX-Target")
def take(request: HttpRequest, code: str, payment: str) -> HttpResponse:
    """This row took back that payment: at once where nobody owns its money, else by two people."""
    actor, now = actor_of(request), timezone.now()
    subject = subject_in(request, code)
    if subject.kind != "reversal_row":
        raise Http404("This row took nothing back.")
    wanted = _typed_payment(actor, payment)
    by_two = wanted.customer_id is not None and wanted.state == "received"
    form = Why(request.POST if request.method == "POST" else None, auto_id="take_%s") if by_two else None
    if request.method == "POST" and form is not None and form.is_valid():
        request_original(subject.number, wanted.pk, note=form.cleaned_data["note"], by=actor, now=now)
        return done(request, _back(request, subject), "Asked: a second person decides.")
    if request.method == "POST" and form is None:
        said = request.POST.get("version", "")
        version = int(said) if said.isascii() and said.isdigit() else -1
        match_original(
            subject.number, wanted.pk, version=version,
            by=actor, now=now,
        )  # fmt: skip
        return done(request, _back(request, subject), f"{subject.code} took back {shown(wanted).code}.")
    amount = Money(subject.thing.amount_minor, subject.thing.currency)
    effects = (
        looked_at(lambda: reversal_effects(wanted.pk, amount=amount, by=actor, now=now))
        if wanted.state == "received"
        else {}
    )
    return _dialog(
        request, subject, heading=f"Take {amount} from {shown(wanted).code}", each=shown(wanted), form=form,
        by_two=by_two, version=wanted.version, button="Ask for it" if by_two else "Take it from this payment",
        text="The amount leaves what is recoverable (1310) and comes off this payment, as if the row had "
        "named it.", **effects,
    )  # fmt: skip


@dialog_view
@needs("matching.confirm")
@vary_on_headers("HX-Request", "HX-Target")
def join(request: HttpRequest, code: str, end: str) -> HttpResponse:
    """This arrival is what left there (`t12`), or settles that batch (`b12`)."""
    subject = subject_in(request, code)
    number = end[1:]
    if (
        subject.kind != "transit_row"
        or end[:1] not in ("t", "b")
        or not number.isascii()
        or not number.isdigit()
    ):
        raise Http404("There is no such end.")
    if len(number) > 18:
        raise Http404("There is no such end.")
    ids = {"left_id": int(number)} if end[0] == "t" else {"batch_id": int(number)}
    actor, now = actor_of(request), timezone.now()
    try:
        if request.method == "POST":
            join_transit(subject.number, **ids, by=actor, now=now)
            return done(request, _back(request, subject), f"{subject.code}: both ends are known.")
        posted = _posted(request, lambda: join_entries(subject.number, **ids, by=actor, now=now))
    except ObjectDoesNotExist:
        raise Http404("There is no such end.") from None
    text = (
        "Both rows leave money in transit (1025): what left one account is what arrived at the other."
        if end[0] == "t"
        else "The amount leaves the provider (1020) and is no longer in transit (1025): it settles it."
    )
    return _dialog(
        request, subject, heading=f"Join {subject.amount}", text=text, button="Join the two ends", form=None,
        **posted,
    )  # fmt: skip


@dialog_view
@needs("payouts.release")
@vary_on_headers("HX-Request", "HX-Target")
def refund(request: HttpRequest, code: str, refund: str) -> HttpResponse:
    """This row paid that refund of ours, or brought it back."""
    subject, number = subject_in(request, code), number_in("refund", refund)
    if subject.kind != "reversal_row" or number is None or number >= 2**63:
        raise Http404("There is no such refund.")
    actor, now = actor_of(request), timezone.now()
    try:
        wanted = refund_for(actor, number)
    except ObjectDoesNotExist:
        raise Http404("There is no such refund in your markets.") from None
    paid = subject.thing.amount_minor > 0
    if request.method == "POST":
        match_refund_row(subject.number, wanted.pk, by=actor, now=now)
        said = "is paid by it" if paid else "came back by it"
        return done(request, _back(request, subject), f"{subject.code}: {refund} {said}.")
    return _dialog(
        request, subject, heading=f"{refund} {'was paid' if paid else 'came back'} by this row", form=None,
        text="The amount leaves what is recoverable (1310): the row is the proof of the refund.",
        button="It paid this refund" if paid else "It brought this refund back",
        **_posted(request, lambda: refund_row_entries(subject.number, wanted.pk, by=actor, now=now)),
    )  # fmt: skip


@dialog_view
@needs("matching.outside_tolerance")
@vary_on_headers("HX-Request", "HX-Target")
def book(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a row nobody asked for is: a second person agrees, then it is booked as that."""
    subject = subject_in(request, code)
    if subject.kind != "reversal_row":
        raise Http404("This row is money in transit.")
    actor, now = actor_of(request), timezone.now()
    form = WhatItIs(request.POST if request.method == "POST" else None, auto_id="book_%s")
    if request.method == "POST" and form.is_valid():
        request_booking(subject.number, **form.cleaned_data, by=actor, now=now)
        return done(request, _back(request, subject), "Asked: a second person decides.")
    return _dialog(
        request, subject, heading=f"Say what {subject.amount} is", form=form, button="Ask for it",
        text="Once a second person agrees, it leaves what is recoverable (1310) for its own account.",
    )  # fmt: skip


@dialog_view
@needs("payments.reverse")
@vary_on_headers("HX-Request", "HX-Target")
def apart(request: HttpRequest, code: str) -> HttpResponse:
    """Take a row off the payment a person matched it with."""
    subject = subject_in(request, code)
    if subject.kind != "reversal_row":
        raise Http404("This row took nothing back.")
    actor, now = actor_of(request), timezone.now()
    form = Why(request.POST if request.method == "POST" else None, auto_id="apart_%s")
    if subject.thing.state == "explained":
        return _unexplained(request, subject, form)
    confirmed = subject.thing.state == "confirmed"
    if request.method == "POST" and form.is_valid():
        unmatch_original(subject.number, note=form.cleaned_data["note"], by=actor, now=now)
        said = "what we took back stays." if confirmed else "the payment has its money again."
        return done(request, _back(request, subject), f"Taken apart: {said}")
    return _dialog(
        request, subject, heading="Take it off the payment", form=form, button="Take it off",
        text="What we took back ourselves stays taken back; the row waits as recoverable (1310)."
        if confirmed
        else "The payment has its money again and is laid on its contracts anew; the row waits as "
        "recoverable (1310).",
        **_posted(request, lambda: unmatch_effects(subject.number, by=actor, now=now)),
    )  # fmt: skip


def _unexplained(request: HttpRequest, subject: Any, form: Why) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    if request.method == "POST" and form.is_valid():
        unexplain_row(subject.number, note=form.cleaned_data["note"], by=actor, now=now)
        return done(request, _back(request, subject), f"{subject.code} is in doubt again.")
    return _dialog(
        request, subject, heading=f"Take apart what explains {subject.code}", form=form,
        button="Take it apart",
        text="The amount is recoverable (1310) again, and nothing explains the row by itself any more. A "
        "refund stands as before the row.",
        **_posted(request, lambda: unexplain_entries(subject.number, by=actor, now=now)),
    )  # fmt: skip


@dialog_view
@needs("matching.unmatch")
@vary_on_headers("HX-Request", "HX-Target")
def part(request: HttpRequest, code: str) -> HttpResponse:
    """Take the two ends of money in transit apart."""
    subject = subject_in(request, code)
    if subject.kind != "transit_row":
        raise Http404("This row is not in transit.")
    actor, now = actor_of(request), timezone.now()
    form = Why(request.POST if request.method == "POST" else None, auto_id="apart_%s")
    if request.method == "POST" and form.is_valid():
        part_transit(subject.number, note=form.cleaned_data["note"], by=actor, now=now)
        return done(request, _back(request, subject), f"{subject.code}: the ends are open again.")
    return _dialog(
        request, subject, heading=f"Take {subject.amount} apart", form=form, button="Take the ends apart",
        text="The amount stands in transit (1025) again, and nothing joins these ends by itself any more.",
        **_posted(request, lambda: part_entries(subject.number, by=actor, now=now)),
    )  # fmt: skip
