"""The documents folder: contents under their checksum, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from paydesk.foundation.documents.rules import content_type_of, size_text
from paydesk.kernel.refused import Refused

CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class KeptContent:
    """Bytes that lie safely in the folder."""

    sha256: str
    size_bytes: int
    content_type: str


def folder() -> Path:
    return Path(settings.DOCUMENTS_FOLDER)


def path_of(sha256: str) -> Path:
    """Where the content with this checksum lies."""
    return folder() / sha256[:2] / sha256[2:4] / sha256


def keep(stream: BinaryIO) -> KeptContent:
    """Copy `stream` into the folder, a piece at a time; afterwards it survives a power cut.

    First to a temporary file, then renamed: a content that has its name is whole. Raises Refused when the
    stream is empty or longer than the limit; then nothing is left behind.
    """
    incoming, kept = copy_into(folder() / "incoming", stream)
    try:
        _put_in_place(incoming, path_of(kept.sha256))
    except BaseException:
        incoming.unlink(missing_ok=True)
        raise
    return kept


def copy_into(incoming: Path, stream: BinaryIO) -> tuple[Path, KeptContent]:
    """Copy `stream` into a new file of the folder `incoming`: where it is, and what it holds.

    Raises Refused when the stream is empty or longer than the limit; then nothing is left behind.
    """
    limit = settings.DOCUMENT_SIZE_LIMIT_BYTES
    incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(dir=incoming)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            digest, size = hashlib.sha256(), 0
            for chunk in _chunks(stream):
                size += len(chunk)
                if size > limit:
                    _refuse_size(stream, size, limit)
                digest.update(chunk)
                file.write(chunk)
            if size == 0:
                raise Refused("The file is empty, so there is nothing to store.", code="document.empty")
            file.flush()
            os.fsync(file.fileno())
            content_type = content_type_of(file)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
    return Path(name), KeptContent(digest.hexdigest(), size, content_type)


def leftovers(older_than: float) -> Iterator[Path]:
    """Temporary files last written before `older_than` (seconds since 1970): a killed upload left them."""
    incoming = folder() / "incoming"
    if incoming.is_dir():
        for path in incoming.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < older_than:
                    yield path


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def _refuse_size(stream: BinaryIO, so_far: int, limit: int) -> None:
    # An upload knows its length; from a pipe only what has come so far is known.
    size = getattr(stream, "size", None)
    is_known = isinstance(size, int) and size > limit
    raise Refused(
        f"The file is {size_text(size) if is_known else 'more than ' + size_text(limit)}; "
        f"files up to {size_text(limit)} can be stored. Split it, or have an administrator raise the limit.",
        code="document.too_large",
        size_bytes=size if is_known else so_far,
        limit_bytes=limit,
    )


def _put_in_place(temporary: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(temporary, 0o400)
    os.replace(temporary, place)  # the same content may be there: then it is replaced by itself
    # The names themselves have to reach the disk as well.
    for directory in (place.parent, place.parent.parent, folder()):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
