"""What the worker does for retention: large packs as they are asked for, the schedule every night."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from paydesk.domain.retention import actions
from paydesk.domain.retention.actions.packing import EVENT
from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.handlers import on
from paydesk.kernel.actor import system

FROM_HOUR = 2  # in UTC, when our markets sleep


@on(EVENT)
def make_pack(payload: dict[str, Any]) -> None:
    """A pack that somebody waits for; one that is made already is left as it is."""
    actions.make_pack(int(payload["pack_id"]), by=system("worker"), now=timezone.now())


@housekeeping.every(900, "apply the retention schedule")
def apply_schedule(now: datetime) -> int:
    """Once a night, whichever worker comes first."""
    if now.hour < FROM_HOUR:
        return 0
    run = actions.apply_schedule(by=system("worker"), now=now)
    return sum(run.erased.values()) if run is not None else 0
