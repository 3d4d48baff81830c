"""What the worker does by the clock: sealing the audit trail, resuming unfinished work, tidying up.

Packages register in their AppConfig.ready():

    from paydesk.foundation.outbox import housekeeping

    housekeeping.every(5, "resume files")(resume_unfinished_files)

The function is given the time and runs in a thread of its own, so a long one does not hold up the others; it
never overlaps with itself in one worker, and has to bear a second worker doing the same.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import close_old_connections, connections
from django.utils import timezone

from paydesk.foundation.outbox.outage import LONGEST_WAIT_SECONDS, Outage, is_outage

logger = logging.getLogger("paydesk.worker")

SELDOM_SECONDS = 10  # whoever works so seldom holds no connection meanwhile; a server has few
Chore = Callable[[datetime], object]
C = TypeVar("C", bound=Chore)


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    seconds: float
    function: Chore


_chores: dict[str, Entry] = {}


def every(seconds: float, name: str) -> Callable[[C], C]:
    """Have the decorated function called with the time, `seconds` after its last call ended."""

    def register(function: C) -> C:
        _chores[name] = Entry(name, seconds, function)
        return function

    return register


def forget(name: str) -> None:
    """Take a registration back: for tests."""
    _chores.pop(name, None)


def chores() -> list[Entry]:
    """What is registered, by name."""
    return sorted(_chores.values(), key=lambda entry: entry.name)


def start(stop: threading.Event, outage: Outage) -> list[threading.Thread]:
    """One thread per chore, until `stop` is set."""
    threads = []
    for entry in chores():
        thread = threading.Thread(
            target=_keep_doing, args=(entry, stop, outage), name=entry.name, daemon=True
        )
        thread.start()
        threads.append(thread)
    return threads


def _keep_doing(entry: Entry, stop: threading.Event, outage: Outage) -> None:
    wait = 0.0
    failures = 0
    while not stop.wait(wait):
        wait = entry.seconds
        try:
            close_old_connections()
            entry.function(timezone.now())
            outage.ended()
            failures = 0
            if entry.seconds >= SELDOM_SECONDS:
                connections.close_all()
        except Exception as problem:
            failures += 1
            wait = min(
                max(entry.seconds, 1.0) * 2 ** min(failures, 6), max(entry.seconds, LONGEST_WAIT_SECONDS)
            )
            if is_outage(problem):
                outage.began(problem)
            elif failures == 1:  # the same again and again says nothing new
                logger.exception("%s failed; it is tried again every %.0f s at most", entry.name, wait)
            connections.close_all()
    connections.close_all()
