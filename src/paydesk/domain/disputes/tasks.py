"""What the worker does about disputes: chargebacks that rows bring, and last days that are over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from paydesk.domain.disputes.actions import expire_unanswered, settle_row
from paydesk.domain.disputes.queries import chargeback_rows
from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.handlers import on
from paydesk.kernel.actor import system

WORKER = system("worker")


@on("file.posted")
def settle_rows_of_file(payload: dict[str, Any]) -> None:
    settle_rows(timezone.now())


@housekeeping.every(20, "open disputes of chargebacks")
def settle_rows(now: datetime) -> int:
    """Let chargeback rows open or find their dispute, each in a transaction."""
    return sum(settle_row(row_id, by=WORKER, now=now) is not None for row_id in chargeback_rows())


@housekeeping.every(60, "expire disputes")
def expire(now: datetime) -> int:
    return expire_unanswered(by=WORKER, now=now)
