"""The worker process: runs jobs as they come, and does the housekeeping by the clock."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
import time
from typing import Any

from procrastinate import App
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.outage import LONGEST_WAIT_SECONDS, Outage, Quiet, is_outage
from paydesk.foundation.outbox.rules import DEAD_AFTER_SECONDS, HEARTBEAT_SECONDS

logger = logging.getLogger("paydesk.worker")

# A job that is running when the worker is stopped gets this long; then it is left for the next worker.
GRACE_SECONDS = 20


def run(*, stop_event: threading.Event | None = None) -> None:
    """Work until SIGTERM, SIGINT or `stop_event`; bears the database going away and coming back.

    In the main thread it takes the two signals for itself.
    """
    stop = stop_event or threading.Event()
    outage = Outage()
    quiet = Quiet()
    for handler in logging.getLogger().handlers:
        handler.addFilter(quiet)
    before = _stop_on_signals(stop)
    threads = housekeeping.start(stop, outage)
    try:
        _work_until(stop, outage)
    finally:
        stop.set()
        deadline = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        for number, handler in before.items():
            signal.signal(number, handler)
        for handler in logging.getLogger().handlers:
            handler.removeFilter(quiet)


def _work_until(stop: threading.Event, outage: Outage) -> None:
    delay = 0.5
    while not stop.is_set():
        started = time.monotonic()
        try:
            asyncio.run(_work(stop, outage))
        except Exception as problem:
            if is_outage(problem):
                outage.began(problem)
            else:
                logger.exception("The worker's loop ended; it is started again")
        if time.monotonic() - started > 60:
            delay = 0.5
        # Not stop.wait: a signal handler that sets the event while this thread is inside it would hang.
        again_at = time.monotonic() + delay
        while not stop.is_set() and time.monotonic() < again_at:
            time.sleep(0.1)
        delay = min(delay * 2, LONGEST_WAIT_SECONDS)


async def _work(stop: threading.Event, outage: Outage) -> None:
    """Run procrastinate's worker until `stop` is set or it gives up because its connection is lost."""
    worker = asyncio.create_task(_run_jobs(outage))
    while not stop.is_set() and not worker.done():
        await asyncio.wait({worker}, timeout=0.2)
    if not worker.done():
        worker.cancel()  # finishes what is running, within the grace
    with contextlib.suppress(asyncio.CancelledError):
        await worker


async def _run_jobs(outage: Outage) -> None:
    jobs = _app_for_worker()
    async with jobs.open_async():
        outage.ended()
        await jobs.run_worker_async(
            concurrency=max(2, os.cpu_count() or 1),
            install_signal_handlers=False,
            fetch_job_polling_interval=2.0,  # new jobs announce themselves; this is for those tried again
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=DEAD_AFTER_SECONDS,
            shutdown_graceful_timeout=GRACE_SECONDS,
        )


def _app_for_worker() -> App:
    """The same tasks on connections of the worker's own.

    Not `app.replace_connector`: then a job that puts an event would write it beside its own transaction.
    """
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4, timeout=10.0)
    jobs = DjangoApp(connector=connector, import_paths=app.import_paths)
    app.perform_import_paths()
    jobs.tasks = app.tasks
    jobs.periodic_registry = app.periodic_registry
    return jobs


def _stop_on_signals(stop: threading.Event) -> dict[signal.Signals, Any]:
    if threading.current_thread() is not threading.main_thread():
        return {}
    return {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
