"""What the worker does about risk by the clock."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.risk import actions
from paydesk.foundation.outbox import housekeeping
from paydesk.kernel.actor import system


@housekeeping.every(60, "end enforcement")
def end_enforcement(now: datetime) -> int:
    """Holds, blocks and limits whose end has come."""
    return actions.expire_enforcement(by=system("worker"), now=now)
