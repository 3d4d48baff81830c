"""What the worker does about refunds: those that a provider's own rows show as paid or come back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from paydesk.domain.refunds.actions.by_rows import settle_by_row
from paydesk.domain.refunds.queries import rows_naming_refunds
from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.handlers import on
from paydesk.kernel.actor import system

WORKER = system("worker")


@on("file.posted")
def settle_rows_of_file(payload: dict[str, Any]) -> None:
    settle_rows(timezone.now())


@housekeeping.every(20, "settle refunds by rows")
def settle_rows(now: datetime) -> int:
    """Let rows that name a refund move it, each in a transaction; also those from before it was sent."""
    return sum(settle_by_row(row_id, by=WORKER, now=now) is not None for row_id in rows_naming_refunds())
