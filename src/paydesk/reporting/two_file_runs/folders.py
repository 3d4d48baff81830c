"""Where the files of a run lie: one folder a run, below the documents, gone as a whole with the run.

<run>/files/<file>/<its own name>     as it was handed over
<run>/sides/<file>.parquet            as it was read
<run>/result/                         matches.csv, exceptions.csv, summary.json, result.xlsx, *.parquet
<run>/work/<what>/                    of a job while it runs
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from paydesk.foundation.documents import blobs
from paydesk.foundation.documents.blobs import KeptContent


def folder() -> Path:
    return Path(settings.DOCUMENTS_FOLDER) / "two_files"


def of_run(run_id: int) -> Path:
    return folder() / str(run_id)


def file_of(file: Any) -> Path:
    return of_run(file.run_id) / "files" / str(file.pk) / file.filename


def side_of(file: Any) -> Path:
    return of_run(file.run_id) / "sides" / f"{file.pk}.parquet"


def result_of(run_id: int) -> Path:
    return of_run(run_id) / "result"


def work_of(run_id: int, what: str) -> Path:
    return of_run(run_id) / "work" / what


def keep(stream: BinaryIO) -> tuple[Path, KeptContent]:
    """Copy an upload into this folder, under the limit of all uploads; it waits there to be put in place."""
    return blobs.copy_into(folder() / "incoming", stream)


def put_in_place(incoming: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    incoming.replace(place)


def forget_file(file: Any) -> None:
    """Take a file and what was read of it away."""
    shutil.rmtree(file_of(file).parent, ignore_errors=True)
    side_of(file).unlink(missing_ok=True)


def forget_result(run_id: int) -> None:
    shutil.rmtree(result_of(run_id), ignore_errors=True)


def forget_run(run_id: int) -> None:
    shutil.rmtree(of_run(run_id), ignore_errors=True)


def leftovers(before: datetime) -> Iterator[Path]:
    """Whatever was last written before that moment: folders of runs, killed uploads."""
    for parent in (folder(), folder() / "incoming"):
        if parent.is_dir():
            for path in parent.iterdir():
                if path.name != "incoming" and path.stat().st_mtime < before.timestamp():
                    yield path
