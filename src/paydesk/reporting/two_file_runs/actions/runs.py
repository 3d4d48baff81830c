"""Starting, stopping, taking along and deleting a run."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from paydesk.foundation.outbox import steps as outbox
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from paydesk.reporting.two_file_runs import folders
from paydesk.reporting.two_file_runs.models import TwoFileRun
from paydesk.reporting.two_file_runs.queries import is_ready, run_for
from paydesk.reporting.two_file_runs.states import RUN
from paydesk.reporting.two_file_runs.steps import RunRefused, checksums, locked_run, note


@transaction.atomic(durable=True)
def start_run(run_id: int, *, by: Actor, now: datetime) -> TwoFileRun:
    """Have the worker match the two files. Raises RunRefused unless both were read."""
    run = locked_run(run_id, by)
    was, run.state = run.state, RUN.after("start", run.state)
    if not is_ready(run):
        raise RunRefused("Both files have to be read before they can be matched.", code="two_files.not_ready")
    run.started_by, run.started_at, run.changed_at = by.label, now, now
    run.problem, run.progress = "", {}
    run.revision += 1
    run.save()
    note("started", run, by=by, at=now, changes={"state": [was, run.state], **checksums(run)})
    outbox.put("two_files.to_match", {"run_id": run.pk})
    return run


@transaction.atomic(durable=True)
def cancel_run(run_id: int, *, by: Actor, now: datetime) -> TwoFileRun:
    """Stop a run; its worker notices within a second. The files stay as they were read."""
    run = locked_run(run_id, by)
    was, run.state = run.state, RUN.after("cancel", run.state)
    run.finished_at, run.changed_at, run.problem = now, now, "Stopped before it was done."
    run.revision += 1
    run.save()
    note("cancelled", run, by=by, at=now, changes={"state": [was, run.state]})
    return run


@transaction.atomic(durable=True)
def record_download(run_id: int, *, form: str, by: Actor, now: datetime) -> None:
    """Write down that somebody took the result along: `form` is "xlsx" or "zip"."""
    run = run_for(by, run_id)
    note("downloaded", run, by=by, at=now, changes={"form": form, "digest": run.digest})


@transaction.atomic(durable=True)
def delete_run(run_id: int, *, by: Actor, now: datetime) -> None:
    """Delete a run with its files and its result; the trail keeps checksums and digest.

    Raises NotAllowedRefused for anybody but whoever made it, RunRefused while it is going on.
    """
    run = locked_run(run_id, by)
    if run.made_by != by.label and by.kind == "person":
        raise NotAllowedRefused(
            "Only whoever made a reconciliation deletes it before its time.", code="two_files.not_yours"
        )
    if run.state == "running":
        raise RunRefused("Stop it first; then it can be deleted.", code="two_files.running")
    _delete(run, by=by, at=now, why="asked for")


def delete_old_runs(*, by: Actor, now: datetime) -> int:
    """Delete runs that nobody has touched for as long as they are kept, and leftovers; how many runs."""
    before = now - timedelta(days=settings.TWO_FILES_KEPT_DAYS)
    old = list(
        TwoFileRun.objects.filter(changed_at__lt=before).exclude(state="running").values_list("pk", flat=True)
    )
    for run_id in old:
        with transaction.atomic(durable=True):
            run = TwoFileRun.objects.select_for_update().filter(pk=run_id, changed_at__lt=before).first()
            if run is not None:
                _delete(run, by=by, at=now, why="kept long enough")
    _forget_leftovers(now)
    return len(old)


def _delete(run: TwoFileRun, *, by: Actor, at: datetime, why: str) -> None:
    changes = {"state": run.state, "digest": run.digest, **checksums(run)}
    note("deleted", run, by=by, at=at, changes=changes, why=why)
    run_id = run.pk
    run.delete()
    transaction.on_commit(lambda: folders.forget_run(run_id))


def _forget_leftovers(now: datetime) -> None:
    kept = {str(pk) for pk in TwoFileRun.objects.values_list("pk", flat=True)}
    for path in list(folders.leftovers(now - timedelta(days=1))):
        if path.name not in kept and path.is_file():
            path.unlink(missing_ok=True)
        elif path.name not in kept and path.name.isdigit():
            folders.forget_run(int(path.name))
