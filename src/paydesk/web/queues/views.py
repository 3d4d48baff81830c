"""Taking a waiting thing on, giving it to somebody, planning, noting, asking the payer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from paydesk.foundation.assignments.actions import ERASE, GIVE, add_note, assign, erase_note, set_next_step
from paydesk.foundation.assignments.queries import TAKE, assignment_of, notes_of, possible_owners
from paydesk.foundation.assignments.rules import ASKED_PAYER_DAYS
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.queues.asking import ASKED, STEP, ready_text
from paydesk.web.queues.forms import GiveForm, NoteForm, StepForm
from paydesk.web.queues.subjects import Subject, subject_or_404

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


def version_in(request: HttpRequest) -> int:
    """The version that the person saw; one that never was is refused as stale."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def place_of(request: HttpRequest, subject: Subject) -> str:
    """Where the dialog was opened, if that is a page of ours; else the page of the thing."""
    return came_from(request, page_of(subject.kind, subject.number))


def known_of(request: HttpRequest, subject: Subject) -> dict[str, Any]:
    """What every one of these dialogs shows; one query."""
    found = assignment_of(subject.link)
    return {
        "subject": subject,
        "at": place_of(request, subject),
        "assignment": found,
        "version": found.version if found else 0,
    }


@require_POST
@needs(TAKE)
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Make oneself the owner."""
    actor = actor_of(request)
    subject = subject_or_404(actor, code)
    assign(
        subject.link, market=subject.market, owner_id=actor.id, version=version_in(request), by=actor,
        now=timezone.now(),
    )  # fmt: skip
    return done(request, place_of(request, subject), f"{subject.code} is yours.")


@require_POST
@needs(TAKE)
def let_go(request: HttpRequest, code: str) -> HttpResponse:
    """Own it no longer."""
    actor = actor_of(request)
    subject = subject_or_404(actor, code)
    assign(
        subject.link, market=subject.market, owner_id=None, version=version_in(request), by=actor,
        now=timezone.now(),
    )  # fmt: skip
    return done(request, place_of(request, subject), f"{subject.code} is nobody's.")


@dialog_view
@needs(GIVE)
@vary_on_headers("HX-Request", "HX-Target")
def give(request: HttpRequest, code: str) -> HttpResponse:
    """Make somebody the owner, or nobody."""
    actor = actor_of(request)
    subject = subject_or_404(actor, code)
    people = possible_owners([subject.market])
    form = GiveForm(request.POST if request.method == "POST" else None, people=people, me=actor.id)
    if request.method == "POST" and form.is_valid():
        owner_id = form.cleaned_data["owner"]
        assign(
            subject.link, market=subject.market, owner_id=owner_id, version=version_in(request), by=actor,
            now=timezone.now(),
        )  # fmt: skip
        name = next((person.name for person in people if person.pk == owner_id), "nobody")
        return done(request, place_of(request, subject), f"{subject.code} is now of {name}.")
    return render(request, "queues/give.html", known_of(request, subject) | {"form": form})


@dialog_view
@needs(TAKE)
@vary_on_headers("HX-Request", "HX-Target")
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Say what happens next, until when."""
    actor = actor_of(request)
    subject = subject_or_404(actor, code)
    known = known_of(request, subject)
    if request.method == "POST":
        form = StepForm(request.POST, auto_id="plan_%s")
        if form.is_valid():
            wanted = form.cleaned_data
            set_next_step(
                subject.link, market=subject.market, text=wanted["next_step"], on=wanted["next_step_on"],
                today=timezone.localdate(), version=version_in(request), by=actor, now=timezone.now(),
            )  # fmt: skip
            return done(
                request, place_of(request, subject), "Planned." if wanted["next_step"] else "Taken away."
            )
    else:
        was = known["assignment"]
        first = {"next_step": was.next_step, "next_step_on": was.next_step_on} if was else {}
        form = StepForm(initial=first, auto_id="plan_%s")
    return render(request, "queues/plan.html", known | {"form": form})


@dialog_view
@needs(TAKE)
@vary_on_headers("HX-Request", "HX-Target")
def note(request: HttpRequest, code: str) -> HttpResponse:
    """Note something, and where one wants what happens next."""
    actor = actor_of(request)
    subject = subject_or_404(actor, code)
    form = NoteForm(request.POST if request.method == "POST" else None, auto_id="note_%s")
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        add_note(
            subject.link, market=subject.market, text=wanted["text"], next_step=wanted["next_step"],
            next_step_on=wanted["next_step_on"], today=timezone.localdate(), by=actor, now=timezone.now(),
        )  # fmt: skip
        return done(request, place_of(request, subject), "Noted.")
    return render(request, "queues/note.html", known_of(request, subject) | {"form": form})


@dialog_view
@needs(TAKE)
@vary_on_headers("HX-Request", "HX-Target")
def ask_payer(request: HttpRequest, code: str) -> HttpResponse:
    """A ready text for the payer to copy; that they were asked is noted, and waited for."""
    actor = actor_of(request)
    subject = subject_or_404(actor, code)
    wait_until = timezone.localdate() + timedelta(days=ASKED_PAYER_DAYS)
    if request.method == "POST":
        add_note(
            subject.link, market=subject.market, text=ASKED, next_step=STEP, next_step_on=wait_until,
            today=timezone.localdate(), by=actor, now=timezone.now(),
        )  # fmt: skip
        return done(request, place_of(request, subject), "Noted that the payer was asked.")
    known = {"text": ready_text(subject), "wait_until": wait_until}
    return render(request, "queues/ask.html", known_of(request, subject) | known)


@require_POST
@needs(ERASE)
def erase(request: HttpRequest, code: str, note_id: int) -> HttpResponse:
    """Take the text of a note away for good."""
    actor = actor_of(request)
    subject = subject_or_404(actor, code)
    if note_id not in {each.pk for each in notes_of(subject.link)}:
        raise Http404("There is no such note.")
    erase_note(note_id, by=actor, now=timezone.now())
    return done(request, place_of(request, subject), "The note is erased.")
