"""Why a row is what it is, as data: the rule, each field with its weight, who else it might have been, what
is left between the two amounts, and what would change the decision.

Made for a page or a selection, never for a whole run: a run keeps the facts from which this is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from ibis.expr.types import Table

from paydesk.matching.engines import Engine
from paydesk.matching.evidence import DIFFERS, EQUAL, Field, Line, Usage, bits, fields, fields_alone
from paydesk.matching.findings import FACTS, Piece, dressed, union_of
from paydesk.matching.likelihood import certainty
from paydesk.matching.passes.blocks import lines_of
from paydesk.matching.remedies import remedies
from paydesk.matching.rules import Rules
from paydesk.matching.state import Found
from paydesk.matching.usage import usage_of
from paydesk.matching.values import SCALE, major
from paydesk.matching.wording import with_why

AMOUNTS = ("amount", "fee", "net")
CENT = SCALE // 100
Row = dict[str, Any]


@dataclass(frozen=True)
class Residual:
    """What ours is more than theirs, in millionths, and what it consists of."""

    total: int = 0
    fee: int = 0
    fx: int = 0
    rounding: int = 0
    unexplained: int = 0


@dataclass(frozen=True)
class Explanation:
    """One match or one exception. `class_` is "" for a match; `sentence` is what the results show."""

    match_id: str
    class_: str
    status: str
    kind: str
    rule: str
    rules_version: str
    score: int
    sentence: str
    left_lines: tuple[int, ...]
    right_lines: tuple[int, ...]
    fields: tuple[Field, ...]
    runner_up: str
    runner_score: int
    residual: Residual
    currency: str
    is_timing: bool
    would_change: tuple[str, ...]
    actor: str = "rule"

    def as_json(self) -> dict[str, Any]:
        """Plain values for storage and export: amounts are decimal text, times ISO 8601."""
        told = {
            name: value for name, value in vars(self).items() if name not in ("fields", "residual", "class_")
        }
        return {
            **told,
            "class": self.class_,
            "left_lines": list(self.left_lines),
            "right_lines": list(self.right_lines),
            "would_change": list(self.would_change),
            "residual": {name: f"{major(value):f}" for name, value in vars(self.residual).items()},
            "fields": [
                {
                    **vars(field),
                    "left": shown(field.name, field.left),
                    "right": shown(field.name, field.right),
                }
                for field in self.fields
            ],
        }


def shown(name: str, value: object) -> str:
    """The value of a field as text."""
    if value is None or value == "":
        return ""
    if isinstance(value, int):
        if name == "at":
            return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")
        return f"{major(value):f}" if name in AMOUNTS else str(value)
    return str(value)


def explain(
    engine: Engine,
    found: Found,
    *,
    match_ids: Iterable[str] = (),
    left_lines: Iterable[int] = (),
    right_lines: Iterable[int] = (),
) -> list[Explanation]:
    """The explanation of every match and exception that has one of these ids or holds one of these lines, in
    the order of match id, class and lines. Costs a scan of both sides however many are asked for."""
    assert found.left is not None
    assert found.right is not None
    assert found.rules is not None
    asked = {(True, line) for line in left_lines} | {(False, line) for line in right_lines}
    asked |= {(match_id[0] == "L", int(match_id[1:])) for match_id in match_ids}
    if not (asked and found.pieces):
        return []
    rows = _rows(engine, found, sorted(asked))
    ours, theirs = (
        _lines(engine, side, {row[column] for row in rows} - {None})
        for side, column in ((found.left, "left_line"), (found.right, "right_line"))
    )
    usage = usage_of(engine, found.left, found.right, [*ours.values(), *theirs.values()], of=found.lines)
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        own = (
            (row["match_id"],)
            if row["match_id"]
            else (row["class"], str(row["left_line"]), str(row["right_line"]))
        )
        groups.setdefault((row["rule"], *own), []).append(row)
    return [
        _explained(found.rules, members, ours, theirs, usage)
        for _, members in sorted(groups.items(), key=lambda group: group[0])
    ]


def compared(engine: Engine, found: Found, left_line: int, right_line: int) -> Explanation:
    """What speaks for and against any two lines, offered or not: why a pair was not."""
    assert found.left is not None
    assert found.right is not None
    assert found.rules is not None
    ours, theirs = _lines(engine, found.left, {left_line}), _lines(engine, found.right, {right_line})
    left, right = ours[left_line], theirs[right_line]
    usage = usage_of(engine, found.left, found.right, [left, right], of=found.lines)
    seen = fields(left, right, usage, found.rules.weights)
    weight = sum(field.weight for field in seen) - bits(max(found.lines))
    score = certainty(weight)
    row = {**FACTS, "class": "not_offered", "score": score, "currency": left["currency"],
           "ours": left["amount"], "theirs": right["amount"], "shape": "amount"}  # fmt: skip
    conflicts = [field.name for field in seen if field.name in HARD and field.level == DIFFERS]
    if conflicts:
        sentence = f"These two cannot be one payment: their {' and '.join(conflicts)} differ."
    else:
        sentence = f"What they share comes to a certainty of {score} in a thousand."
    return Explanation(
        "", "not_offered", "", "", "", found.rules.version, score, sentence, (left_line,), (right_line,),
        seen, "", 0, _residual(row), left["currency"], left["day"] != right["day"],
        remedies(row, found.rules, seen),
    )  # fmt: skip


HARD = ("amount", "currency", "status")


def _rows(engine: Engine, found: Found, asked: Sequence[tuple[bool, int]]) -> list[Row]:
    columns = list(zip(*asked, strict=True))
    wanted = engine.take_in(
        pa.table({"is_left": pa.array(columns[0], pa.bool_()), "line": pa.array(columns[1], pa.int64())})
    )
    big = [piece for piece in found.pieces if piece.is_narrow]
    small = [piece.table for piece in found.pieces if not piece.is_narrow]
    shared = tuple((piece.rule, piece.score, piece.shape) for piece in big)
    return engine.rows(engine.view(_asked, wanted, shared, *[piece.table for piece in big], *small))


def _asked(wanted: Table, shared: tuple[tuple[str, int, str], ...], *tables: Table) -> Table:
    """The rows that hold a wanted line, and with them the others of their match."""
    ours = wanted.filter(wanted.is_left).select(left_line="line")
    theirs = wanted.filter(~wanted.is_left).select(right_line="line")
    found = []
    for place, table in enumerate(tables):
        piece = Piece(table, *shared[place]) if place < len(shared) else Piece(table)
        hit = union_of([table.semi_join(ours, "left_line"), table.semi_join(theirs, "right_line")])
        if not piece.is_narrow:
            groups = hit.filter(hit.match_id != "").select("match_id").distinct()
            hit = union_of([table.semi_join(groups, "match_id"), hit.filter(hit.match_id == "")])
        found.append(dressed(Piece(hit, piece.rule, piece.score, piece.shape)))
    rows = union_of(found).distinct()
    return with_why(rows).order_by("match_id", "class", "left_line", "right_line")


def _lines(engine: Engine, side: Table, wanted: set[int]) -> dict[int, Line]:
    if not wanted:
        return {}
    asked = engine.take_in(pa.table({"asked_line": pa.array(sorted(wanted), pa.int64())}))
    return {row["line_id"]: row for row in engine.rows(engine.view(lines_of, side, asked, "asked_line"))}


def _explained(
    rules: Rules, rows: list[Row], ours: dict[int, Line], theirs: dict[int, Line], usage: Usage
) -> Explanation:
    first = rows[0]
    left = tuple(sorted({row["left_line"] for row in rows} - {None}))
    right = tuple(sorted({row["right_line"] for row in rows} - {None}))
    if len(left) == len(right) == 1 and first["word"] != "settlement":
        seen = fields(ours[left[0]], theirs[right[0]], usage, rules.weights)
    elif len(left) + len(right) == 1:
        line = ours[left[0]] if left else theirs[right[0]]
        seen = fields_alone(line, usage, is_left=bool(left))
    else:
        seen = _group_fields(first)
    return Explanation(
        first["match_id"], first["class"], first["status"], first["kind"], first["rule"], rules.version,
        first["score"], first["why"], left, right, seen, first["runner_up"], first["runner_score"],
        _residual(first), first["currency"], first["is_timing"], remedies(first, rules, seen),
    )  # fmt: skip


def _group_fields(row: Row) -> tuple[Field, ...]:
    """What ties the lines of a group, and what both sides of it come to."""
    level = EQUAL if row["ours"] == row["theirs"] else DIFFERS
    tie = Field(row["word"] or "amount", row["named"], row["named"], EQUAL)
    lines = Field(
        "lines",
        row["left_count"],
        row["right_count"],
        EQUAL if row["left_count"] == row["right_count"] else DIFFERS,
    )
    return tie, lines, Field("net", row["ours"], row["theirs"], level)


FEES, RATES = frozenset({"net", "group_net"}), frozenset({"converted", "rate"})
WITH_AMOUNTS = FEES | RATES | {"group", "group_open", "amount", "cancels", "likeness", "covers"}


def _residual(row: Row) -> Residual:
    """The parts of what ours is more than theirs; of a fee or a tax that differs, what it is more by."""
    if row["shape"] == "cancels":
        return Residual()
    if row["shape"] in RATES:
        off = row["fee"] - row["theirs"]
        return Residual(total=off, fx=off)
    if row["shape"] == "fees":
        off = row["ours"] - row["theirs"]
        return Residual(
            total=off,
            fee=off if row["named"] == "fee" else 0,
            unexplained=0 if row["named"] == "fee" else off,
        )
    if row["shape"] not in WITH_AMOUNTS or not row["right_count"] and row["class"] == "ambiguous_match":
        return Residual()
    total = row["ours"] - row["theirs"]
    fee = total if row["shape"] in FEES else 0
    rest = total - fee
    cents = abs(rest) < CENT * max(1, row["left_count"], row["right_count"])
    return Residual(total, fee, 0, rest if cents else 0, 0 if cents else rest)
