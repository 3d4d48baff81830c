"""The typed side: rows in, a Parquet file of the engine's schema out, with its keys made on the way."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pyarrow.parquet as pq

from paydesk.matching.rules import Rules
from paydesk.matching.sides import SCHEMA, TOLD, side_table
from paydesk.reporting.two_files.warnings import Warnings

ROWS = 50_000
Row = tuple[int, str, str, str, str, str, str, int, int, str, int | None, str, str]


class SideFile:
    """Writes one side in pieces. Rows come as tuples in the order of sides.TOLD.

    A missing or repeated id becomes "row N", with N the number of its row in the file.
    """

    def __init__(self, path: Path, rules: Rules, warnings: Warnings) -> None:
        self.path = path
        self.rows = 0
        self._shortest = rules.shortest_reference
        self._digits = rules.phone_digits
        self._warnings = warnings
        self._ids: set[str] = set()
        self._kept: list[Row] = []
        self._file = pq.ParquetWriter(path, SCHEMA, compression="lz4")

    def __enter__(self) -> SideFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write()
        self._file.close()

    def add(self, row: Row) -> None:
        """One row."""
        given = row[1]
        if not given or given in self._ids:
            own = f"row {row[0]}"
            while own in self._ids:
                own += "'"
            self._warnings.add(
                f"line {row[0]}: {f'the id {given[:60]!r} is there again' if given else 'there is no id'}; "
                f"it is called {own!r}."
            )
            row = (row[0], own, *row[2:])
        self._ids.add(row[1])
        self._kept.append(row)
        if len(self._kept) >= ROWS:
            self._write()

    def _write(self) -> None:
        if not self._kept:
            return
        told = dict(zip(TOLD, map(list, zip(*self._kept, strict=True)), strict=True))
        self._file.write_table(side_table(told, shortest=self._shortest, digits=self._digits))
        self.rows += len(self._kept)
        self._kept = []
