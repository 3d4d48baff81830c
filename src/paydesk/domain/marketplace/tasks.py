"""What the worker does with messages of a platform: takes them in as they come, in batches."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.marketplace import actions
from paydesk.foundation.outbox import housekeeping
from paydesk.kernel.actor import system

WORKER = system("worker")


@housekeeping.every(1, "take in events of marketplaces")
def take_messages_as_they_come(now: datetime) -> int:
    """Take in every message that waits, batch by batch; returns how many are settled."""
    settled = 0
    while batch := actions.take_messages(by=WORKER, now=now):
        settled += batch
    return settled


@housekeeping.every(30, "try events of marketplaces that came early")
def take_early_messages(now: datetime) -> int:
    return actions.take_early_messages(by=WORKER, now=now)
