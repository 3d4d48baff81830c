"""A file that came with a message becomes a document beside it, by whatever door; part of verbs."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from paydesk.connectors.mail.pictures import may_show_a_card
from paydesk.domain.cases.models import Attachment, Message
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.documents.blobs import KeptContent
from paydesk.kernel.actor import Actor

_HEAD_BYTES = 512 * 1024  # the size of a picture stands there, behind what a camera notes about it


class CameAlong(NamedTuple):
    """A file that came with a message, its content kept already. `called` is the type its sender gives it."""

    kept: KeptContent
    name: str
    called: str = ""


def keep_beside(message: Message, file: CameAlong, *, market: str, by: Actor, now: datetime) -> Attachment:
    """The document of content that is kept already, and its place beside the message.

    A picture that may show a card or an identity document is held: a person looks at it first.
    """
    kept, name, called = file
    document = documents.record_upload(
        kept, filename=name, by=by, now=now, retention="evidence", market=market
    )
    return Attachment.objects.create(
        message=message, document_id=document.pk, name=document.file_name[:255],
        content_type=(called or kept.content_type)[:100], size_bytes=kept.size_bytes,
        sha256=kept.sha256, held_because=_why_held(kept, name),
    )  # fmt: skip


def _why_held(kept: KeptContent, name: str) -> str:
    if not kept.content_type.startswith("image/"):
        return ""
    with blobs.path_of(kept.sha256).open("rb") as file:
        return may_show_a_card(name, file.read(_HEAD_BYTES))
