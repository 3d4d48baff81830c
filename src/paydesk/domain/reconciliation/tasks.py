"""What the worker does about reconciliation: runs that were asked for, days that are over, waits that end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from paydesk.domain.reconciliation import queries
from paydesk.domain.reconciliation.actions.explaining import end_waiting
from paydesk.domain.reconciliation.actions.rules import learn_from_matches
from paydesk.domain.reconciliation.actions.running import RunRefused, ask_run, perform_run
from paydesk.domain.reconciliation.queries.settlements import days_to_look_at_again
from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.handlers import on
from paydesk.kernel.actor import system

WORKER = system("worker")
LEFT_ALONE = timedelta(seconds=30)


@on("reconciliation.asked")
def run_a_day(payload: dict[str, Any]) -> None:
    """Somebody asked for a day."""
    perform_run(payload["run_id"], by=WORKER, now=timezone.now())


@housekeeping.every(15, "go on with runs whose worker was killed")
def resume_runs(now: datetime) -> int:
    """A run that is under way and that no worker holds begins again: nothing of it was stored."""
    waiting = list(queries.runs_to_resume(now - LEFT_ALONE))
    for run_id in waiting:
        perform_run(run_id, by=WORKER, now=timezone.now())
    return len(waiting)


@housekeeping.every(60, "reconcile days that are over")
def run_days_that_are_over(now: datetime) -> int:
    """A day whose files are in is reconciled by itself, and again when more of it comes."""
    asked = 0
    for account_id, day in queries.days_to_run(now):
        try:
            ask_run(account_id, day, by=WORKER, now=now)
            asked += 1
        except RunRefused:
            continue
    return asked


@housekeeping.every(3600, "look again at days whose money is overdue at the bank, or came since")
def run_days_of_settlements(now: datetime) -> int:
    """A day that was run before its sweep was overdue says so now; one whose money came says that."""
    asked = 0
    for account_id, day in days_to_look_at_again(now):
        try:
            ask_run(account_id, day, by=WORKER, now=now)
            asked += 1
        except RunRefused:
            continue
    return asked


@housekeeping.every(300, "open exceptions again that waited in vain")
def end_waits(now: datetime) -> int:
    """The day has come and no run has found the row: somebody has to look again."""
    over = list(queries.waiting_over(now.date()))
    for exception_id in over:
        end_waiting(exception_id, by=WORKER, now=now)
    return len(over)


@housekeeping.every(600, "propose rules that matches by people speak for")
def learn(now: datetime) -> int:
    """Measured on days that were run before anybody sees it."""
    return len(learn_from_matches(by=WORKER, now=now))
