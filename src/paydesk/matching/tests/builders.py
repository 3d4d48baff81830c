"""Sides for tests: a line says only what the test is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from paydesk.matching.engines import DuckDb, Engine, duckdb_engine
from paydesk.matching.results import write_out
from paydesk.matching.rules import Rules, default_rules
from paydesk.matching.run import match
from paydesk.matching.sides import DESK, TOLD, side_table
from paydesk.matching.state import Found
from paydesk.matching.values import SCALE

NOON = 1_773_316_800  # 2026-03-12 12:00:00 UTC
DAY, HOUR = 86_400, 3_600


def line(id: str, amount: int = 100, **told: Any) -> dict[str, Any]:
    """A line of `amount` GHS at noon, with no evidence but what is given."""
    texts = dict.fromkeys(("reference", "provider_ref", "account", "msisdn", "name", "batch"), "")
    found = {**texts, "fee": 0, "currency": "GHS", "at": NOON, "status": "success", **told}
    return {**found, "id": id, "amount": amount * SCALE, "fee": found["fee"] * SCALE}


def nothing_more(engine: Engine, found: Found) -> None:
    """What outcome does with the engine beside writing."""


def outcome(
    folder: Path,
    left: list[dict[str, Any]],
    right: list[dict[str, Any]],
    rules: Rules | None = None,
    then: Callable[[Engine, Found], None] = nothing_more,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
    """The matches, the exceptions and the digest of a run over these lines, perhaps with columns of DESK."""
    rules = rules or default_rules()
    matches: list[dict[str, Any]] = []
    exceptions: list[dict[str, Any]] = []
    with duckdb_engine(threads=1) as engine:
        assert isinstance(engine, DuckDb)
        tables = []
        for name, lines in (("left", left), ("right", right)):
            path = folder / f"{name}.parquet"
            numbered = [{**each, "line_id": number} for number, each in enumerate(lines, start=1)]
            told = {column: [each[column] for each in numbered] for column in TOLD}
            table = side_table(told, shortest=rules.shortest_reference, digits=rules.phone_digits)
            for column in {each for one in lines for each in one} & set(DESK):
                values = pa.array([one.get(column) for one in lines], DESK[column])
                table = table.append_column(column, values)
            pq.write_table(table, path)
            tables.append(engine.read(path))
        found = match(engine, *tables, rules)
        summary = write_out(
            engine,
            found,
            lambda batch: matches.extend(batch.to_pylist()),
            lambda batch: exceptions.extend(batch.to_pylist()),
        )
        then(engine, found)
    return matches, exceptions, summary.digest
