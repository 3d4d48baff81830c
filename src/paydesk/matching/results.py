"""What a run found, in one order for every engine: rows to write, counts, totals and the digest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from paydesk.matching.engines import Engine
from paydesk.matching.findings import Piece, union_of
from paydesk.matching.state import Found
from paydesk.matching.summary import Summary, Tally, tally_exceptions, tally_matches
from paydesk.matching.wording import plain_why, told, with_why

__all__ = ["EXCEPTION_COLUMNS", "MATCH_COLUMNS", "Sink", "Summary", "Tally", "write_out"]
MATCH_COLUMNS = ("match_id", "left_id", "right_id", "status", "kind", "rule", "score", "why")
EXCEPTION_COLUMNS = ("class", "left_id", "right_id", "why", "runner_up")
LINE = "digest_line"
PLAIN = ("left_id", "right_id", "left_line", "is_timing")
COMMON = ("match_id", "status", "kind", "rule", "why")  # texts that all rows of a big piece have in common

Sink = Callable[[pa.RecordBatch], None]
Big = tuple[tuple[str, int, str], ...]  # rule, score and shape of each big piece


def write_out(engine: Engine, found: Found, to_matches: Sink, to_exceptions: Sink) -> Summary:
    """Hand every match and exception to its sink, sorted, and say what they come to.

    The digest is the SHA-256 of the sorted lines `left_id|right_id|status|kind` of the matches and then
    `class|left_id|right_id` of the exceptions, in UTF-8, with a line feed between two lines.
    """
    summary, digest = Summary(), _Digest()
    big = [piece for piece in found.pieces if piece.is_narrow]
    small = [piece.table for piece in found.pieces if not piece.is_narrow]
    facts = [engine.view(_together, *small)] if small else []
    shared: Big = tuple((piece.rule, piece.score, piece.shape) for piece in big)
    all_of = [piece.table for piece in big] + facts
    for is_there, ordered, tally, given, columns, sink, add in (
        (all_of, _matches, tally_matches, (shared, *all_of), MATCH_COLUMNS, to_matches, summary.add_match),
        (
            facts, _exceptions, tally_exceptions, facts, EXCEPTION_COLUMNS, to_exceptions,
            summary.add_exception,
        ),
    ):  # fmt: skip
        if is_there:
            for batch in engine.batches(engine.view(ordered, *given)):
                digest.add(batch.column(LINE))
                sink(batch.select(list(columns)))
            for row in engine.rows(engine.view(tally, *given)):
                add(row)
    summary.digest = digest.hexdigest()
    return summary


def _together(*tables: Table) -> Table:
    return union_of(list(tables))


def _matches(shared: Big, *tables: Table) -> Table:
    """MATCH_COLUMNS and the line of the digest, sorted by it. What all rows of a big piece have in common is
    put in when they are sorted: to sort it along costs more than the sort."""
    big = [Piece(table, *how) for table, how in zip(tables, shared, strict=False)]
    parts = []
    for number, piece in enumerate(big):
        line = told(piece.table.left_id, "|", piece.table.right_id, "|confirmed|1:1")
        nothing = {name: ibis.null("string") for name in COMMON}
        parts.append(_part(piece.table, number, line, **nothing, score=ibis.null("int64")))
    for table in tables[len(big) :]:
        rows = with_why(table.filter(table["class"] == ""))
        line = told(rows.left_id, "|", rows.right_id, "|", rows.status, "|", rows.kind)
        parts.append(_part(rows, -1, line, **{name: rows[name] for name in COMMON}, score=rows.score))
    # Rows that differ in nothing the digest sees keep an order all the same.
    rows = union_of(parts).order_by(LINE, "match_id")
    texts = {
        "match_id": ibis.coalesce(rows.match_id, told("L", rows.left_line)),
        "status": ibis.coalesce(rows.status, "confirmed"),
        "kind": ibis.coalesce(rows.kind, "1:1"),
    }
    for name in ("rule", "score", "why"):
        own = [(rows.piece == number, _common(piece, name, rows)) for number, piece in enumerate(big)]
        texts[name] = ibis.cases(*own, else_=rows[name]) if own else rows[name]
    return rows.select("left_id", "right_id", LINE, **texts).select(*MATCH_COLUMNS, LINE)


def _common(piece: Piece, name: str, rows: Table) -> ibis.Value | str | int:
    """What all rows of a big piece have in common."""
    if name == "why":
        return plain_why(piece.shape, rows.is_timing)
    return piece.rule if name == "rule" else piece.score


def _part(rows: Table, number: int, line: ibis.Value, **texts: ibis.Value) -> Table:
    columns = {**texts, LINE: line, "piece": ibis.literal(number, "int64")}
    return rows.select(*PLAIN, **columns).select(*PLAIN, *COMMON, "score", "piece", LINE)


def _exceptions(table: Table) -> Table:
    rows = with_why(table.filter(table["class"] != ""))
    line = told(rows["class"], "|", rows.left_id, "|", rows.right_id)
    shown = rows.mutate(**{LINE: line})
    return shown.select(*EXCEPTION_COLUMNS, LINE).order_by(LINE, "runner_up")


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
        # Each line with a line feed, one after the other in one piece of memory; the last line feed waits.
        ended = pc.binary_join_element_wise(lines.cast(pa.string()), "", "\n")
        size = pc.sum(pc.binary_length(ended)).as_py()
        self._hash.update(memoryview(ended.buffers()[2])[: size - 1])

    def hexdigest(self) -> str:
        return self._hash.hexdigest()
