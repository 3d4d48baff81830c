"""What the worker does about cases: reads and sends mail, wakes what waits for a time, closes."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Mailbox
from paydesk.foundation.outbox import housekeeping
from paydesk.kernel.actor import system

WORKER = system("worker")


@housekeeping.every(10, "read mailboxes")
def read_mailboxes(now: datetime) -> int:
    """What came since the last look, kept and then taken in."""
    boxes = Mailbox.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)
    return sum(actions.fetch(box, by=WORKER, now=now) for box in boxes)


@housekeeping.every(2, "take mail in")
def take_mail_in(now: datetime) -> int:
    """Messages that were kept and are not understood yet."""
    return actions.take_in_all(by=WORKER, now=now)


@housekeeping.every(2, "send answers")
def send_answers(now: datetime) -> int:
    """Answers that nobody took back."""
    return actions.send_due(by=WORKER, now=now)


@housekeeping.every(30, "wake cases")
def wake_cases(now: datetime) -> int:
    """Cases whose time to look again has come."""
    return actions.wake(by=WORKER, now=now)


@housekeeping.every(3600, "weigh old cases")
def weigh_old_cases(now: datetime) -> int:
    """Cases that grow more severe with age."""
    return actions.weigh_old(by=WORKER, now=now)


@housekeeping.every(300, "close resolved cases")
def close_cases(now: datetime) -> int:
    """Cases that were resolved longer ago than the grace."""
    return actions.close_resolved(by=WORKER, now=now)
