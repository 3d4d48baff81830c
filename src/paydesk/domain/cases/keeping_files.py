"""A file that came with a message becomes a document beside it; part of verbs."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases.models import Attachment, Message
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.documents.blobs import KeptContent
from paydesk.kernel.actor import Actor


def keep_beside(
    message: Message, kept: KeptContent, name: str, *, market: str, by: Actor, now: datetime
) -> Attachment:
    """The document of content that is kept already, and its place beside the message."""
    document = documents.record_upload(
        kept, filename=name, by=by, now=now, retention="evidence", market=market
    )
    return Attachment.objects.create(
        message=message, document_id=document.pk, name=document.file_name[:255],
        content_type=kept.content_type[:100], size_bytes=kept.size_bytes, sha256=kept.sha256,
    )  # fmt: skip
