"""What a run found, in one order for every engine: rows to write, counts, totals and the digest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import StringValue, Table

from paydesk.matching.engines import Engine
from paydesk.matching.passes.nearest import union_of
from paydesk.matching.sides import major
from paydesk.matching.state import Found
from paydesk.matching.wording import told

MATCH_COLUMNS = ("match_id", "left_id", "right_id", "status", "kind", "rule", "score", "why")
EXCEPTION_COLUMNS = ("class", "left_id", "right_id", "why", "runner_up")
LINE = "digest_line"

Sink = Callable[[pa.RecordBatch], None]


@dataclass
class Tally:
    """How many matches or exceptions, how many rows they take, how much they come to by currency."""

    count: int = 0
    rows: int = 0
    total: dict[str, Decimal] = field(default_factory=dict)

    def add(self, count: int, rows: int, currency: str, amount: int) -> None:
        self.count += count
        self.rows += rows
        self.total[currency] = self.total.get(currency, Decimal(0)) + major(amount)


@dataclass
class Summary:
    """Counts and totals of a run by status, kind, rule and class, and its digest."""

    matches: int = 0
    exceptions: int = 0
    by_status: dict[str, Tally] = field(default_factory=dict)
    by_kind: dict[str, Tally] = field(default_factory=dict)
    by_rule: dict[str, Tally] = field(default_factory=dict)
    by_class: dict[str, Tally] = field(default_factory=dict)
    digest: str = ""


def write_out(engine: Engine, found: Found, to_matches: Sink, to_exceptions: Sink) -> Summary:
    """Hand every match and exception to its sink, sorted, and say what they come to.

    The digest is the SHA-256 of the sorted lines `left_id|right_id|status|kind` of the matches and then
    `class|left_id|right_id` of the exceptions, in UTF-8, with a line feed between two lines.
    """
    summary = Summary()
    digest = _Digest()
    for tables, parts, columns, sink in (
        (found.matches, ("left_id", "right_id", "status", "kind"), MATCH_COLUMNS, to_matches),
        (found.exceptions, ("class", "left_id", "right_id"), EXCEPTION_COLUMNS, to_exceptions),
    ):
        if tables:
            rows = _sorted(union_of(tables), parts, columns)
            for batch in engine.batches(rows):
                digest.add(batch.column(LINE))
                sink(batch.select(list(columns)))
    summary.digest = digest.hexdigest()
    _count(engine, found, summary)
    return summary


def _sorted(rows: Table, parts: tuple[str, ...], columns: tuple[str, ...]) -> Table:
    line: StringValue = told(*[piece for part in parts for piece in ("|", rows[part])][1:])
    told_rows = rows.select(*columns, **{LINE: line})
    # Rows that differ in nothing the digest sees keep an order all the same.
    return told_rows.order_by(LINE, columns[0])


class _Digest:
    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._is_first = True

    def add(self, lines: pa.Array) -> None:
        if not len(lines):
            return
        if not self._is_first:
            self._hash.update(b"\n")
        self._is_first = False
        whole = pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines.cast(pa.string()))
        self._hash.update(pc.binary_join(whole, "\n")[0].as_py().encode())

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def _count(engine: Engine, found: Found, summary: Summary) -> None:
    for table in found.matches:
        grouped = table.group_by("status", "kind", "rule", "currency").aggregate(
            rows=table.count(), amount=table.amount.sum()
        )
        groups = table.filter(table.kind != "1:1")
        counted = groups.group_by("status", "kind", "rule").aggregate(count=groups.match_id.nunique())
        counts = {(row["status"], row["kind"], row["rule"]): row["count"] for row in engine.rows(counted)}
        for row in _ordered(engine, grouped):
            name = (row["status"], row["kind"], row["rule"])
            # Groups of several lines are counted once, with their first currency.
            count = row["rows"] if row["kind"] == "1:1" else counts.pop(name, 0)
            summary.matches += count
            for tallies, key in ((summary.by_status, 0), (summary.by_kind, 1), (summary.by_rule, 2)):
                tally = tallies.setdefault(name[key], Tally())
                tally.add(count, row["rows"], row["currency"], int(row["amount"]))
    for table in found.exceptions:
        grouped = table.group_by("class", "rule", "currency").aggregate(
            rows=table.count(), amount=table.amount.sum()
        )
        for row in _ordered(engine, grouped):
            summary.exceptions += row["rows"]
            for tallies, name_of in ((summary.by_class, "class"), (summary.by_rule, "rule")):
                tally = tallies.setdefault(row[name_of], Tally())
                tally.add(row["rows"], row["rows"], row["currency"], int(row["amount"]))


def _ordered(engine: Engine, grouped: Table) -> list[dict[str, Any]]:
    return engine.rows(
        grouped.order_by(*[name for name in grouped.columns if name not in ("rows", "amount")])
    )
