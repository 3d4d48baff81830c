"""What a pass finds: rows of one shape for matches and exceptions, with the facts its sentence is made of.

The big passes keep narrow rows, ids and amounts only; what is the same in all of their rows is added when
somebody reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table, Value

from paydesk.matching.engines import Engine
from paydesk.matching.wording import told, with_why

# What every match and every exception shows. `amount` and `currency` are those of our line, or of theirs
# where there is none of ours; runner_score is what the runner-up came to, in thousandths, 0 where there is
# none.
MATCH = (
    "match_id", "left_line", "right_line", "left_id", "right_id", "status", "kind", "rule", "score", "why",
    "amount", "currency", "runner_up", "runner_score", "shape", "is_timing",
)  # fmt: skip
EXCEPTION = (
    "class", "left_line", "right_line", "left_id", "right_id", "rule", "why", "runner_up", "amount",
    "currency", "score", "runner_score", "shape",
)  # fmt: skip

# The facts, each with what stands there when a pass does not say it. A row is an exception when it has a
# class. `shape` names its sentence; `ours` and `theirs` are the two amounts compared (or fees, or sums),
# `fee` what a fee explains, `apart` seconds between the two, `word` the key that ties them, `named` its value
# or who else is meant.
FACTS: dict[str, str | int | bool | None] = {
    "match_id": "",
    "class": "",
    "left_line": None,
    "right_line": None,
    "left_id": "",
    "right_id": "",
    "status": "",
    "kind": "",
    "rule": "",
    "score": 0,
    "shape": "",
    "amount": 0,
    "currency": "",
    "is_timing": False,
    "apart": 0,
    "ours": 0,
    "theirs": 0,
    "fee": 0,
    "left_count": 0,
    "right_count": 0,
    "word": "",
    "named": "",
    "our_word": "",
    "their_word": "",
    "runner_up": "",
    "runner_score": 0,
}
NARROW = ("left_line", "right_line", "left_id", "right_id", "amount", "currency", "is_timing")


@dataclass(frozen=True)
class Piece:
    """A staged table of FACTS; or of NARROW, whose rows are confirmed pairs with this rule, score and
    shape."""

    table: Table
    rule: str = ""
    score: int = 0
    shape: str = ""

    @property
    def is_narrow(self) -> bool:
        return bool(self.rule)


def dressed(piece: Piece) -> Table:
    """The rows of a piece with all the columns of FACTS."""
    if not piece.is_narrow:
        return piece.table
    rows = piece.table
    return facts(
        rows,
        **{name: rows[name] for name in NARROW},
        match_id=told("L", rows.left_line),
        status="confirmed",
        kind="1:1",
        rule=piece.rule,
        score=piece.score,
        shape=piece.shape,
    )


def facts(rows: Table, **given: Any) -> Table:
    """`rows` as FACTS: what is given, and what stands there when nothing is."""
    return rows.select(**{name: _typed(given.get(name, nothing), nothing) for name, nothing in FACTS.items()})


def _typed(given: Any, nothing: str | int | bool | None) -> Value:
    kind = {str: "string", bool: "boolean"}.get(type(nothing), "int64")
    if isinstance(given, Value):
        return given if str(given.type()) == kind else given.cast(kind)
    return ibis.literal(given, kind)


_ARROW = {str: pa.string(), bool: pa.bool_()}
FACTS_SCHEMA = pa.schema([(name, _ARROW.get(type(nothing), pa.int64())) for name, nothing in FACTS.items()])


def taken_in(engine: Engine, rows: list[dict[str, Any]]) -> Table:
    """Findings that were worked out in Python, staged."""
    return engine.take_in(pa.Table.from_pylist([{**FACTS, **row} for row in rows], schema=FACTS_SCHEMA))


def pairs(met: Table, **given: Any) -> Table:
    """Rows of `sided` as findings of two lines: a match unless they are given a class."""
    is_match = "class" not in given
    return facts(
        met,
        **{
            "left_line": met.left_line_id,
            "right_line": met.right_line_id,
            "left_id": met.left_id,
            "right_id": met.right_id,
            "amount": met.left_amount,
            "currency": met.left_currency,
            "match_id": told("L", met.left_line_id) if is_match else "",
            "kind": "1:1" if is_match else "",
            "status": "confirmed" if is_match else "",
            **given,
        },
    )


def one_sided(lines: Table, is_left: bool, **given: Any) -> Table:
    """Lines of one side as findings whose other side is empty."""
    own, line = ("left_id", "left_line") if is_left else ("right_id", "right_line")
    return facts(
        lines,
        **{
            own: lines.id,
            line: lines.line_id,
            "amount": lines.amount,
            "currency": lines.currency,
            **given,
        },
    )


def sided(left: Table, right: Table, keys: list[str]) -> Table:
    """Both sides met on `keys`; every column has its side before its name: left_amount, right_amount."""
    ours, theirs = left.rename("left_{name}"), right.rename("right_{name}")
    return ours.inner_join(theirs, [ours[f"left_{key}"] == theirs[f"right_{key}"] for key in keys])


def union_of(tables: list[Table]) -> Table:
    """The rows of all of `tables`, at least one."""
    first, *rest = tables
    return first.union(*rest) if rest else first


def matches_of(rows: Table) -> Table:
    """The matches among FACTS, with their sentence."""
    kept = rows.filter(rows["class"] == "")
    return with_why(kept).select(*MATCH)


def exceptions_of(rows: Table) -> Table:
    """The exceptions among FACTS, with their sentence."""
    kept = rows.filter(rows["class"] != "")
    return with_why(kept).select(*EXCEPTION)
