"""What the worker does with a run: reads its files, matches them. Both may be begun again at any time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paydesk.foundation.outbox import steps as outbox
from paydesk.kernel.actor import Actor
from paydesk.reporting.two_file_runs import folders
from paydesk.reporting.two_file_runs.child import JobBroke, JobStopped, run_job
from paydesk.reporting.two_file_runs.models import RunFile, TwoFileRun
from paydesk.reporting.two_file_runs.states import RUN, SIDE
from paydesk.reporting.two_file_runs.steps import MATCHING, READING, note, working_on

SAID_EVERY_SECONDS = 0.4
Runner = Callable[..., dict[str, Any]]


def read_file(file_id: int, *, by: Actor, now: datetime, job: Runner = run_job) -> None:
    """Read a file: it ends ready, asking for a map, or refused with a sentence. Safe to call again."""
    with working_on(READING, file_id) as got:
        file = RunFile.objects.filter(pk=file_id, state="reading").first()
        if not got or file is None:
            return
        source, target = folders.file_of(file), folders.side_of(file)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        asked = {
            "source": str(source),
            "side": file.side,
            "map": file.map,
            "target": str(target),
        }
        unchanged = RunFile.objects.filter(pk=file.pk, revision=file.revision)
        try:
            outcome = job(
                "read",
                asked,
                folders.work_of(file.run_id, f"read-{file.pk}"),
                say=lambda told: None,
                is_wanted=unchanged.exists,
            )
        except JobStopped:
            return
        except JobBroke as problem:
            outcome = {
                "refused": f"Reading it broke off ({problem}). Try it again, or tell an administrator."
            }
        _settle(file, outcome, by=by, at=timezone.now())


@transaction.atomic(durable=True)
def _settle(file: RunFile, outcome: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    run = TwoFileRun.objects.select_for_update().filter(pk=file.run_id).first()
    now = RunFile.objects.select_for_update().filter(pk=file.pk, revision=file.revision).first()
    if run is None or now is None:  # deleted or said anew meanwhile
        return
    was = now.state
    if "told" in outcome:
        now.state, now.told = SIDE.after("take", was), outcome["told"]
    elif "asks" in outcome:
        now.state, now.problem, now.asked = SIDE.after("ask", was), outcome["asks"], outcome["words"]
        now.told = {"header": outcome["header"]}
    else:
        now.state, now.problem = SIDE.after("refuse", was), outcome["refused"]
    now.revision += 1
    now.save()
    run.revision += 1
    run.save(update_fields=["revision"])
    changes = {"side": now.side, "state": [was, now.state], "rows": now.told.get("rows", 0)}
    note("read", run, by=by, at=at, changes=changes)


def match_run(run_id: int, *, by: Actor, now: datetime, job: Runner = run_job) -> None:
    """Match the files of a run that was started: it ends done, or failed with a sentence. Safe to call again:
    a result is whole or not there, and the files stay read."""
    with working_on(MATCHING, run_id) as got:
        run = TwoFileRun.objects.filter(pk=run_id, state="running").first()
        if not got or run is None:
            return
        files = {file.side: file for file in RunFile.objects.filter(run=run)}
        still = TwoFileRun.objects.filter(pk=run.pk, state="running", started_at=run.started_at)
        asked = {
            "files": {side: str(folders.file_of(file)) for side, file in files.items()},
            "sides": {side: str(folders.side_of(file)) for side, file in files.items()},
            "told": {side: file.told for side, file in files.items()},
            "result": str(folders.result_of(run.pk)),
            "memory_limit": settings.TWO_FILES_MEMORY,
            "workbook_rows": settings.TWO_FILES_WORKBOOK_ROWS,
        }
        work = folders.work_of(run.pk, "match")
        try:
            outcome = job("match", asked, work, say=_Saying(run.pk), is_wanted=still.exists)
        except JobStopped:
            return
        except JobBroke as problem:
            outcome = {"refused": f"It broke off ({problem}). Start it again, or tell an administrator."}
        _end(run.pk, outcome, by=by, at=timezone.now())


class _Saying:
    """Writes down how far a run is, not more often than a screen asks."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self._at = 0.0

    def __call__(self, told: Mapping[str, Any]) -> None:
        if time.monotonic() - self._at < SAID_EVERY_SECONDS:
            return
        self._at = time.monotonic()
        with transaction.atomic():
            run = TwoFileRun.objects.select_for_update().filter(pk=self.run_id, state="running").first()
            if run is not None:
                run.progress = dict(told)
                run.revision += 1
                run.save(update_fields=["progress", "revision"])


@transaction.atomic(durable=True)
def _end(run_id: int, outcome: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    run = TwoFileRun.objects.select_for_update().filter(pk=run_id, state="running").first()
    if run is None:
        transaction.on_commit(lambda: folders.forget_result(run_id))
        return
    was = run.state
    run.finished_at = run.changed_at = at
    run.progress = {}
    run.revision += 1
    if "refused" in outcome:
        run.state, run.problem = RUN.after("fail", was), outcome["refused"]
        run.save()
        note("failed", run, by=by, at=at, changes={"state": [was, run.state]})
        return
    run.state = RUN.after("finish", was)
    run.summary, run.counts = outcome["summary"], outcome["counts"]
    run.has_workbook, run.digest = outcome["workbook"], outcome["summary"]["digest"]
    run.save()
    figures = {name: run.summary[name] for name in ("matches", "exceptions", "digest", "rules_version")}
    note("finished", run, by=by, at=at, changes={"state": [was, run.state], **figures})
    outbox.put("two_files.finished", {"run_id": run.pk})
