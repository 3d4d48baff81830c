"""Reconcile two files: take both in, match, write the result. No database."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paydesk.kernel.refused import Refused
from paydesk.matching.engines import engine_at
from paydesk.matching.results import Summary
from paydesk.matching.rules import Rules, default_rules
from paydesk.matching.run import match
from paydesk.reporting.two_files.column_map import SIDES, ColumnMap
from paydesk.reporting.two_files.intake import TakenIn, take_in
from paydesk.reporting.two_files.outputs import tallies, write_folder, write_summary
from paydesk.reporting.two_files.workbook import MOST_ROWS, TooManyRowsRefused, write_workbook

WORKBOOK = ".xlsx"
Progress = Callable[[str, int, int], None]  # what is being done, how much is done, of how much


@dataclass(frozen=True)
class Asked:
    """What to reconcile, by which rules, and where the result goes: a folder or a file that ends in .xlsx."""

    left: Path
    right: Path
    out: Path
    rules: Rules = field(default_factory=default_rules)
    maps: Mapping[str, ColumnMap] = field(default_factory=dict)
    engine: str = "duckdb"
    memory_limit: str = ""


def reconcile_files(asked: Asked, progress: Progress = lambda what, done, of: None) -> dict[str, Any]:
    """Write the result and return its summary. Raises Refused for a file or a place that cannot be used."""
    started = time.monotonic()
    is_workbook = asked.out.suffix.lower() == WORKBOOK
    _check_place(asked.out, is_workbook)
    with engine_at(asked.engine, asked.memory_limit) as engine, tempfile.TemporaryDirectory() as folder:
        taken: dict[str, TakenIn] = {}
        for done, (side, source) in enumerate(zip(SIDES, (asked.left, asked.right), strict=True)):
            progress(f"reading {source.name}", done, 10)
            target = Path(folder) / f"{side}.parquet"
            taken[side] = take_in(source, side, asked.maps.get(side, ColumnMap()), asked.rules, target)
        rows = sum(each.rows for each in taken.values())
        if is_workbook and rows > MOST_ROWS:
            raise TooManyRowsRefused(
                f"A sheet holds {MOST_ROWS:,} rows and this may need {rows:,}: "
                "name a folder with --out instead."
            )
        left, right = (engine.read(taken[side].path) for side in SIDES)
        found = match(
            engine, left, right, asked.rules, lambda name, done, of: progress(name, 2 + done * 7 // of, 10)
        )
        progress("writing", 9, 10)

        def told(summary: Summary) -> dict[str, Any]:
            return {
                **_told(asked, taken, summary, engine.name),
                "seconds": round(time.monotonic() - started, 3),
            }

        if is_workbook:
            result = write_workbook(engine, found, asked.out, told)
        else:
            result = told(write_folder(engine, found, asked.out))
            write_summary(asked.out, result)
        progress("", 10, 10)
        return result


def _check_place(out: Path, is_workbook: bool) -> None:
    if is_workbook and not out.parent.is_dir():
        raise Refused(f"There is no folder {out.parent} for {out.name}.", code="out.no_folder")
    if is_workbook and out.is_dir():
        raise Refused(f"{out} is a folder; name a file or another folder.", code="out.no_file")
    if not is_workbook and out.exists() and not out.is_dir():
        raise Refused(
            f"{out} is a file; --out is a folder or a name that ends in .xlsx.", code="out.no_folder"
        )


def _told(asked: Asked, taken: Mapping[str, TakenIn], summary: Summary, engine: str) -> dict[str, Any]:
    return {
        "files": {
            side: {
                "name": source.name,
                "sha256": _sha256(source),
                "format": taken[side].format,
                "unreadable": taken[side].unreadable,
            }
            for side, source in zip(SIDES, (asked.left, asked.right), strict=True)
        },
        "rows": {side: taken[side].rows for side in SIDES},
        "matches": summary.matches,
        "exceptions": summary.exceptions,
        "by_status": tallies(summary.by_status),
        "by_kind": tallies(summary.by_kind),
        "by_rule": tallies(summary.by_rule),
        "by_class": tallies(summary.by_class),
        "engine": engine,
        "rules_version": asked.rules.version,
        "warnings": [text for side in SIDES for text in taken[side].warnings],
        "digest": summary.digest,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
