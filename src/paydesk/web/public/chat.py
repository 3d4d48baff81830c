"""The chat as a visitor's browser speaks to it: a page inside a frame, and small answers in JSON.

Whoever visits is known by a secret in a header, no cookie: a site that frames us can neither read nor use it.
News are asked for every few seconds with the number of the last message; nothing new is an empty answer.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.domain.cases.identity import level_on
from paydesk.domain.cases.queries import code, survivor_of
from paydesk.domain.doors import actions
from paydesk.domain.doors.actions.chat_files import NO_FILE
from paydesk.domain.doors.actions.forms import SentFile
from paydesk.domain.doors.asks import standing_of
from paydesk.domain.doors.queries import (
    agent_is_typing,
    chat_behind,
    door_by_key,
    file_in_chat,
    said_in,
    shown_to_visitor,
)
from paydesk.domain.doors.rules import FILE_TYPES, LARGEST_FILE_BYTES, LONGEST_CHAT_MESSAGE
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.people.queries import names_of
from paydesk.web.public.limits import CHATS, FILES, LOOKS, POLLS, PROOFS, SAYS
from paydesk.web.public.pages import embeddable, gone, language_of, page, public, visitor

if TYPE_CHECKING:
    from paydesk.domain.doors.models import Chat, Door

SECRET_HEADER = "X-Chat"
MOST_BYTES = 32 * 1024
_CLIENT_KEY = re.compile(r"[0-9a-zA-Z\-]{8,64}")


@public(LOOKS)
@require_safe
def chat(request: HttpRequest, secret: str) -> HttpResponse:
    """The page in the frame."""
    door = door_by_key("chat", secret)
    if door is None:
        return gone(language_of(request, "en"))
    language = language_of(request, door.language)
    with translation.override(language):
        words = {
            "offline": _("No connection. What you write is kept and sent as soon as there is one."),
            "waits": _("not sent yet"),
            "refused": _("Not sent:"),
            "typing": _("Somebody is writing to you…"),
            "with": _("You are talking with %s."),
            "first": _("Write first what it is about."),
            "later": _("This did not work now. Try again in a moment."),
            "file": _("A file can be a PDF, a JPEG or a PNG of up to 5 MB. No picture of a card."),
        }
    known = {
        "base": reverse("public:chat", args=[door.key]), "longest": LONGEST_CHAT_MESSAGE,
        "words": json.dumps(words), "largest": LARGEST_FILE_BYTES, "accept": ",".join(FILE_TYPES),
    }  # fmt: skip
    return embeddable(page("chat", known, language=language), door.origins)


@public(CHATS)
@require_POST
def begin(request: HttpRequest, secret: str) -> HttpResponse:
    """A chat for a browser that has none: the secret it keeps."""
    door = door_by_key("chat", secret)
    if door is None:
        return _none()
    language, by = language_of(request, door.language), visitor(door.market, "chat")
    begun, own = actions.begin_chat(door, language=language, by=by, now=timezone.now())
    return JsonResponse({"chat": begun.pk, "secret": own})


@public(POLLS)
@require_safe
def news(request: HttpRequest, secret: str) -> HttpResponse:
    """What was said behind message `after`; 204 when that is nothing and `v` is what stands already."""
    found = _chat(request, secret)
    if found is None:
        return _none()
    now, by = timezone.now(), visitor(found.door.market, "chat")
    actions.note_presence(found, is_typing=request.GET.get("typing") == "1", by=by, now=now)
    after = request.GET.get("after", "0")
    case = survivor_of(found.case) if found.case is not None else None
    is_typing = case is not None and agent_is_typing(case.pk, now)
    version = f"{case.version if case else 0}.{int(is_typing)}"
    if request.GET.get("v") == version:
        return HttpResponse(status=204)
    said = said_in(found, int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0)
    actions.note_delivered(found, [each.pk for each in said if each.direction == "out"], by=by, now=now)
    return JsonResponse(
        {
            "v": version,
            "typing": is_typing,
            "case": code(case) if case else "",
            "level": level_on(case.level, case.level_channel, "chat") if case else "unverified",
            "said": _messages(said, found.pk),
        }
    )


def _messages(said: list[Any], chat_id: int) -> list[dict[str, Any]]:
    """As the frame shows them. Of whoever answers their first name, so that a hand-over is seen."""
    ids = {int(each.author.partition(":")[2]) for each in said if each.author.startswith("person:")}
    names = names_of(ids) if ids else {}
    prefix = f"{chat_id}."
    return [
        {
            "id": each.pk,
            "ours": each.direction == "out",
            "text": each.text,
            "files": [
                {"id": file.pk, "name": file.name, "kb": -(-file.size_bytes // 1024)}
                for file in each.attachments.all()
            ],
            "at": each.at.isoformat(),
            "key": each.external_id.removeprefix(prefix) if each.external_id.startswith(prefix) else "",
            "who": next(iter(names.get(int(each.author.partition(":")[2]), "").split()), "")
            if each.direction == "out" and each.author.startswith("person:")
            else "",
        }
        for each in said
    ]


@public(SAYS)
@require_POST
def say(request: HttpRequest, secret: str) -> HttpResponse:
    """One message; sent again under its key it is the same one."""
    found, told = _chat(request, secret), _body(request)
    if found is None or told is None:
        return _none()
    key = str(told.get("key", ""))
    if not _CLIENT_KEY.fullmatch(key):
        return JsonResponse({"refused": "The message has no key of its own."}, status=400)
    message = actions.say_in_chat(
        found, client_key=key, text=str(told.get("text", "")), name=str(told.get("name", ""))[:200],
        contact=str(told.get("contact", ""))[:254], by=visitor(found.door.market, "chat"), now=timezone.now(),
    )  # fmt: skip
    return JsonResponse({"id": message.pk, "text": message.text})


@public(FILES)
@require_POST
def send_file(request: HttpRequest, secret: str) -> HttpResponse:
    """One file; sent again under its key it is the same one. Larger ones are not even read."""
    found = _chat(request, secret)
    if found is None:
        return _none()
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()) or int(length) > LARGEST_FILE_BYTES + MOST_BYTES:
        return JsonResponse({"refused": "The file is larger than 5 MB.", "code": NO_FILE}, status=413)
    key, sent = request.POST.get("key", ""), request.FILES.get("file")
    if sent is None or not _CLIENT_KEY.fullmatch(key):
        return JsonResponse({"refused": "There is no file, or it has no key of its own."}, status=400)
    message = actions.send_file_in_chat(
        found, client_key=key, file=SentFile(sent.name or "file", sent.file, sent.size or 0),
        name=request.POST.get("name", "")[:200], contact=request.POST.get("contact", "")[:254],
        by=visitor(found.door.market, "chat"), now=timezone.now(),
    )  # fmt: skip
    return JsonResponse(_messages([message], found.pk)[0])


@public(LOOKS)
@require_safe
def file(request: HttpRequest, secret: str, attachment_id: int) -> HttpResponse:
    """A file of this chat, theirs or ours, to be saved."""
    found = _chat(request, secret)
    attachment = file_in_chat(found, attachment_id) if found is not None else None
    if attachment is None:
        return _none()
    opened = open_document(attachment.document_id)
    return FileResponse(
        opened.file, as_attachment=True, filename=opened.document.file_name, headers=opened.headers
    )  # type: ignore[return-value]


@public(PROOFS)
@require_POST
def prove(request: HttpRequest, secret: str) -> HttpResponse:
    """Two answers, or the code an agent read out; then what the case is about is shown with its standing."""
    found, told = _chat(request, secret), _body(request)
    if found is None or told is None:
        return _none()
    now, by = timezone.now(), visitor(found.door.market, "chat")
    if given := str(told.get("code", "")).strip():
        actions.try_code(found, given, by=by, now=now)
    else:
        answers = {str(name): str(value)[:100] for name, value in told.items()}
        actions.prove(found, answers, by=by, now=now)
    return JsonResponse({"proved": True})


@public(SAYS)
@require_safe
def standing(request: HttpRequest, secret: str) -> HttpResponse:
    """Where the things of a chat stand, as far as the visitor has proved who they are."""
    found = _chat(request, secret)
    if found is None:
        return _none()
    case = survivor_of(found.case) if found.case is not None else None
    if case is None or case.party_role == "third_party":
        return JsonResponse({"things": []})
    now = timezone.now()
    with translation.override(language_of(request, found.language)):
        told = [each for link in shown_to_visitor(case) if (each := standing_of(link, now)) is not None]
        things = [
            {
                "title": each.title,
                "headline": each.headline,
                "next": each.what_next,
                "details": [list(pair) for pair in each.details],
                "by": _("You hear from us by %(day)s at the latest.")
                % {"day": date_format(each.expected_by, "j F Y, H:i")}
                if each.expected_by
                else "",
            }
            for each in told
        ]
    return JsonResponse({"things": things})


def _chat(request: HttpRequest, secret: str) -> Chat | None:
    door: Door | None = door_by_key("chat", secret)
    return chat_behind(door, request.headers.get(SECRET_HEADER, "")) if door is not None else None


def _body(request: HttpRequest) -> dict[str, Any] | None:
    raw = request.read(MOST_BYTES + 1)
    try:
        told = json.loads(raw) if len(raw) <= MOST_BYTES else None
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _none() -> HttpResponse:
    return JsonResponse({"refused": "This chat is not here any more."}, status=404)
