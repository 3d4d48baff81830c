"""The agent's side of a chat: what was said since, who is there, and a code to read out on a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from paydesk.domain.cases.queries import code
from paydesk.domain.doors import actions
from paydesk.domain.doors.queries import chat_of_case, said_in
from paydesk.domain.doors.rules import CODE_MINUTES, TYPING_WITHIN, is_present
from paydesk.web.access import actor_of, needs
from paydesk.web.answers import unchanged
from paydesk.web.cases.shown import SEE, WORK, case_or_404
from paydesk.web.cases.story import story_of

if TYPE_CHECKING:
    from datetime import datetime

    from paydesk.domain.cases.models import Case
    from paydesk.domain.doors.models import Chat


def live_part(case: Case, chat: Chat, after: int, now: datetime) -> dict[str, Any]:
    """What the part of a case's page about its chat shows; `after` is the last message on the page."""
    is_here = is_present(chat.seen_at, now)
    is_typing = is_here and chat.typing_at is not None and now - chat.typing_at <= TYPING_WITHIN
    return {
        "case_code": code(case), "chat": chat, "after": after, "is_here": is_here, "is_typing": is_typing,
        "version": f"{case.version}.{int(is_here)}{int(is_typing)}", "case": case,
    }  # fmt: skip


@require_safe
@needs(SEE)
def news(request: HttpRequest, public_code: str) -> HttpResponse:
    """What was said in the chat behind message `after`, added to the page; 204 when nothing changed.

    What the page was read with goes on with it as long as nothing but these messages happened meanwhile: an
    answer is then not stopped for what its writer has before their eyes.
    """
    now = timezone.now()
    case = case_or_404(actor_of(request), public_code)
    chat = chat_of_case(case.pk)
    if chat is None:
        return HttpResponse(status=204)
    known = live_part(case, chat, _number(request, "after"), now)
    if (same := unchanged(request, known["version"])) is not None:
        return same
    said = said_in(chat, known["after"])
    read = request.GET.get("v", "").partition(".")[0]
    known |= {
        "entries": story_of(case, said, []),
        "after": said[-1].pk if said else known["after"],
        "goes_on": read.isdigit() and 0 < case.version - int(read) == len(said),
    }
    return render(request, "doors/_chat_news.html", known)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@require_POST
@needs(WORK)
def make_code(request: HttpRequest, public_code: str) -> HttpResponse:
    """A code to read out on a call to the number on file, shown this once."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    told = actions.give_code(case.pk, by=actor, now=timezone.now())
    known = {"code": f"{told[:3]} {told[3:]}", "minutes": CODE_MINUTES, "case_code": code(case)}
    return render(request, "doors/code.html", known)
