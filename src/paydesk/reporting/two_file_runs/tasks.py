"""What the worker does with runs: reads files, matches them, goes on after a killed worker, tidies up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.handlers import on
from paydesk.kernel.actor import system
from paydesk.reporting.two_file_runs.actions import delete_old_runs, match_run, read_file
from paydesk.reporting.two_file_runs.models import RunFile, TwoFileRun

WORKER = system("worker")


@on("two_files.to_read")
def read_uploaded(payload: dict[str, Any]) -> None:
    read_file(payload["file_id"], by=WORKER, now=timezone.now())


@on("two_files.to_match")
def match_started(payload: dict[str, Any]) -> None:
    match_run(payload["run_id"], by=WORKER, now=timezone.now())


@housekeeping.every(5, "take up two files")
def take_up(now: datetime) -> int:
    """Go on with files and runs whose worker was stopped; what somebody works on is left alone."""
    files = list(RunFile.objects.filter(state="reading").order_by("pk").values_list("pk", flat=True))
    runs = list(TwoFileRun.objects.filter(state="running").order_by("pk").values_list("pk", flat=True))
    for file_id in files:
        read_file(file_id, by=WORKER, now=now)
    for run_id in runs:
        match_run(run_id, by=WORKER, now=now)
    return len(files) + len(runs)


@housekeeping.every(3600, "delete old two files")
def delete_old(now: datetime) -> int:
    return delete_old_runs(by=WORKER, now=now)
