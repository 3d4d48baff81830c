"""One clock: what ran, what was paused, which steps fell; pausing it, another due time, out of the count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.foundation.approvals.queries import pending_about
from paydesk.foundation.audit.queries import histories
from paydesk.foundation.clocks.actions import DUE, PAUSE, pause_clock, resume_clock, set_due, waive_clock
from paydesk.foundation.clocks.kinds import kind_named
from paydesk.foundation.clocks.queries import escalations_of, standing, terms_of
from paydesk.foundation.clocks.rules import LADDER, hours_words, pause_words
from paydesk.foundation.clocks.states import CLOCK
from paydesk.foundation.clocks.told import arithmetic, pause_rows, spans_of
from paydesk.foundation.due_times.actions import ask_due
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import PAGES, code_in, number_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.approvals.words import words_of
from paydesk.web.clocks.views import clock_or_404
from paydesk.web.people_names import names_by_label
from paydesk.web.trail.words import verb_words

if TYPE_CHECKING:
    from paydesk.foundation.clocks.models import Clock

RIGHT = "clocks:view"
dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


def clock_of(request: HttpRequest, code: str) -> Clock:
    number = number_in("clock", code)
    if number is None or number >= 2**63:
        raise Http404("There is no such clock in your markets.")
    return clock_or_404(actor_of(request), number)


@require_safe
@needs(RIGHT)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Everything about one clock; constant queries."""
    actor, now = actor_of(request), timezone.now()
    clock = clock_of(request, code)
    pauses = pause_rows([clock.pk]).get(clock.pk, [])
    spans = spans_of(clock, pauses, now)
    fired = escalations_of(clock.pk)
    records = list(reversed(histories({"clock": [clock.pk]})))
    waiting = pending_about("clock", [clock.pk]).get(clock.pk)
    labels = {s.by for s in spans} | {e.acknowledged_by for e in fired} | {r.actor for r in records}
    names = names_by_label((labels | ({waiting.asked_by} if waiting else set())) - {""})
    shown = standing(clock, now)
    return render(
        request,
        "clocks/page.html",
        {
            "tab": "list",
            "clock": clock,
            "code": code_in("clock", clock.pk),
            "standing": shown,
            "family": CLOCK.families[shown.state],
            "told": arithmetic(clock, pauses, now),
            "subject": code_in(clock.subject_kind, clock.subject_id)
            if clock.subject_kind in PAGES
            else f"{clock.subject_kind.replace('_', ' ')} {clock.subject_id}",
            "subject_url": page_of(clock.subject_kind, clock.subject_id),
            "spans": [(span, names.get(span.by, "")) for span in spans],
            "fired": [(each, LADDER[each.to], names.get(each.acknowledged_by, "")) for each in fired],
            "ahead": [] if clock.ended_as else _steps_ahead(clock, {each.step for each in fired}),
            "records": [(r.at, names[r.actor], verb_words(r.verb), r.note) for r in records],
            "terms": terms_of(clock.policy),
            "target": hours_words(clock.target_seconds),
            "waiting": (words_of(waiting.kind).one, names[waiting.asked_by], page_of("approval", waiting.pk))
            if waiting
            else None,
            "acts": _acts(request, clock, shown.state, waiting is not None),
            "may_resume": gate(actor, PAUSE) if _goes_on_by_hand(clock) else None,
            "zone": clock.calendar.zone,
        },
    )


def _goes_on_by_hand(clock: Clock) -> bool:
    is_paused = clock.paused_at is not None and not clock.ended_as
    return is_paused and not kind_named(clock.kind).paused_by


def _steps_ahead(clock: Clock, fired: set[str]) -> list[tuple[str, str]]:
    return [(step.words, LADDER[step.to]) for step in terms_of(clock.policy).steps if step.key not in fired]


def _acts(request: HttpRequest, clock: Clock, state: str, is_asked: bool) -> list[tuple[str, str, str, str]]:
    """(label, address, key, why not) of what can be done with an open clock."""
    if clock.ended_as:
        return []
    actor, code = actor_of(request), code_in("clock", clock.pk)
    asked = "It waits for a second person: have that decided first." if is_asked else ""
    pauses = clock.policy.pauses
    cannot_pause = (
        kind_named(clock.kind).paused_by
        if kind_named(clock.kind).paused_by
        else "It is late: what is late cannot be paused."
        if state == "breached"
        else "Its due time was set by hand, so no pause moves it."
        if clock.due_by_hand
        else ""
        if pauses
        else "By its policy this clock never pauses."
    )
    late = "It is late: the due time stays as it was broken." if state == "breached" else ""
    acts = []
    if state != "paused":
        blocked = gate(actor, PAUSE).reason or cannot_pause
        acts.append(("Pause…", reverse("clocks:pause", args=[code]), "p", blocked))
    acts.append(
        ("Due time…", reverse("clocks:due", args=[code]), "e", gate(actor, DUE).reason or late or asked)
    )
    acts.append(
        ("Out of the count…", reverse("clocks:waive", args=[code]), "", gate(actor, DUE).reason or asked)
    )
    return acts


