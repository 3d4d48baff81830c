"""Why a row of a day is what it is, as data: made with what a run hands to people, and on request for any
other row from the rows that the run kept.

An explanation is what `paydesk.matching.explanation` makes, as plain values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from paydesk.domain.reconciliation.side_files import Side
from paydesk.matching.engines import Engine, duckdb_engine
from paydesk.matching.explanation import Explanation, compared, explain
from paydesk.matching.rules import Rules
from paydesk.matching.state import Found

MOST = 5_000  # of one day; beyond that a row is explained when somebody asks
MEMORY = "512MB"
Key = tuple[str, str, str]  # class, id of ours, id of theirs; of a suggestion its group instead of a class


def of_run(engine: Engine, found: Found, facts: Mapping[str, Mapping[str, Any]]) -> dict[Key, dict[str, Any]]:
    """The explanations of the rows that a run hands to people; `facts` are theirs by side and id."""
    lines = {
        side: {told["line_id"]: key for key, told in facts[side].items() if "line_id" in told}
        for side in ("left", "right")
    }
    asked = {side: sorted(numbers)[:MOST] for side, numbers in lines.items()}
    told: dict[Key, dict[str, Any]] = {}
    for each in explain(engine, found, left_lines=asked["left"], right_lines=asked["right"]):
        ours, theirs = (
            [lines[side].get(number, "") for number in numbers]
            for side, numbers in (("left", each.left_lines), ("right", each.right_lines))
        )
        if each.class_:
            told[each.class_, "".join(ours), "".join(theirs)] = as_kept(each)
        else:
            told["match", each.match_id, ""] = as_kept(each)
    return told


def as_kept(each: Explanation) -> dict[str, Any]:
    """An explanation as plain values, without the numbers that its rows had in one run."""
    told = each.as_json()
    del told["left_lines"], told["right_lines"]
    return told


_ROWS_KEPT = """
COPY (SELECT * FROM read_parquet('{side}') WHERE id IN (SELECT {column} FROM read_parquet('{result}'))
      ORDER BY line_id) TO '{to}' (FORMAT parquet, COMPRESSION zstd)
"""


def keep_rows(result: Path, left: Side, right: Side, folder: Path) -> tuple[Path, Path]:
    """The rows of both sides that stand in the result of a day, as they were compared: ours, theirs."""
    kept = folder / "left-kept.parquet", folder / "right-kept.parquet"
    with closing(duckdb.connect()) as database:
        for side, column, to in ((left, "left_id", kept[0]), (right, "right_id", kept[1])):
            database.execute(_ROWS_KEPT.format(side=side.path, column=column, result=result, to=to))
    return kept


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows to compare: the rows of a run that ours stands in, with its id, and the same of theirs."""

    left: Path
    left_id: str
    right: Path
    right_id: str


def of_pair(pair: Pair, rules: Rules) -> dict[str, Any] | None:
    """What speaks for and against two rows, offered or not; None where one is not kept any more."""
    numbers = [_line_of(pair.left, pair.left_id), _line_of(pair.right, pair.right_id)]
    if numbers[0] is None or numbers[1] is None:
        return None
    rows = pq.read_metadata(pair.left).num_rows, pq.read_metadata(pair.right).num_rows
    with duckdb_engine(MEMORY) as engine:
        found = Found(left=engine.read(pair.left), right=engine.read(pair.right), rules=rules, lines=rows)
        return as_kept(compared(engine, found, numbers[0], numbers[1]))


def _line_of(side: Path, key: str) -> int | None:
    found = pq.read_table(side, columns=["line_id"], filters=[("id", "=", key)]).to_pylist()
    return found[0]["line_id"] if found else None


def of_group(rows: Iterable[Mapping[str, Any]], sides: tuple[Path, Path], rules: Rules) -> dict[str, Any]:
    """The explanation of a match that a rule confirmed, from its rows in the result of a run."""
    members = list(rows)
    first = members[0]
    ours = sorted({row["left_id"] for row in members if row["left_id"]})
    theirs = sorted({row["right_id"] for row in members if row["right_id"]})
    told = None
    if len(ours) == len(theirs) == 1:
        told = of_pair(Pair(sides[0], ours[0], sides[1], theirs[0]), rules)
    told = told or {"fields": [], "would_change": [], "residual": {}, "currency": "", "is_timing": False}
    own = rules.named(first["rule"])
    days = own.get("days") if own else None
    changes = ["Another amount, currency or status on one side would make it a mismatch."]
    if days is not None:
        changes.append(f"More than {days} calendar day{'' if days == 1 else 's'} apart, it would be late.")
    return {
        **told, "class": "", "status": first["status"], "kind": first["name"], "rule": first["rule"],
        "score": first["score"], "sentence": first["why"], "runner_up": first["runner_up"] or "",
        "runner_score": 0, "rules_version": rules.version, "actor": "rule", "would_change": changes,
    }  # fmt: skip
