"""What several verbs on runs share: finding one to change, undoing its result, one worker at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused
from paydesk.reporting.two_file_runs import folders
from paydesk.reporting.two_file_runs.models import RunFile, TwoFileRun
from paydesk.reporting.two_file_runs.queries import run_for
from paydesk.reporting.two_file_runs.states import RUN

READING, MATCHING = 0x70640011, 0x70640012  # classes of advisory locks: a worker is on this file, this run


class RunRefused(Refused):
    """This cannot be done with the reconciliation."""

    code = "two_files.refused"


def locked_run(run_id: int, by: Actor) -> TwoFileRun:
    """The run to change, locked. Raises TwoFileRun.DoesNotExist where `by` may not see it."""
    run_for(by, run_id)
    return TwoFileRun.objects.select_for_update().get(pk=run_id)


def changed(run: TwoFileRun, at: datetime) -> None:
    """A file or its map changed: the run is a draft again, and what it had found is forgotten."""
    run.state = RUN.after("change", run.state)
    run.summary, run.counts, run.progress = {}, {}, {}
    run.digest, run.problem, run.has_workbook = "", "", False
    run.started_at = run.finished_at = None
    run.changed_at = at
    run.revision += 1
    run.save()
    transaction.on_commit(lambda: folders.forget_result(run.pk))


def note(
    verb: str, run: TwoFileRun, *, by: Actor, at: datetime, changes: Mapping[str, Any], why: str = ""
) -> None:
    """The audit record of a verb: checksums, counts and states, never a name of a file or of a person."""
    audit.record(
        f"two_files.{verb}", subject=("two_file_run", run.pk), by=by, at=at, changes=changes, note=why
    )


def checksums(run: TwoFileRun) -> dict[str, str]:
    """The checksum of each file, by its side."""
    return dict(RunFile.objects.filter(run=run).values_list("side", "sha256"))


@contextmanager
def working_on(kind: int, number: int) -> Iterator[bool]:
    """Hold a file or a run for this worker; False when another has it. It is free when we die."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, number])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, number])
