"""What the worker does about quality."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.quality import actions
from paydesk.foundation.outbox import housekeeping
from paydesk.kernel.actor import system

WORKER = system("worker")


@housekeeping.every(300, "look at exams due")
def look_at_exams(now: datetime) -> int:
    """Whoever has an exam to pass knows it, whatever way they came to their rights."""
    return actions.ask_again(by=WORKER, now=now)
