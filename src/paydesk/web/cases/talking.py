"""Answering in writing: the composer, its draft, notes, and taking an answer back before it leaves."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.domain.cases import actions
from paydesk.domain.cases.naming import named_in
from paydesk.domain.cases.queries import case_for, code, messages_of, was_said
from paydesk.domain.cases.rules import UNDO_SECONDS
from paydesk.foundation.people.queries import names_of
from paydesk.kernel.refused import ChangedRefused, Refused
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import WORK, case_or_404
from paydesk.web.cases.story import story_of


@require_POST
@needs(WORK)
def say(request: HttpRequest, public_code: str) -> HttpResponse:
    """Send the answer, or keep the note; whatever is refused stays in its field."""
    actor, now = actor_of(request), timezone.now()
    case = case_or_404(actor, public_code)
    text, key = request.POST.get("text", ""), request.POST.get("sent_key", "")[:64] or uuid4().hex
    back = came_from(request, page_of("case", case.pk))
    if request.POST.get("as") == "note":
        note = actions.add_note(case.pk, text=text, sent_key=key, by=actor, now=now)
        named = ", ".join(sorted(names_of(set(ids)).values())) if (ids := named_in(note)) else ""
        said = f"{code(case)}: noted, and told {named}." if named else f"{code(case)}: noted."
        return done(request, back, said)
    version = request.POST.get("version", "")
    if not version.isdigit():
        raise Refused("The form came without what you had read. Open the case again and send it from there.")
    in_text = {name: value for name, value in _facts(request) if value in text}
    seen_at, hours = _time(request.POST.get("facts_at", "")), request.POST.get("wait_hours", "")
    try:
        actions.reply(
            case.pk, text=text, seen_facts=in_text, seen_at=seen_at, sent_key=key, version=int(version),
            wait_hours=int(hours) if hours.isdigit() and 0 < int(hours) <= 24 * 60 else None, by=actor,
            now=now,
        )  # fmt: skip
    except ChangedRefused as refused:
        _keep(request, case.pk, now)
        if not request.htmx:  # type: ignore[attr-defined]
            raise
        return _went_on(request, case.pk, refused, seen_at or now)
    category = request.POST.get("then_category", "")
    if category and category != case.category:
        actions.sort_case(case.pk, category=category, by=actor, now=now)
    return done(request, back, f"{code(case)}: it leaves in {UNDO_SECONDS} seconds.")


def _went_on(request: HttpRequest, case_id: int, refused: ChangedRefused, since: datetime) -> HttpResponse:
    """The answer is stopped and kept: what came since it was begun stands beside it, to be read first."""
    case = case_for(actor_of(request), case_id)
    news = [entry for entry in story_of(case, messages_of(case), ()) if entry.at > since]
    known = {"case": case, "text": refused.text, "news": news}
    response = render(request, "cases/_went_on.html", known, status=409)
    response["X-Refused"] = refused.code
    return response


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


@require_POST
@needs(WORK)
def draft(request: HttpRequest, public_code: str) -> HttpResponse:
    """Keep what is being written; nothing is shown for it. What was sent meanwhile is no draft any more."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    if not was_said(case.pk, request.POST.get("sent_key", "")[:64]):
        _keep(request, case.pk, timezone.now())
    return HttpResponse(status=204)


def _keep(request: HttpRequest, case_id: int, now: datetime) -> None:
    actions.save_draft(
        case_id, text=request.POST.get("text", ""), is_note=request.POST.get("as") == "note",
        seen_facts=_facts(request), seen_at=_time(request.POST.get("facts_at", "")), by=actor_of(request),
        now=now,
    )  # fmt: skip


def _facts(request: HttpRequest) -> list[tuple[str, str]]:
    """(name, value) of the facts that the form says were put in."""
    pairs = [pair.partition("=") for pair in request.POST.getlist("fact")[:200]]
    return [(name[:60], value) for name, is_pair, value in pairs if is_pair]


@require_POST
@needs(WORK)
def renew(request: HttpRequest, public_code: str) -> HttpResponse:
    """What changed since the answer was begun is put right in it."""
    actor, now = actor_of(request), timezone.now()
    case = case_or_404(actor, public_code)
    _keep(request, case.pk, now)
    left = [each for each in actions.renew_draft(case.pk, by=actor, now=now) if not each.now]
    told = _("put right. Look at what is left yourself.") if left else _("put right: it says what is so now.")
    return done(request, came_from(request, page_of("case", case.pk)), f"{code(case)}: {told}")


@require_POST
@needs(WORK)
def take_back(request: HttpRequest, public_code: str, message_id: int) -> HttpResponse:
    """Stop an answer that has not left; its text is in the composer again."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    if all(each.pk != message_id for each in messages_of(case)):
        raise Http404("There is no such answer.")
    actions.take_back(message_id, by=actor, now=timezone.now())
    return done(request, came_from(request, page_of("case", case.pk)), f"{code(case)}: taken back.")
