"""What the worker does about reversal requests: see that the provider's own row has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from paydesk.domain.reversal_requests.actions import settle_reversed
from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.handlers import on
from paydesk.kernel.actor import system

WORKER = system("worker")


@on("file.posted")
def look_for_reversals(payload: dict[str, Any]) -> None:
    """A file is in: what was taken back with it ends the requests it answers."""
    settle_reversed(by=WORKER, now=timezone.now())


@housekeeping.every(60, "end reversal requests the provider carried out")
def look_again_for_reversals(now: datetime) -> int:
    """Rows that came another way: by callback, or in a file whose message was lost."""
    return settle_reversed(by=WORKER, now=now)
