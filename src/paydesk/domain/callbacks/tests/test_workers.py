"""Several workers, killed ones among them: nothing is lost, nothing is doubled."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection, connections
from django.utils import timezone

from conftest import owner_connection
from paydesk.domain.callbacks import actions, tasks
from paydesk.domain.callbacks.tests.company import (
    c2b,
    hubtel,
    hubtel_endpoint,
    mpesa_endpoint,
    payments_of,
    post_all,
    push,
    send,
)
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.inbox.models import Message
from paydesk.reporting.invariants import check_all
from tests.builders import NOON, WORKER, make_contract
from tests.workers_to_kill import child_environment

CHILD = """
import django; django.setup()
from django.utils import timezone
from paydesk.domain.callbacks import tasks
tasks.post_waiting(timezone.now())
"""


def assert_sound() -> None:
    broken = [f for f in check_all(most_rows=5) if f.rows and f.name != "documents_kept"]
    assert not broken, broken


def in_threads(*works) -> None:  # type: ignore[no-untyped-def]
    problems: list[BaseException] = []

    def run(work) -> None:  # type: ignore[no-untyped-def]
        try:
            work()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, problems


def test_two_workers_at_once_share_the_work_and_double_nothing(committed_db: str) -> None:
    endpoint = mpesa_endpoint()
    contracts = [make_contract(market="KE", currency="KES", price_minor=5_000_00) for _ in range(5)]
    for n in range(60):
        number = contracts[n % 5].account_number
        send(endpoint, c2b(receipt=f"R{n}", amount="1.00", reference=number))
        send(endpoint, push(request=f"ws_CO_{n}", receipt=f"R{n}", amount="1"), "push")

    def work() -> None:
        while (
            actions.post_callbacks(by=WORKER, now=NOON, limit=7)
            or Message.objects.filter(state="received").exists()
        ):
            pass

    in_threads(work, work)
    assert Payment.objects.count() == 60
    assert not Message.objects.exclude(state="understood").exists()
    (file,) = SourceFile.objects.filter(source_account=endpoint.source_account)
    assert (file.new_count, file.known_count, file.payment_count) == (60, 60, 60)
    assert_sound()


@pytest.mark.server
def test_a_worker_killed_between_storing_and_posting_loses_and_doubles_nothing(committed_db: str) -> None:
    endpoint = hubtel_endpoint()
    contract = make_contract(price_minor=5_000_00)
    for n in range(10):
        send(endpoint, hubtel(id=f"K{n}", amount="1.00", reference=contract.account_number))
    with owner_connection(autocommit=True) as owner:
        owner.execute(
            """
            CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$;
            CREATE TRIGGER linger AFTER INSERT ON statements_statementline
                FOR EACH STATEMENT EXECUTE FUNCTION linger()
            """
        )
        connections.close_all()
        child = subprocess.Popen([sys.executable, "-c", CHILD], env=child_environment(committed_db))
        asleep = (
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        )
        give_up = time.monotonic() + 30
        while not (found := owner.execute(asleep).fetchall()) and time.monotonic() < give_up:
            time.sleep(0.05)
        assert found, "the worker never came to store its lines"
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=10)
        owner.execute("SELECT pg_terminate_backend(%s)", [found[0][0]])
        owner.execute("DROP FUNCTION linger() CASCADE")
    assert Message.objects.filter(state="received").count() == 10
    assert Payment.objects.count() == 0
    assert post_all() == 10
    assert len(payments_of(endpoint.source_account)) == 10
    assert_sound()


@pytest.mark.alone
def test_an_idle_worker_posts_a_callback_well_below_a_second(committed_db: str) -> None:
    """The worker sleeps until the commit of a message wakes it."""
    endpoint = hubtel_endpoint()
    taken: list[float] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            tasks.post_callbacks_as_they_come(timezone.now())

    def measure() -> None:
        try:
            for n in range(6):
                time.sleep(0.1)
                started = time.monotonic()
                message = send(endpoint, hubtel(id=f"W{n}"))
                while (
                    Message.objects.get(pk=message.pk).state == "received" and time.monotonic() - started < 5
                ):
                    time.sleep(0.005)
                taken.append(time.monotonic() - started)
        finally:
            stop.set()

    in_threads(work, measure)
    assert sorted(taken)[3] < 0.5, taken
    assert len(payments_of(endpoint.source_account)) == 6


def test_what_was_received_cannot_be_changed_or_deleted_by_anybody(committed_db: str) -> None:
    message = send(hubtel_endpoint(), hubtel())
    for sql in (
        "UPDATE inbox_message SET body = 'x' WHERE id = %s",
        "UPDATE inbox_message SET received_at = now() WHERE id = %s",
        "DELETE FROM inbox_message WHERE id = %s",
    ):
        with owner_connection(autocommit=True) as owner, pytest.raises(Exception, match="append-only"):
            owner.execute(sql, [message.pk])
        with connection.cursor() as cursor, pytest.raises(Exception, match="append-only"):
            cursor.execute(sql, [message.pk])
    with owner_connection(autocommit=True) as owner, pytest.raises(Exception, match="rejected_with_reason"):
        owner.execute("UPDATE inbox_message SET state = 'rejected' WHERE id = %s", [message.pk])
