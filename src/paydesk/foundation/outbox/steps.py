"""Telling others: an event is stored in the verb's transaction and delivered after its commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from procrastinate.contrib.django import app

from paydesk.foundation.outbox.handlers import handlers_of

DELIVER = "outbox.deliver"


def put(event: str, payload: Mapping[str, Any]) -> None:
    """Have the handlers of `event` called with `payload`, if and only if this transaction commits.

    `payload` is small JSON: ids, not copies of rows. An event nobody listens to is not stored.
    """
    put_many(event, [payload])


def put_many(event: str, payloads: Iterable[Mapping[str, Any]]) -> None:
    """As `put` for several payloads, in one statement; each is delivered and retried by itself."""
    assert connection.in_atomic_block, "an event is put in the transaction of its verb"
    if handlers_of(event):
        jobs: list[dict[str, Any]] = [{"event": event, "payload": dict(payload)} for payload in payloads]
        if jobs:
            app.configure_task(DELIVER).batch_defer(*jobs)
