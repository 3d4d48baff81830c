"""What the worker does at the doors: calls that nobody answered become cases."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.doors import actions
from paydesk.foundation.outbox import housekeeping
from paydesk.kernel.actor import system

WORKER = system("worker")


@housekeeping.every(30, "note missed calls")
def note_missed_calls(now: datetime) -> int:
    """Calls that rang out since the last look."""
    return actions.note_missed_calls(by=WORKER, now=now)
