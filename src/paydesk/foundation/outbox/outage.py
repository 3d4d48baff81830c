"""The database is away: said once when it goes and once when it is back, however many threads notice."""

from __future__ import annotations

import logging
import threading
import time

import psycopg
from django.db import InterfaceError, OperationalError
from procrastinate.exceptions import ConnectorException

logger = logging.getLogger("paydesk.worker")

LONGEST_WAIT_SECONDS = 15.0


def is_outage(problem: BaseException | None) -> bool:
    """Whether `problem` says that the database cannot be reached, rather than that it refused something."""
    while problem is not None:
        if isinstance(
            problem, (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
        ):
            # With a state other than 08 (connection), 57P (shutdown) or 53 (resources) the server answered.
            state = getattr(problem, "sqlstate", None) or getattr(problem.__cause__, "sqlstate", None)
            return state is None or state.startswith(("08", "57P", "53"))
        if (
            isinstance(problem, ConnectorException)
            and problem.__cause__ is None
            and problem.__context__ is None
        ):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


class Outage:
    """Shared by the threads of one worker process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: float | None = None

    def began(self, problem: BaseException) -> None:
        with self._lock:
            if self._since is None:
                self._since = time.monotonic()
                reason = (str(problem).strip().splitlines() or [type(problem).__name__])[0]
                logger.warning("The database is away; the worker tries again until it is back. %s", reason)

    def ended(self) -> None:
        with self._lock:
            if self._since is not None:
                logger.warning("The database is back after %.0f s.", time.monotonic() - self._since)
                self._since = None


class Quiet(logging.Filter):
    """Keeps what libraries say about a lost connection out of the log: `Outage` says it once."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("psycopg.pool"):
            return False
        if not record.name.startswith("procrastinate"):
            return True
        return not (record.exc_info and is_outage(record.exc_info[1]))
