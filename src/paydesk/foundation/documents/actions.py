"""Verbs on documents."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import transaction

from paydesk.foundation.documents import blobs, steps
from paydesk.foundation.documents.models import Document
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
    """Keep an uploaded file; the same content twice is kept once and recorded twice.

    Raises NotAllowedRefused without the right, Refused for an empty file and for one above the limit.
    """
    by.needs("documents.store", market=market)
    kept = blobs.keep(stream)  # before the transaction: a slow upload must not hold one open
    with transaction.atomic(durable=True):
        return steps.record_upload(
            kept, filename=filename, by=by, now=now, retention=retention, market=market
        )


def remove_leftovers(now: datetime) -> int:
    """Delete temporary files of uploads that were killed more than a day ago; returns how many."""
    found = list(blobs.leftovers((now - timedelta(days=1)).timestamp()))
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
