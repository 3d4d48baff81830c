"""The worker at work: on a real queue, through a lost database, killed and stopped."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from conftest import owner_connection
from paydesk.foundation.audit.models import AuditSeal
from paydesk.foundation.audit.steps import record
from paydesk.foundation.outbox import handlers, housekeeping
from paydesk.foundation.outbox.queries import worker_status
from paydesk.foundation.outbox.steps import put
from paydesk.foundation.outbox.worker import run
from paydesk.kernel.actor import system


def until(question, seconds: float = 60.0):
    """Wait until `question` is answered with something true."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return answer


@contextmanager
def listening(event, handler):
    handlers.on(event)(handler)
    try:
        yield
    finally:
        handlers.forget(event, handler)


@contextmanager
def working():
    stop = threading.Event()
    thread = threading.Thread(target=run, kwargs={"stop_event": stop})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)
    assert not thread.is_alive()


def put_now(event, payload):
    with transaction.atomic():
        put(event, payload)


def make_record():
    """A record of the audit trail; whether it is sealed is asked of what this gives back."""
    with transaction.atomic():
        record("x.made", subject=("x", 1), by=system("test"), at=datetime.now(UTC), changes={})
    return AuditSeal.objects.filter(record__verb="x.made").exists


def test_it_delivers_after_commit_seals_and_stops(committed_db):
    first, second = [], []

    def on_first(payload):
        first.append(payload)
        put_now("test.second", {"from": "committed"})
        with transaction.atomic():
            put("test.second", {"from": "undone"})
            transaction.set_rollback(True)
        if len(first) == 1:
            raise ValueError("the first time goes wrong")

    with listening("test.first", on_first), listening("test.second", second.append):
        put_now("test.first", {"id": 1})
        is_sealed = make_record()
        assert worker_status().is_running is False
        with working():
            until(lambda: len(first) == 2, 15)  # failed once, tried again after 2 s
            until(lambda: len(second) == 2)
            until(is_sealed)
            until(lambda: worker_status().working == 0)
            status = worker_status()
            assert (status.is_running, status.workers, status.waiting, status.failed) == (True, 1, 0, 0)
    assert first == [{"id": 1}] * 2
    assert second == [{"from": "committed"}] * 2, "what a job puts in an undone transaction is not delivered"
    assert worker_status().is_running is False, "a worker that was stopped signs off"


def test_chores_go_on_beside_a_slow_and_a_broken_one(committed_db, caplog):
    calls, may_end = [], threading.Event()

    def broken(now):
        raise ValueError("broken chore")

    housekeeping.every(0.1, "test quick")(calls.append)
    housekeeping.every(0.1, "test slow")(lambda now: may_end.wait(10))
    housekeeping.every(0.1, "test broken")(broken)
    try:
        with working():
            until(lambda: len(calls) >= 4)
            may_end.set()
    finally:
        may_end.set()
        for name in ("test quick", "test slow", "test broken"):
            housekeeping.forget(name)
    assert all(isinstance(now, datetime) and now.tzinfo for now in calls)
    assert [r.message for r in caplog.records if "test broken" in r.message][1:] == [], (
        "said once, not each time"
    )


@contextmanager
def away(database: str):
    """Nobody can connect to `database`, and who was connected no longer is."""
    own = settings.DATABASES["default"]
    with psycopg.connect(
        dbname="postgres", user=own["USER"], password=own["PASSWORD"] or None, host=own["HOST"],
        port=own["PORT"] or None, autocommit=True,
    ) as postgres:  # fmt: skip
        postgres.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
        postgres.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            (database,),
        )
        try:
            yield
        finally:
            postgres.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true')


def test_it_bears_the_database_going_away_and_says_so_once(committed_db, caplog):
    heard = []
    caplog.set_level(logging.INFO)
    with listening("test.happened", heard.append), working():
        until(lambda: worker_status().is_running)
        connection.close()
        with away(committed_db):
            until(lambda: "database is away" in caplog.text)
            time.sleep(1)
        put_now("test.happened", {"id": 1})
        until(lambda: heard == [{"id": 1}], 30)
        until(lambda: "database is back" in caplog.text, 30)
        until(make_record(), 30)
    warnings = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    told = [r for r in caplog.records if r.name == "paydesk.worker" and r.levelno >= logging.WARNING]
    assert [r.getMessage().split(";")[0].split(" after")[0] for r in told] == [
        "The database is away",
        "The database is back",
    ], warnings


SCRIPT = """
import pathlib, sys, time
import django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from paydesk.foundation.outbox.handlers import on
from paydesk.foundation.outbox.worker import run
begun = pathlib.Path(sys.argv[2])

@on("test.slow")
def slow(payload):
    with begun.open("a") as file:
        file.write("begun\\n")
    time.sleep(payload["first"] if begun.read_text().count("begun") == 1 else 0)

run()
"""


def test_killed_its_job_is_done_by_the_next_and_a_signal_ends_it_cleanly(committed_db, tmp_path):
    begun = tmp_path / "begun"
    script = tmp_path / "worker.py"
    script.write_text(SCRIPT)

    def start() -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, str(script), committed_db, str(begun)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            cwd=Path(__file__).parent,
        )

    with listening("test.slow", lambda payload: None):
        put_now("test.slow", {"first": 60})
    workers = [start()]
    try:
        # By what stands in it: a worker killed between making the file and writing would not have begun.
        until(lambda: begun.exists() and begun.read_text() == "begun\n", 20)
        workers[0].kill()
        workers[0].wait()
        with owner_connection(autocommit=True) as owner:
            owner.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 min'")
        workers.append(start())
        until(lambda: begun.read_text().count("begun") == 2)
        until(lambda: (s := worker_status()).working == 0 and s.waiting == 0)
        workers[1].send_signal(signal.SIGTERM)
        assert workers[1].wait(10) == 0
        assert worker_status().is_running is False
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()


@pytest.fixture(autouse=True)
def _own_database(committed_db):
    """The worker's threads open connections of their own; they have to be gone before the database is."""
    yield
    connection.close()
