"""The two files: handing one over, saying how it is read, which of them is ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from paydesk.foundation.documents.blobs import KeptContent
from paydesk.foundation.documents.rules import safe_file_name
from paydesk.foundation.outbox import steps as outbox
from paydesk.kernel.actor import Actor
from paydesk.reporting.two_file_runs import folders
from paydesk.reporting.two_file_runs.models import RunFile, SavedMap, TwoFileRun
from paydesk.reporting.two_file_runs.queries import RIGHT
from paydesk.reporting.two_file_runs.states import RUN, SIDE, SIDES
from paydesk.reporting.two_file_runs.steps import RunRefused, changed, locked_run, note
from paydesk.reporting.two_files.column_map import map_of


def upload_file(
    stream: BinaryIO, *, filename: str, side: str, by: Actor, now: datetime, run_id: int | None = None
) -> TwoFileRun:
    """Keep one side of a run, a new run where none is named; the worker reads it. It takes the place of a
    file that was there.

    Raises Refused for an empty file or one above the limit, NotAllowedRefused without the right,
    TransitionRefused while the run is going on.
    """
    by.needs(RIGHT)
    if side not in SIDES:
        raise RunRefused("Say whether the file is ours or theirs.", code="two_files.side")
    incoming, kept = folders.keep(stream)  # before the transaction: a slow upload must not hold one open
    try:
        return _record(incoming, kept, filename=filename, side=side, by=by, now=now, run_id=run_id)
    finally:
        incoming.unlink(missing_ok=True)


@transaction.atomic(durable=True)
def _record(
    incoming: Path,
    kept: KeptContent,
    *,
    filename: str,
    side: str,
    by: Actor,
    now: datetime,
    run_id: int | None,
) -> TwoFileRun:
    if run_id is None:
        markets = None if by.markets is None else sorted(by.markets)
        run = TwoFileRun.objects.create(markets=markets, made_by=by.label, made_at=now, changed_at=now)
    else:
        run = locked_run(run_id, by)
        changed(run, now)
    for before in RunFile.objects.filter(run=run, side=side):
        transaction.on_commit(lambda gone=before: folders.forget_file(gone))  # type: ignore[misc]
        RunFile.objects.filter(pk=before.pk).delete()
    file = RunFile.objects.create(
        run=run,
        side=side,
        filename=safe_file_name(filename),
        sha256=kept.sha256,
        size_bytes=kept.size_bytes,
        uploaded_by=by.label,
        uploaded_at=now,
    )
    folders.put_in_place(incoming, folders.file_of(file))
    changes = {"side": side, "sha256": kept.sha256, "size_bytes": kept.size_bytes}
    note("uploaded", run, by=by, at=now, changes=changes)
    outbox.put("two_files.to_read", {"file_id": file.pk})
    return run


@transaction.atomic(durable=True)
def map_file(
    run_id: int,
    side: str,
    *,
    map: Mapping[str, Any],
    save_as: str = "",
    header: str = "",
    by: Actor,
    now: datetime,
) -> TwoFileRun:
    """Say how a table is read; the worker reads it again. With `save_as` the map is kept under that name for
    tables whose columns have the fingerprint `header`, in place of an earlier one of the name.

    Raises MapRefused with a sentence for a map that cannot work, TransitionRefused while the run is going on.
    """
    run = locked_run(run_id, by)
    checked = map_of(dict(map), "The map").to_json()
    changed(run, now)
    file = RunFile.objects.select_for_update().get(run=run, side=side)
    file.map, file.map_name = checked, save_as
    _read_again(file)
    if save_as:
        SavedMap.objects.update_or_create(
            name=save_as, header=header, defaults={"map": checked, "saved_by": by.label, "saved_at": now}
        )
    note("mapped", run, by=by, at=now, changes={"side": side, "saved": bool(save_as)})
    return run


@transaction.atomic(durable=True)
def swap_files(run_id: int, *, by: Actor, now: datetime) -> TwoFileRun:
    """What was ours is theirs, and the other way round; both are read again."""
    run = locked_run(run_id, by)
    RUN.after("change", run.state)
    changed(run, now)
    for file in RunFile.objects.select_for_update().filter(run=run):
        file.side = "right" if file.side == "left" else "left"
        _read_again(file)
    note("swapped", run, by=by, at=now, changes={})
    return run


def _read_again(file: RunFile) -> None:
    file.state = SIDE.after("read", file.state)
    file.problem, file.asked, file.told = "", {}, {}
    file.revision += 1
    file.save()
    outbox.put("two_files.to_read", {"file_id": file.pk})
