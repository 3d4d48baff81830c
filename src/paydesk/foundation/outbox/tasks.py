"""The job behind every event of the outbox."""

from __future__ import annotations

from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from paydesk.foundation.outbox.handlers import handlers_of
from paydesk.foundation.outbox.steps import DELIVER


@app.task(name=DELIVER, queue="outbox", retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def deliver(event: str, payload: dict[str, Any]) -> None:
    """Call every handler of `event`; one that fails does not keep the others from their turn.

    If any failed the job fails and all are called again: after 2, 4, 8 ... seconds, for about two hours.
    """
    problems = []
    for handler in handlers_of(event):
        try:
            handler(payload)
        except Exception as problem:
            problems.append(problem)
    if problems:
        raise ExceptionGroup(f"{event} was not delivered to {len(problems)} of its handlers", problems)
