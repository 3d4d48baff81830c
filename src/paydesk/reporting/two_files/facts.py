"""What a side comes to: rows and totals by currency and status, and the time it covers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from paydesk.importers.amounts import plain_text
from paydesk.matching.values import major


@dataclass(frozen=True)
class SideFacts:
    """`totals`: (currency, status, rows, sum as decimal text). `first` and `last` are seconds since 1970."""

    totals: list[tuple[str, str, int, str]]
    first: int | None
    last: int | None

    def to_json(self) -> dict[str, Any]:
        return {"totals": [list(total) for total in self.totals], "first": self.first, "last": self.last}


def facts_of(side: Path) -> SideFacts:
    """The facts of a side's Parquet file; successful rows first."""
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '256MB'; SET threads = 1")
        rows = connection.execute(
            'SELECT currency, status, count(*), sum(amount), min("at"), max("at") FROM read_parquet(?)'
            " GROUP BY 1, 2 ORDER BY status = 'success' DESC, currency, status",
            [str(side)],
        ).fetchall()
    firsts = [row[4] for row in rows if row[4] is not None]
    lasts = [row[5] for row in rows if row[5] is not None]
    return SideFacts(
        [(row[0], row[1], int(row[2]), plain_text(major(int(row[3])))) for row in rows],
        min(firsts, default=None),
        max(lasts, default=None),
    )
