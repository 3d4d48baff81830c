"""What a reconciliation leaves behind: a folder of two CSV files and a summary, or one workbook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from paydesk.importers.amounts import plain_text
from paydesk.matching.engines import Engine
from paydesk.matching.results import EXCEPTION_COLUMNS, MATCH_COLUMNS, Sink, Summary, Tally, write_out
from paydesk.matching.state import Found

NUMBERS = {"score": pa.int64()}


def write_folder(engine: Engine, found: Found, folder: Path) -> Summary:
    """matches.csv and exceptions.csv in `folder`, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        matches = _csv(folder / "matches.csv", MATCH_COLUMNS, opened)
        exceptions = _csv(folder / "exceptions.csv", EXCEPTION_COLUMNS, opened)
        return write_out(engine, found, matches, exceptions)


def _csv(path: Path, columns: tuple[str, ...], opened: ExitStack) -> Sink:
    schema = pa.schema([(name, NUMBERS.get(name, pa.string())) for name in columns])
    head = path.open("wb")
    opened.callback(head.close)
    head.write((",".join(columns) + "\n").encode())
    how = arrow_csv.WriteOptions(include_header=False, quoting_style="needed")
    writer = opened.enter_context(arrow_csv.CSVWriter(head, schema, write_options=how))
    return lambda batch: writer.write_batch(batch.cast(schema))


def write_summary(folder: Path, told: Mapping[str, Any]) -> None:
    """summary.json in `folder`."""
    text = json.dumps(told, indent=2, ensure_ascii=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def tallies(found: Mapping[str, Tally]) -> dict[str, Any]:
    """Counts, rows and totals as the summary has them: amounts as decimal text by currency."""
    return {
        name: {
            "count": tally.count,
            "rows": tally.rows,
            "total": {code: plain_text(amount) for code, amount in sorted(tally.total.items())},
        }
        for name, tally in sorted(found.items())
    }
