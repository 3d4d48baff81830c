"""What the worker does with callbacks: posts them as they come, asks about silence, follows posted files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from paydesk.domain.callbacks import actions
from paydesk.foundation.inbox import steps as inbox
from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.handlers import on
from paydesk.kernel.actor import system

WORKER = system("worker")
LISTENING_SECONDS = 1  # so that a worker that is told to stop does so soon, and a lost call costs no more


@housekeeping.every(0, "post callbacks")
def post_callbacks_as_they_come(now: datetime) -> int:
    """Post what waits, then listen a moment for more; returns how many messages were settled."""
    inbox.listen()  # first listen, then look: a message in between is not missed
    settled = post_waiting(now)
    if settled == 0:
        inbox.wait_for_message(LISTENING_SECONDS)
    return settled


def post_waiting(now: datetime) -> int:
    """Post every waiting callback, batch by batch; returns how many."""
    settled = 0
    while batch := actions.post_callbacks(by=WORKER, now=now):
        settled += batch
        now = timezone.now()
    return settled


@housekeeping.every(5, "ask about pending payments")
def ask_about_silence(now: datetime) -> int:
    return actions.ask_due(by=WORKER, now=now)


@on("pending.to_ask")
def ask_now(payload: dict[str, Any]) -> None:
    """A person asked; the housekeeping would do it as well, only later."""
    actions.ask_due(by=WORKER, now=timezone.now())


@on("file.posted")
def follow_file(payload: dict[str, Any]) -> None:
    actions.follow_posted_file(payload["file_id"], by=WORKER, now=timezone.now())
