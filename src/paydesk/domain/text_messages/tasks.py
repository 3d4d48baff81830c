"""What the worker does about text messages: hands them over, asks what became of them."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.text_messages import actions
from paydesk.foundation.outbox import housekeeping
from paydesk.kernel.actor import system

WORKER = system("worker")


@housekeeping.every(2, "send text messages")
def send_texts(now: datetime) -> int:
    """Codes, and notices that nobody took back."""
    return actions.send_due(by=WORKER, now=now)


@housekeeping.every(30, "ask about text messages")
def ask_about_texts(now: datetime) -> int:
    """What became of those whose gateway does not report by itself."""
    return actions.ask_due(by=WORKER, now=now)
