"""Putting an event: with the change or not at all; delivering it: to everyone who asked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from paydesk.foundation.outbox import handlers, tasks
from paydesk.foundation.outbox.actions import delete_finished_jobs, retry_jobs_of_dead_workers
from paydesk.foundation.outbox.queries import worker_status
from paydesk.foundation.outbox.rules import ATTEMPTS_BEFORE_GIVING_UP
from paydesk.foundation.outbox.steps import put, put_many

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def heard():
    """What a handler of "test.happened" was given."""
    payloads = []

    def listen(payload):
        payloads.append(payload)

    handlers.on("test.happened")(listen)
    yield payloads
    handlers.forget("test.happened", listen)


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def jobs() -> list[tuple]:
    return rows("SELECT task_name, queue_name, args FROM procrastinate_jobs ORDER BY id")


@pytest.mark.django_db
class TestPut:
    def test_one_job_per_payload(self, heard):
        put("test.happened", {"id": 1})
        put_many("test.happened", ({"id": number} for number in (2, 3)))
        assert [job[:2] for job in jobs()] == [("outbox.deliver", "outbox")] * 3
        put_many("test.happened", [])
        assert len(jobs()) == 3
        assert heard == [], "nothing is delivered before the commit"

    def test_undone_with_its_verb(self, heard):
        with transaction.atomic():
            put("test.happened", {"id": 1})
            transaction.set_rollback(True)
        assert jobs() == []

    def test_nobody_listens_nothing_is_stored(self):
        put("test.never", {"id": 1})
        assert jobs() == []

    def test_every_handler_is_called_although_one_fails(self, heard):
        def broken(payload):
            raise ValueError("broken")

        handlers._handlers["test.happened"].insert(0, broken)
        try:
            with pytest.raises(ExceptionGroup, match="not delivered to 1 of its handlers") as caught:
                tasks.deliver("test.happened", {"id": 7})
        finally:
            handlers.forget("test.happened", broken)
        assert heard == [{"id": 7}]
        assert isinstance(caught.value.exceptions[0], ValueError)

    def test_registered_twice_is_called_once(self, heard):
        listen = handlers.handlers_of("test.happened")[0]
        handlers.on("test.happened")(listen)
        tasks.deliver("test.happened", {})
        assert heard == [{}]


def test_outside_a_transaction_it_is_a_mistake_in_our_code(committed_db, heard):
    with pytest.raises(AssertionError, match="transaction of its verb"):
        put("test.happened", {})


@pytest.mark.django_db
class TestJobsOfDeadWorkers:
    @staticmethod
    def make_job(*, silent_seconds: int, attempts: int = 0) -> int:
        return rows(
            f"""
            WITH w AS (
                INSERT INTO procrastinate_workers (last_heartbeat)
                VALUES (now() - interval '{silent_seconds} s') RETURNING id
            )
            INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, worker_id, args)
            SELECT 'outbox', 'outbox.deliver', 'doing', {attempts}, id, '{{}}' FROM w RETURNING id
            """
        )[0][0]

    @staticmethod
    def status_of(job: int) -> str:
        return rows(f"SELECT status FROM procrastinate_jobs WHERE id = {job}")[0][0]

    def test_only_theirs_are_given_back(self):
        dead, alive = self.make_job(silent_seconds=60), self.make_job(silent_seconds=1)
        assert retry_jobs_of_dead_workers(datetime.now(UTC)) == 1
        assert (self.status_of(dead), self.status_of(alive)) == ("todo", "doing")
        assert retry_jobs_of_dead_workers(datetime.now(UTC)) == 0

    def test_a_job_that_takes_every_worker_down_is_given_up(self):
        deadly = self.make_job(silent_seconds=60, attempts=ATTEMPTS_BEFORE_GIVING_UP)
        retry_jobs_of_dead_workers(datetime.now(UTC))
        assert self.status_of(deadly) == "failed"
        assert worker_status().failed == 1


@pytest.mark.django_db
class TestStatus:
    def test_no_worker(self, heard):
        assert worker_status().is_running is False
        assert worker_status().last_heartbeat is None
        put("test.happened", {})
        status = worker_status()
        assert (status.waiting, status.working, status.failed) == (1, 0, 0)
        assert "No worker is running" in status.sentence

    def test_a_silent_worker_does_not_run(self):
        rows("INSERT INTO procrastinate_workers VALUES (DEFAULT, now() - interval '1 min') RETURNING id")
        status = worker_status()
        assert (status.is_running, status.workers) == (False, 0)
        assert status.last_heartbeat is not None

    def test_jobs_for_later_do_not_wait_yet(self):
        rows(
            "WITH w AS (INSERT INTO procrastinate_workers DEFAULT VALUES) "
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at) VALUES "
            "('q', 't', now() + interval '1 h'), ('q', 't', now() - interval '90 s') RETURNING id"
        )
        status = worker_status()
        assert (status.is_running, status.waiting, status.oldest_waiting_seconds) == (True, 1, 90)
        assert status.sentence == "The worker is busy: 1 jobs wait, the oldest 90 s."


@pytest.mark.django_db
def test_finished_jobs_go_after_a_week_failed_ones_after_a_quarter():
    for status, days in (("succeeded", 8), ("succeeded", 6), ("failed", 8), ("failed", 91), ("todo", 100)):
        rows(
            f"""
            WITH j AS (
                INSERT INTO procrastinate_jobs (queue_name, task_name, status)
                VALUES ('q', '{status} {days}', '{status}') RETURNING id
            )
            INSERT INTO procrastinate_events (job_id, type, at)
            SELECT id, '{status if status != "todo" else "deferred"}', now() - interval '{days} days' FROM j
            RETURNING id
            """
        )
    rows("DELETE FROM procrastinate_events WHERE at > now() - interval '1 day' RETURNING id")
    delete_finished_jobs(NOON + timedelta(days=1))
    left = [row[0] for row in rows("SELECT task_name FROM procrastinate_jobs ORDER BY id")]
    assert left == ["succeeded 6", "failed 8", "todo 100"]