class PauseForm(forms.Form):
    reason = forms.ChoiceField(label="What it waits for")
    note = forms.CharField(label="Why, without names or numbers of customers", max_length=200)

    def __init__(self, said: Any, clock: Clock) -> None:
        super().__init__(said, auto_id="pause_%s")
        reasons: Any = self.fields["reason"]
        reasons.choices = [
            (reason, f"{pause_words(reason)}, {hours_words(most)} of open time at most")
            for reason, most in clock.policy.pauses.items()
        ]


class DueForm(forms.Form):
    due_at = forms.DateTimeField(
        label="Due at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    reason = forms.CharField(label="Why, without names or numbers of customers", max_length=200)


class WaiveForm(forms.Form):
    reason = forms.CharField(label="Why, without names or numbers of customers", max_length=200)


def _dialog(request: HttpRequest, clock: Clock, form: forms.Form, **words: Any) -> HttpResponse:
    code = code_in("clock", clock.pk)
    known = {
        "clock": clock,
        "code": code,
        "form": form,
        "standing": standing(clock, timezone.now()),
        "by_two": kind_named(clock.kind).due_by_two,
        "at": _back(request, code),
        "here": request.path,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "clocks/act.html", known | words, status=status)


def _back(request: HttpRequest, code: str) -> str:
    return came_from(request, reverse("clocks:page", args=[code]))


@dialog_view
@needs(PAUSE)
@vary_on_headers("HX-Request", "HX-Target")
def pause(request: HttpRequest, code: str) -> HttpResponse:
    """Say what is waited for; the clock stands still until it goes on, or for as long as it may."""
    clock = clock_of(request, code)
    form = PauseForm(request.POST if request.method == "POST" else None, clock)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        pause_clock(
            clock.pk, reason=said["reason"], note=said["note"], by=actor_of(request), now=timezone.now()
        )
        return done(request, _back(request, code), f"{standing(clock, timezone.now()).words}: paused.")
    return _dialog(
        request, clock, form, heading="Pause the clock", button="Pause",
        text="It goes on by itself after the time its policy allows.",
    )  # fmt: skip


@require_POST
@needs(PAUSE)
def resume(request: HttpRequest, code: str) -> HttpResponse:
    """Let it go on."""
    clock = clock_of(request, code)
    resume_clock(clock.pk, by=actor_of(request), now=timezone.now())
    return done(request, _back(request, code), f"{standing(clock, timezone.now()).words}: goes on.")


@dialog_view
@needs(DUE)
@vary_on_headers("HX-Request", "HX-Target")
def due(request: HttpRequest, code: str) -> HttpResponse:
    """Another due time by hand, at once or through a second person."""
    clock, actor, now = clock_of(request, code), actor_of(request), timezone.now()
    zone = ZoneInfo(clock.calendar.zone)
    with timezone.override(zone):
        if request.method == "POST":
            form: forms.Form = DueForm(request.POST, auto_id="due_%s")
        else:
            later = max(clock.due_at, now + timedelta(hours=1)).astimezone(zone)
            form = DueForm(initial={"due_at": later}, auto_id="due_%s")
        form.fields[
            "due_at"
        ].help_text = f"In {clock.calendar.zone}. No pause and no policy moves it afterwards."
        if request.method == "POST" and form.is_valid():
            due_at: datetime = form.cleaned_data["due_at"]
            reason = form.cleaned_data["reason"]
            if kind_named(clock.kind).due_by_two:
                ask_due(clock.pk, due_at, reason=reason, by=actor, now=now)
                return done(request, _back(request, code), "Asked: a second person decides on the due time.")
            set_due(clock.pk, due_at, reason=reason, by=actor, now=now)
            return done(request, _back(request, code), "The due time is set.")
        return _dialog(request, clock, form, heading="Another due time", button="Set the due time")


@dialog_view
@needs(DUE)
@vary_on_headers("HX-Request", "HX-Target")
def waive(request: HttpRequest, code: str) -> HttpResponse:
    """Take it out of the count, at once or through a second person."""
    clock, actor, now = clock_of(request, code), actor_of(request), timezone.now()
    form = WaiveForm(request.POST if request.method == "POST" else None, auto_id="waive_%s")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if kind_named(clock.kind).due_by_two:
            ask_due(clock.pk, None, reason=reason, by=actor, now=now)
            return done(request, _back(request, code), "Asked: a second person decides on it.")
        waive_clock(clock.pk, reason=reason, by=actor, now=now)
        return done(request, _back(request, code), "It is out of the count.")
    return _dialog(
        request, clock, form, heading="Take the clock out of the count", button="Take it out",
        text="It ends now and is neither kept nor broken. It cannot be brought back.",
    )  # fmt: skip
