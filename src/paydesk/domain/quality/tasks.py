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


@housekeeping.every(900, "choose cases to review")
def choose_reviews(now: datetime) -> int:
    """Resolved cases that the plan wants looked at."""
    return actions.sample(by=WORKER, now=now)


@housekeeping.every(3600, "choose escalations to review")
def choose_escalations(now: datetime) -> int:
    """Of every month that is over a part of what each team handed to risk or finance; large ones at once."""
    return actions.sample_escalated(by=WORKER, now=now)


@housekeeping.every(300, "ask customers how it was")
def ask_customers(now: datetime) -> int:
    """Whoever's case was resolved some hours ago; and once more whoever has not answered for days."""
    return actions.invite(by=WORKER, now=now) + actions.remind(by=WORKER, now=now)
