"""A side of a day as Parquet files, written row by row: what is compared, and what is shown beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from paydesk.domain.reconciliation.file_checks import FileCheck
from paydesk.matching.rules import Rules
from paydesk.matching.sides import SCHEMA, TOLD, side_table

BATCH = 20_000
# What is shown of a row beside what is compared; in the order of FACTS.
FACTS = pa.schema(
    {
        "id": pa.string(),
        "day": pa.date32(),
        "kind": pa.string(),
        "amount_minor": pa.int64(),
        "place": pa.string(),  # of the file and row, or the code of the payment
    }
)


@dataclass
class Side:
    """One side as Parquet: what is compared, and the facts by id. `refs` are the provider's ids of ours,
    `checks` the files that theirs was read from."""

    path: Path
    facts: Path
    rows: int = 0
    refs: set[str] = field(default_factory=set)
    checks: list[FileCheck] = field(default_factory=list)


class SideWriter:
    """Writes one side in pieces, so that memory stays flat."""

    def __init__(self, folder: Path, name: str, rules: Rules) -> None:
        self.side = Side(folder / f"{name}.parquet", folder / f"{name}-facts.parquet")
        self._shortest, self._digits = rules.shortest_reference, rules.phone_digits
        self._told: list[tuple[object, ...]] = []
        self._facts: list[tuple[object, ...]] = []
        self._files = (
            pq.ParquetWriter(self.side.path, SCHEMA, compression="lz4"),
            pq.ParquetWriter(self.side.facts, FACTS, compression="lz4"),
        )

    def add(self, told: Sequence[object], facts: Sequence[object]) -> None:
        """One row: the fields of sides.TOLD after `line_id`, and those of FACTS after `id`."""
        self.side.rows += 1
        self._told.append((self.side.rows, *told))
        self._facts.append((told[0], *facts))
        if len(self._told) >= BATCH:
            self._write()

    def close(self) -> Side:
        self._write()
        for file in self._files:
            file.close()
        return self.side

    def _write(self) -> None:
        if self._told:
            told = dict(zip(TOLD, map(list, zip(*self._told, strict=True)), strict=True))
            self._files[0].write_table(side_table(told, shortest=self._shortest, digits=self._digits))
            facts = dict(zip(FACTS.names, map(list, zip(*self._facts, strict=True)), strict=True))
            self._files[1].write_table(pa.table(facts, schema=FACTS))
        self._told, self._facts = [], []


def facts_of(side: Side, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What is known of these rows of a side, by id: the fields as compared, and FACTS."""
    wanted = list(ids)
    if not wanted:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for path in (side.path, side.facts):
        for row in pq.read_table(path, filters=[("id", "in", wanted)]).to_pylist():
            found.setdefault(row["id"], {}).update(row)
    return found
