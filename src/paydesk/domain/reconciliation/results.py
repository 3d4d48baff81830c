"""What a run found, as one Parquet file: every match and every exception of the day, and their counts.

The engine saw the neighbour days as well, so that rows near the cut-off could meet. A match or an exception
belongs to the earliest day of its ledger rows, or of its provider rows where there are none of ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from paydesk.domain.reconciliation.side_files import Side
from paydesk.matching.engines import Engine
from paydesk.matching.results import EXCEPTION_COLUMNS, MATCH_COLUMNS, write_out
from paydesk.matching.state import Found

# One row per match row or exception; `found` is "match" or "exception", `name` the kind or the class.
_OF_DAY = """
CREATE TABLE result AS
WITH row AS (
    SELECT 'match' AS found, match_id AS group_id, left_id, right_id, status, kind AS name, rule, score, why,
           '' AS runner_up FROM read_parquet('{matches}')
    UNION ALL
    SELECT 'exception', 'x' || row_number() OVER (), left_id, right_id, 'exception', class, '', 0, why,
           runner_up FROM read_parquet('{exceptions}')
), placed AS (
    SELECT row.*, l.day AS left_day, r.day AS right_day, l.amount_minor AS left_minor,
           r.amount_minor AS right_minor, l.place AS left_place, r.place AS right_place,
           min(l.day) OVER (PARTITION BY group_id) AS own_left,
           min(r.day) OVER (PARTITION BY group_id) AS own_right
    FROM row
    LEFT JOIN read_parquet('{left}') l ON l.id = row.left_id
    LEFT JOIN read_parquet('{right}') r ON r.id = row.right_id
)
SELECT * EXCLUDE (own_left, own_right), coalesce(left_day <> right_day, false) AS is_carried
FROM placed WHERE coalesce(own_left, own_right) = DATE '{day}'
"""
_TAKEN_APART = """
UPDATE result SET status = 'apart' WHERE found = 'match' AND group_id IN (
    SELECT r.group_id FROM result r JOIN apart USING (left_id, right_id) WHERE r.found = 'match'
)
"""
_COUNTS = """
SELECT found, status, name, rule, count(DISTINCT group_id) AS groups, count(left_minor) AS left_rows,
       coalesce(sum(left_minor), 0)::bigint AS left_minor, count(right_minor) AS right_rows,
       coalesce(sum(right_minor), 0)::bigint AS right_minor, count(*) FILTER (WHERE is_carried) AS carried
FROM (
    SELECT * REPLACE (
        CASE WHEN row_number() OVER (PARTITION BY group_id, left_id) = 1 THEN left_minor END AS left_minor,
        CASE WHEN row_number() OVER (PARTITION BY group_id, right_id) = 1 THEN right_minor END AS right_minor
    ) FROM result
) GROUP BY ALL ORDER BY ALL
"""
_TO_PEOPLE = """
SELECT found, group_id, left_id, right_id, status, name, rule, score, why, runner_up FROM result
WHERE found = 'exception' OR status <> 'confirmed' ORDER BY found, group_id, left_id, right_id
"""
_LINES = """
SELECT CASE WHEN found = 'match' THEN concat_ws('|', left_id, right_id, status, name)
            ELSE concat_ws('|', name, left_id, right_id) END AS line
FROM result ORDER BY found DESC, line
"""


@dataclass(frozen=True, slots=True)
class DayResult:
    """The result of one day: `path` is the Parquet file, `counts` what it comes to, `to_people` the rows that
    no rule could prove."""

    path: Path
    counts: list[dict[str, Any]]
    to_people: list[dict[str, Any]]
    digest: str


def result_of_day(
    engine: Engine, found: Found, left: Side, right: Side, day: date, folder: Path,
    apart: Collection[tuple[str, str]] = (),
) -> DayResult:  # fmt: skip
    """Write what belongs to `day` into `folder` and count it. `apart` are pairs that a person took apart:
    what a rule puts together again is handed to people as well."""
    matches, exceptions = folder / "matches.parquet", folder / "exceptions.parquet"
    with (
        pq.ParquetWriter(matches, _schema(MATCH_COLUMNS)) as to_matches,
        pq.ParquetWriter(exceptions, _schema(EXCEPTION_COLUMNS)) as to_exceptions,
    ):
        write_out(engine, found, _sink(to_matches), _sink(to_exceptions))
    path = folder / "result.parquet"
    with closing(duckdb.connect()) as database:
        database.execute(
            _OF_DAY.format(
                matches=matches,
                exceptions=exceptions,
                left=left.facts,
                right=right.facts,
                day=day.isoformat(),
            )
        )
        if apart:
            database.execute("CREATE TABLE apart (left_id VARCHAR, right_id VARCHAR)")
            database.executemany("INSERT INTO apart VALUES (?, ?)", [list(pair) for pair in apart])
            database.execute(_TAKEN_APART)
        database.execute(
            f"COPY (SELECT * FROM result ORDER BY found DESC, group_id) TO '{path}' (FORMAT parquet)"
        )
        counts = database.sql(_COUNTS).to_arrow_table().to_pylist()
        to_people = database.sql(_TO_PEOPLE).to_arrow_table().to_pylist()
        digest = hashlib.sha256()
        for place, (line,) in enumerate(database.sql(_LINES).fetchall()):
            digest.update((b"\n" if place else b"") + line.encode())
    return DayResult(path, counts, to_people, digest.hexdigest())


def rows_of_result(
    path: Path, *, found: str = "", status: str = "", name: str = "", rule: str = "", group_id: str = "",
    offset: int = 0, limit: int = 100,
) -> tuple[list[dict[str, Any]], int]:  # fmt: skip
    """A page of the rows behind a figure, and how many there are in all."""
    given = {"found": found, "status": status, "name": name, "rule": rule, "group_id": group_id}
    wanted = {column: value for column, value in given.items() if value}
    where = " AND ".join(f"{column} = ?" for column in wanted) or "true"
    with closing(duckdb.connect()) as database:
        source = f"FROM read_parquet(?) WHERE {where}"
        values = [str(path), *wanted.values()]
        total = database.execute(f"SELECT count(*) {source}", values).fetchall()[0][0]
        page = database.sql(
            f"SELECT * {source} ORDER BY found DESC, group_id, left_id, right_id LIMIT {int(limit)}"
            f" OFFSET {int(offset)}",
            params=values,
        )
        return page.to_arrow_table().to_pylist(), int(total)


def _schema(columns: tuple[str, ...]) -> pa.Schema:
    return pa.schema([(name, pa.int64() if name == "score" else pa.string()) for name in columns])


def _sink(writer: pq.ParquetWriter) -> Callable[[pa.RecordBatch], None]:
    def write(batch: pa.RecordBatch) -> None:
        writer.write_table(pa.table(batch).cast(writer.schema))

    return write
