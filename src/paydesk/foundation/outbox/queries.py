"""How the worker and its jobs are doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from paydesk.foundation.outbox.rules import DEAD_AFTER_SECONDS


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """`is_running` by the heartbeat; the counts are jobs due and waiting, being worked on, and failed."""

    is_running: bool
    workers: int
    last_heartbeat: datetime | None
    waiting: int
    working: int
    failed: int
    oldest_waiting_seconds: int

    @property
    def sentence(self) -> str:
        """The state in one sentence, for the screens and `status`."""
        if not self.is_running:
            return "No worker is running: files and messages wait until one is started."
        if self.oldest_waiting_seconds > 60:
            return (
                f"The worker is busy: {self.waiting} jobs wait, the oldest {self.oldest_waiting_seconds} s."
            )
        return "The worker is running."


def worker_status() -> WorkerStatus:
    """The state of all workers together by the database's own clock; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT w.alive, w.last_heartbeat, j.waiting, j.working, j.failed, j.oldest
            FROM (
                SELECT count(*) FILTER (WHERE last_heartbeat > now() - make_interval(secs => %s)) AS alive,
                       max(last_heartbeat) AS last_heartbeat
                FROM procrastinate_workers
            ) w, (
                SELECT count(*) FILTER (WHERE status = 'todo' AND due_at <= now()) AS waiting,
                       count(*) FILTER (WHERE status = 'doing') AS working,
                       count(*) FILTER (WHERE status = 'failed') AS failed,
                       coalesce(extract(epoch FROM now() - min(due_at) FILTER (
                           WHERE status = 'todo' AND due_at <= now())), 0)::int AS oldest
                FROM (
                    SELECT j.status::text, coalesce(j.scheduled_at, e.at, now()) AS due_at
                    FROM procrastinate_jobs j
                    LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
                    WHERE j.status IN ('todo', 'doing', 'failed')
                ) unfinished
            ) j
            """,
            [DEAD_AFTER_SECONDS],
        )
        alive, last_heartbeat, waiting, working, failed, oldest = cursor.fetchone()
    return WorkerStatus(alive > 0, alive, last_heartbeat, waiting, working, failed, oldest)
