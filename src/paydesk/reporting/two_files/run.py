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
from paydesk.matching.engines import Engine, engine_at
from paydesk.matching.results import Summary
from paydesk.matching.rules import Rules, default_rules
from paydesk.matching.run import match
from paydesk.matching.state import Found
from paydesk.reporting.two_files.column_map import SIDES, ColumnMap
from paydesk.reporting.two_files.intake import TakenIn, take_in
from paydesk.reporting.two_files.outputs import tallies, write_folder, write_summary
from paydesk.reporting.two_files.result_rows import make_rows
from paydesk.reporting.two_files.workbook import write_workbook

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

    @property
    def sources(self) -> dict[str, Path]:
        return {"left": self.left, "right": self.right}


def reconcile_files(asked: Asked, progress: Progress = lambda what, done, of: None) -> dict[str, Any]:
    """Write the result and return its summary. Raises Refused for a file or a place that cannot be used."""
    started = time.monotonic_ns()
    is_workbook = asked.out.suffix.lower() == WORKBOOK
    _check_place(asked.out, is_workbook)
    with engine_at(asked.engine, asked.memory_limit) as engine, tempfile.TemporaryDirectory() as folder:
        taken: dict[str, TakenIn] = {}
        steps = steps_of(asked.rules) + len(SIDES)
        for done, (side, source) in enumerate(asked.sources.items()):
            progress(f"reading {source.name}", done, steps)
            target = Path(folder) / f"{side}.parquet"
            taken[side] = take_in(source, side, asked.maps.get(side, ColumnMap()), asked.rules, target)
        found = match_sides(
            engine, taken, asked.rules, lambda what, done, _: progress(what, len(SIDES) + done, steps)
        )

        result = Path(folder) if is_workbook else asked.out
        summary = write_folder(engine, found, result)
        told = summary_of(asked, taken, summary, engine.name, started)
        if is_workbook:
            sides = {side: each.path for side, each in taken.items()}
            make_rows(result, sides)
            write_workbook(asked.out, result, sides, told)
        else:
            write_summary(result, told)
        progress("", steps, steps)
        return told


def steps_of(rules: Rules) -> int:
    """How many steps match_sides reports: the passes, what is left over, writing."""
    return len(rules.passes) + 2


def match_sides(engine: Engine, taken: Mapping[str, TakenIn], rules: Rules, progress: Progress) -> Found:
    """Match two sides that were taken in; the last thing reported is that the result is being written."""
    left, right = (engine.read(taken[side].path) for side in SIDES)
    steps = steps_of(rules)
    found = match(
        engine, left, right, rules, lambda name, done, of: progress(name, done, steps) if name else None
    )
    progress("writing", steps - 1, steps)
    return found


def summary_of(
    asked: Asked, taken: Mapping[str, TakenIn], summary: Summary, engine: str, started: int
) -> dict[str, Any]:
    """What summary.json holds; `started` is what time.monotonic_ns said when the run began."""
    return {
        **_told(asked, taken, summary, engine),
        "seconds": round((time.monotonic_ns() - started) / 1e9, 3),
    }


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
                "sha256": sha256_of(source),
                "format": taken[side].format,
                "unreadable": taken[side].unreadable,
            }
            for side, source in asked.sources.items()
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


def sha256_of(path: Path) -> str:
    """The checksum of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
