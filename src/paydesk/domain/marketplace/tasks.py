"""What the worker does with messages of a platform: takes them in as they come, in batches."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.marketplace import actions
from paydesk.foundation.outbox import housekeeping
from paydesk.kernel.actor import system

WORKER = system("worker")
EARLY_EVERY, LOOK_SECONDS = 30, 2  # those that came early are looked at in these seconds of each half minute


@housekeeping.every(1, "take in events of marketplaces")
def take_messages_as_they_come(now: datetime) -> int:
    """Take in every message that waits, batch by batch; returns how many were tried.

    What came before the event it builds on is tried again whenever something new is in, and twice a minute:
    a file may have brought that event.
    """
    tried = 0
    while batch := actions.take_messages(by=WORKER, now=now):
        tried += batch
    if now.second % EARLY_EVERY < LOOK_SECONDS:
        actions.take_early_messages(by=WORKER, now=now)
    return tried
