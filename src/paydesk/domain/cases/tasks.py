"""What the worker does about cases: wakes those that wait for a time, closes what has long been resolved."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases import actions
from paydesk.foundation.outbox import housekeeping
from paydesk.kernel.actor import system

WORKER = system("worker")


@housekeeping.every(30, "wake cases")
def wake_cases(now: datetime) -> int:
    """Cases whose time to look again has come."""
    return actions.wake(by=WORKER, now=now)


@housekeeping.every(300, "close resolved cases")
def close_cases(now: datetime) -> int:
    """Cases that were resolved longer ago than the grace."""
    return actions.close_resolved(by=WORKER, now=now)
