"""Looking after the jobs themselves."""

from __future__ import annotations

from datetime import datetime

from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status

from paydesk.foundation.outbox.rules import (
    ATTEMPTS_BEFORE_GIVING_UP,
    DEAD_AFTER_SECONDS,
    FAILED_KEPT_DAYS,
    FINISHED_KEPT_DAYS,
)


def retry_jobs_of_dead_workers(now: datetime) -> int:
    """Give the jobs of workers that died (kill -9, power) back to the queue; returns how many it found.

    A job that was given back ATTEMPTS_BEFORE_GIVING_UP times counts as failed instead.
    """
    return async_to_sync(_retry_stalled)(now)


async def _retry_stalled(now: datetime) -> int:
    # Dead workers are not struck off here: a worker whose machine slept goes on under its own number.
    stalled: list[Job] = list(
        await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS)
    )
    for job in stalled:
        if job.attempts >= ATTEMPTS_BEFORE_GIVING_UP:
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await app.job_manager.retry_job(job, retry_at=now)
    return len(stalled)


def delete_finished_jobs(now: datetime) -> None:
    """Delete jobs that ended well FINISHED_KEPT_DAYS ago, and the others after FAILED_KEPT_DAYS."""
    del now  # the database goes by its own clock here
    delete = async_to_sync(app.job_manager.delete_old_jobs)
    delete(nb_hours=FINISHED_KEPT_DAYS * 24)
    delete(nb_hours=FAILED_KEPT_DAYS * 24, include_failed=True, include_cancelled=True, include_aborted=True)
