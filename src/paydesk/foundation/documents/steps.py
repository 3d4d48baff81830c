"""Storing a document inside the transaction of another verb."""

from __future__ import annotations

import io
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents.blobs import KeptContent
from paydesk.foundation.documents.models import Document, StoredContent
from paydesk.foundation.documents.rules import RETENTION, safe_file_name
from paydesk.kernel.actor import Actor


def store(
    stream: BinaryIO,
    *,
    filename: str,
    by: Actor,
    now: datetime,
    retention: str = "books",
    market: str | None = None,
) -> Document:
    """Keep the content of `stream` and record this upload of it; joins the caller's transaction.

    The bytes are written before the row: if the transaction is undone, a file that nobody names stays behind,
    never a row without its file. A long upload is better kept first, with `blobs.keep`, and recorded with
    `record_upload`. Raises Refused for an empty file and for one above the limit.
    """
    return record_upload(
        blobs.keep(stream), filename=filename, by=by, now=now, retention=retention, market=market
    )


def record_upload(
    kept: KeptContent,
    *,
    filename: str,
    by: Actor,
    now: datetime,
    retention: str = "books",
    market: str | None = None,
) -> Document:
    """The row of an upload whose content is kept already. The same content again: another document of it."""
    assert retention in RETENTION, f"{retention} is not a retention class"
    content = _content_row(kept, now)
    document = Document.objects.create(
        content=content,
        file_name=safe_file_name(filename),
        uploaded_by=by.label,
        person_id=by.id if by.kind == "person" else None,
        uploaded_at=now,
        retention=retention,
    )
    audit.record(
        "document.stored",
        subject=("document", document.pk),
        by=by,
        at=now,
        market=market,
        changes={"sha256": kept.sha256, "size_bytes": kept.size_bytes, "content_type": kept.content_type},
    )
    return document


def replace_content(
    document_id: int, data: bytes, *, file_name: str, by: Actor, at: datetime, why: str
) -> bool:
    """Put other bytes in the place of a document's: redacted ones, or a line that says they were removed.

    The document keeps its number and who brought it. The old bytes go when no other document has them, after
    the commit. False where there is no such document. Joins the caller's transaction; `why` is a word for
    the trail ("redaction", "erasure", "retention").
    """
    document = Document.objects.select_for_update().select_related("content").filter(pk=document_id).first()
    if document is None:
        return False
    kept = blobs.keep(io.BytesIO(data))
    old = document.content
    if kept.sha256 == old.sha256:
        return True
    document.content = _content_row(kept, at)
    document.file_name = safe_file_name(file_name)
    document.save(update_fields=["content", "file_name"])
    if not Document.objects.filter(content=old).exists():
        old.delete()
        gone = old.sha256
        transaction.on_commit(lambda: _remove(gone))
    audit.record(
        "document.replaced",
        subject=("document", document.pk),
        by=by,
        at=at,
        changes={"why": why, "sha256": [old.sha256, kept.sha256]},
    )
    return True


def _content_row(kept: KeptContent, at: datetime) -> StoredContent:
    """The row of these bytes, which are the same for every document of them; one statement.

    What is there already is written once more, so that its id comes back: the same bytes are as long.
    """
    content = StoredContent(
        sha256=kept.sha256, size_bytes=kept.size_bytes, content_type=kept.content_type, stored_at=at
    )
    StoredContent.objects.bulk_create(
        [content], update_conflicts=True, unique_fields=["sha256"], update_fields=["size_bytes"]
    )
    return content


def _remove(sha256: str) -> None:
    """Take bytes out of the folder that no document has any more: somebody may have brought them again."""
    if not StoredContent.objects.filter(sha256=sha256).exists():
        blobs.path_of(sha256).unlink(missing_ok=True)
