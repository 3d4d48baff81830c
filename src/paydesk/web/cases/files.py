"""Files and the HTML of messages: taken along with a record, shown where nothing of them runs."""

from __future__ import annotations

import base64
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING

from django.core.signing import BadSignature, TimestampSigner
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from paydesk.connectors.mail.pictures import may_show_a_card
from paydesk.connectors.mail.safe_html import safe_html
from paydesk.domain.cases import actions
from paydesk.domain.cases.desk import attachment_in
from paydesk.domain.cases.queries import messages_of
from paydesk.foundation.documents.queries import document_by_id, open_document
from paydesk.web.access import actor_of, needs
from paydesk.web.answers import document_of
from paydesk.web.cases.shown import SEE, case_or_404

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Attachment, Message

HELD = "paydesk.cases.held"
SHOWN_SECONDS = 120
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
LARGEST_PICTURE = 5 * 1024 * 1024
MOST_PICTURES_BYTES = 8 * 1024 * 1024
# Nothing of a stranger's mail runs, loads or navigates us; pictures that came with it stand in it as data.
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"
)


def file_or_404(request: HttpRequest, public_code: str, attachment_id: int) -> Attachment:
    case = case_or_404(actor_of(request), public_code)
    found = attachment_in(case.pk, attachment_id)
    if found is None:
        raise Http404("There is no such file in this case.")
    return found


@require_safe
@needs(SEE)
@needs("documents:view")
def download(request: HttpRequest, public_code: str, attachment_id: int) -> FileResponse:
    """A file of a message, to be saved; the trail says who took it."""
    found = file_or_404(request, public_code, attachment_id)
    actions.look_into_file(found.pk, by=actor_of(request), now=timezone.now())
    return document_of(found.document_id)


@require_safe
@needs(SEE)
@needs("documents:view")
def picture(request: HttpRequest, public_code: str, attachment_id: int) -> FileResponse:
    """A picture of a message, shown in its case; what only calls itself one is not, nor what is held."""
    found = file_or_404(request, public_code, attachment_id)
    if found.held_because and not _was_asked_for(request, found):
        raise Http404("This picture is held: press Show.")
    document = document_by_id(found.document_id)
    kind = document.content.content_type if document else ""
    if kind not in PICTURES or found.size_bytes > LARGEST_PICTURE:
        raise Http404("This is no picture that is shown.")
    opened = open_document(found.document_id)
    kept = "private, no-store" if found.held_because else "private, max-age=3600"
    headers = {**opened.headers, "Content-Type": kind, "Cache-Control": kept}
    return FileResponse(opened.file, filename=opened.document.file_name, headers=headers)


@require_POST
@needs(SEE)
@needs("documents:view")
def show_held(request: HttpRequest, public_code: str, attachment_id: int) -> HttpResponse:
    """A picture that is held, for whoever asks for it now; the trail says who did."""
    found = file_or_404(request, public_code, attachment_id)
    actor = actor_of(request)
    actions.show_held(found.pk, by=actor, now=timezone.now())
    address = reverse("cases:picture", args=[public_code, found.pk])
    address = f"{address}?asked={TimestampSigner(salt=HELD).sign(f'{found.pk}.{actor.id}')}"
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(address)
    return render(request, "cases/_held_shown.html", {"address": address, "file": found})


def _was_asked_for(request: HttpRequest, found: Attachment) -> bool:
    """Whether this very person pressed Show for it a moment ago."""
    try:
        said = TimestampSigner(salt=HELD).unsign(request.GET.get("asked", ""), max_age=SHOWN_SECONDS)
    except BadSignature:
        return False
    return said == f"{found.pk}.{actor_of(request).id}"


@require_safe
@needs(SEE)
@needs("documents:view")
@xframe_options_sameorigin
def as_sent(request: HttpRequest, public_code: str, message_id: int) -> HttpResponse:
    """The HTML of a mail for a sandboxed frame: pictures from elsewhere are refused, links open apart."""
    case = case_or_404(actor_of(request), public_code)
    message = next((each for each in messages_of(case) if each.pk == message_id and each.html), None)
    if message is None:
        raise Http404("This message has no other form.")
    pictures = _enclosed(message)
    clean = safe_html(message.html, enclosed=pictures.get)
    known = {"html": mark_safe(clean.html), "remote": clean.remote_pictures, "too_deep": clean.too_deep}  # noqa: S308
    response = render(request, "cases/as_sent.html", known)
    response["Content-Security-Policy"] = FRAME_POLICY
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response


def _enclosed(message: Message) -> dict[str, str]:
    """The pictures that came with a mail, by their content id, as addresses that hold them.

    One that may show a card is not among them: it stands among the files, where Show is recorded.
    """
    if message.document_id is None or "cid:" not in message.html.lower():
        return {}
    with open_document(message.document_id).file as stream:
        mail = BytesParser(policy=policy.default).parse(stream)
    found: dict[str, str] = {}
    left = MOST_PICTURES_BYTES
    for part in mail.walk():
        name = str(part.get("Content-ID", "")).strip().strip("<>")
        if not name or part.get_content_type() not in PICTURES:
            continue
        data = part.get_payload(decode=True)
        if (
            isinstance(data, bytes)
            and len(data) <= left
            and not may_show_a_card(str(part.get_filename("")), data)
        ):
            left -= len(data)
            found[name] = f"data:{part.get_content_type()};base64,{base64.b64encode(data).decode('ascii')}"
    return found
