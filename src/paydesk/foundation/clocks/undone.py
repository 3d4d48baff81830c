"""What met a clock did not happen after all: the clock runs again as if it had never been met."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.queries import OPEN
from paydesk.foundation.clocks.steps import end_as, replan


def take_back_met(
    kinds: Collection[str], subject_kind: str, subject_id: int, *, since: datetime, at: datetime
) -> bool:
    """Let the clock of these kinds that was met since then run again, from its own start, no time left out.

    One of the same kinds that began later is of the same waiting: it ends as merged into this one. A breach
    stays a breach. Returns whether there was any.
    """
    assert connection.in_atomic_block, "a clock goes on in the transaction of its verb"
    own = Clock.objects.filter(subject_kind=subject_kind, subject_id=subject_id, kind__in=list(kinds))
    met = own.filter(ended_as="met", ended_at__gte=since).order_by("start_at", "id")
    back = met.select_for_update(of=("self",)).select_related("policy", "calendar").first()
    if back is None:
        return False
    for kind in own.filter(OPEN).values_list("kind", flat=True):
        end_as("merged", kind, subject_kind, [subject_id], at=at, why="", into=back.pk)
    back.ended_as, back.ended_at = "", None
    back.save(update_fields=["ended_as", "ended_at"])
    replan([back])
    return True
