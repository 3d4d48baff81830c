"""Two invented files that differ in every way a screen shows, and a run over them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from paydesk.kernel.actor import Actor
from paydesk.reporting.two_file_runs.actions import match_run, read_file, start_run, upload_file
from paydesk.reporting.two_file_runs.models import RunFile, TwoFileRun
from paydesk.reporting.two_files.job import JOBS
from tests.builders import NOON, WORKER

HEAD = "id,reference,provider_ref,msisdn,name,amount,fee,currency,at,status,batch\n"
OURS = HEAD + (
    "L1,INV-1,P1,,Ama Owusu,100.00,,GHS,2026-03-12 09:00:00,Success,\n"
    "L2,INV-22,,,,\"1,050.50\",,GHS,2026-03-12T09:10:00Z,paid,\n"
    "L3,,P3,0241234500,Kofi Boateng,75.00,,GHS,2026-03-12 09:20:00,ok,\n"
    "L4,,,0241234569,,20.00,,GHS,2026-03-12 10:00:00,completed,\n"
    "L5,,P5,,,12.345678,,GHS,2026-03-12 10:00:00,settled,\n"
)  # fmt: skip
THEIRS = HEAD + (
    "=R1,INV-1,p1,,,100.00,1.00,GHS,2026-03-12 09:00:20,successful,\n"
    "R2,inv 22,,,,1050.5,,GHS,2026-03-12 09:12:00,success,\n"
    "R3,,P3,233241234500,KOFI BOATENG,70.00,,GHS,2026-03-12 09:21:00,success,\n"
    "R4,,,+233 24 123 4569,,20.00,,GHS,2026-03-12 10:20:00,success,\n"
    "R5,,P5,,,12.345678,,GHS,2026-03-12 10:00:00,failed,\n"
    "R6,,P6,,,9.00,,KES,2026-03-12 11:00:00,success,\n"
)  # fmt: skip
PORTAL = (
    "Receipt;Date;Money in;Money out;Status;Note\n"
    "P1;12/03/2026 09:00:20;100,00;;Done;x\n"
    "P3;12/03/2026 09:21:00;70,00;;Done;x\n"
    "P9;13/03/2026 09:21:00;;5,00;Given back;x\n"
)


def here(
    name: str,
    asked: Mapping[str, Any],
    work: Path,
    *,
    say: Callable[..., None],
    is_wanted: Callable[[], bool],
) -> dict[str, Any]:
    """A job in this process: what a child would do, without starting one."""
    work.mkdir(parents=True, exist_ok=True)
    plain = json.loads(json.dumps(asked))
    found = JOBS[name](plain, lambda what, done, of: say({"doing": what, "done": done, "of": of}))
    return json.loads(json.dumps(found))


def uploaded(
    text: str | bytes, side: str, by: Actor, run: TwoFileRun | None = None, name: str = ""
) -> TwoFileRun:
    """A run with this file, read."""
    content = text.encode() if isinstance(text, str) else text
    run = upload_file(
        io.BytesIO(content), filename=name or f"{side}.csv", side=side, by=by, now=NOON, run_id=run and run.pk
    )
    read(run)
    return run


def read(run: TwoFileRun) -> None:
    """What the worker does with files that wait."""
    for file in RunFile.objects.filter(run=run, state="reading"):
        read_file(file.pk, by=WORKER, now=NOON, job=here)


def side(run: TwoFileRun, name: str) -> RunFile:
    return RunFile.objects.get(run=run, side=name)


def drafted(by: Actor) -> TwoFileRun:
    return uploaded(THEIRS, "right", by, uploaded(OURS, "left", by, name="ours.csv"), name="theirs.csv")


def finished(by: Actor) -> TwoFileRun:
    """A run that is done."""
    run = drafted(by)
    start_run(run.pk, by=by, now=NOON)
    match_run(run.pk, by=WORKER, now=NOON, job=here)
    run.refresh_from_db()
    assert run.state == "done", run.problem
    return run
