"""Finding documents and opening what they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from paydesk.foundation.documents import blobs
from paydesk.foundation.documents.models import Document, StoredContent
from paydesk.kernel.refused import Refused


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document with its content open for reading; whoever asked for it closes `file`.

    Screens serve it through a view that checks the right `documents:view`, never by the web server's own
    static files, with `headers` so that a browser saves it and does not run it.
    """

    document: Document
    file: BinaryIO

    @property
    def headers(self) -> dict[str, str]:
        from django.utils.http import content_disposition_header

        disposition = content_disposition_header(True, self.document.file_name)
        return {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": disposition or "attachment",
            "Content-Length": str(self.document.size_bytes),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        }


def document_by_id(document_id: int) -> Document | None:
    """The document with its content's facts, None if there is none; one query."""
    return Document.objects.select_related("content").filter(pk=document_id).first()


def open_document(document_id: int) -> OpenDocument:
    """The document and its bytes, to be read in pieces.

    Raises Refused if there is no such document or its file is gone from the folder (restored without it).
    """
    document = document_by_id(document_id)
    if document is None:
        raise _unknown(document_id)
    return OpenDocument(document, _opened(document_id, document.file_name, document.sha256))


def content_of(document_id: int) -> bytes:
    """All bytes of a document that is short, such as a mail; one query. Raises Refused as `open_document`."""
    known = Document.objects.filter(pk=document_id).values_list("file_name", "content__sha256").first()
    if known is None:
        raise _unknown(document_id)
    with _opened(document_id, *known) as file:
        return file.read()


def _unknown(document_id: int) -> Refused:
    return Refused(f"There is no document {document_id}.", code="document.unknown", document_id=document_id)


def _opened(document_id: int, file_name: str, sha256: str) -> BinaryIO:
    try:
        return blobs.path_of(sha256).open("rb")
    except FileNotFoundError:
        raise Refused(
            f"{file_name} is missing from the documents folder; restore it from the backup.",
            code="document.gone",
            document_id=document_id,
            sha256=sha256,
        ) from None


def uploads_of(sha256: str) -> list[Document]:
    """Every upload of one content, oldest first; one query."""
    return list(Document.objects.select_related("content").filter(content__sha256=sha256).order_by("pk"))


def damaged_contents() -> Iterator[tuple[StoredContent, str]]:
    """Stored contents whose file is missing or not what was stored, with a sentence; reads every byte."""
    for content in StoredContent.objects.order_by("pk").iterator():
        digest = hashlib.sha256()
        try:
            with blobs.path_of(content.sha256).open("rb") as file:
                while chunk := file.read(blobs.CHUNK_BYTES):
                    digest.update(chunk)
        except OSError as problem:
            yield content, f"The file of content {content.pk} cannot be read: {problem.strerror}."
            continue
        if digest.hexdigest() != content.sha256:
            yield content, f"The file of content {content.pk} was changed after it was stored."
