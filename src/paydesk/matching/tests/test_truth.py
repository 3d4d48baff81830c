"""A whole day with known truth: everything planted is found in its class, and nothing else is said."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from paydesk.matching.engines import duckdb_engine
from paydesk.matching.results import write_out
from paydesk.matching.rules import default_rules
from paydesk.matching.run import match
from paydesk.matching.truth import PLANTED, plant

ROWS = 4_000
LETTERS = ("", "b", "c", "d")
MATCHED = {"matched", "by_phone", "by_reference", "typo", "masked", "cut_off"}
# What becomes of the two lines of a payment, by what was planted.
EXPECTED = {
    "missing_in_ledger": ("missing_in_ledger", "", "R"),
    "missing_at_provider": ("missing_at_provider", "L", ""),
    "out_of_period": ("out_of_period", "L", ""),
    "duplicate_provider": ("duplicate_provider", "", "Rb"),
    "duplicate_ledger": ("duplicate_ledger", "Lb", ""),
}
Rows = list[dict[str, Any]]


def reconciled(left: Path, right: Path) -> tuple[Rows, Rows, str]:
    matches: Rows = []
    exceptions: Rows = []
    with duckdb_engine() as engine:
        found = match(engine, engine.read(left), engine.read(right), default_rules())
        summary = write_out(
            engine,
            found,
            lambda batch: matches.extend(batch.to_pylist()),
            lambda batch: exceptions.extend(batch.to_pylist()),
        )
    return matches, exceptions, summary.digest


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return plant(tmp_path_factory.mktemp("truth"), ROWS, seed=7)


@pytest.fixture(scope="module")
def found(truth: Any) -> tuple[Rows, Rows, str]:
    return reconciled(truth.left, truth.right)


def planted(truth: Any) -> dict[str, str]:
    rows = duckdb.sql(
        f"SELECT kind, greatest(left_id, right_id) FROM read_parquet('{truth.planted}')"
    ).fetchall()
    return {name[1:]: kind for kind, name in rows}


def test_everything_planted_is_found_in_its_class_and_nothing_else(truth: Any, found: Any) -> None:
    matches, exceptions, _ = found
    kinds = planted(truth)
    pairs = {(row["left_id"], row["right_id"], row["status"]) for row in matches}
    classes = {(row["class"], row["left_id"], row["right_id"]) for row in exceptions}
    wanted_pairs, wanted_classes = set(), set()
    for number, kind in kinds.items():
        left, right = f"L{number}", f"R{number}"
        sure = "confirmed"
        if kind in MATCHED or kind.startswith("duplicate"):
            wanted_pairs.add((left, right, sure))
        if kind == "split":
            wanted_pairs |= {(left, right, sure), (left, right + "b", sure)}
        elif kind == "split_incomplete":
            wanted_classes |= {(kind, left, right), (kind, left, right + "b")}
        elif kind == "netted":
            wanted_pairs |= {(left + letter, right, sure) for letter in LETTERS}
        elif kind == "netted_off":
            wanted_classes |= {("split_incomplete", left + letter, right) for letter in LETTERS}
        elif kind == "reversal":
            wanted_pairs |= {(left, "", sure), (left + "b", "", sure)}
        elif kind == "by_sum":
            wanted_pairs |= {(left + letter, right, "suggested") for letter in LETTERS[:3]}
        elif kind == "ambiguous":
            wanted_classes |= {("ambiguous_match", left, right), ("ambiguous_match", left + "b", "")}
        elif kind in EXPECTED:
            named, ours, theirs = EXPECTED[kind]
            of = {"": "", "L": left, "R": right, "Lb": left + "b", "Rb": right + "b"}
            wanted_classes.add((named, of[ours], of[theirs]))
        elif kind not in MATCHED:
            wanted_classes.add((kind, left, right))
    assert set(kinds.values()) == {*PLANTED, "matched"}, "every kind is planted"
    assert (pairs - wanted_pairs, wanted_pairs - pairs) == (set(), set())
    assert (classes - wanted_classes, wanted_classes - classes) == (set(), set())


def test_a_line_is_in_one_match_or_one_exception_and_sums_hold(truth: Any, found: Any) -> None:
    matches, exceptions, _ = found
    amounts = {
        side: dict(duckdb.sql(f"SELECT id, amount FROM read_parquet('{path}')").fetchall())
        for side, path in (("left_id", truth.left), ("right_id", truth.right))
    }
    places: dict[tuple[str, str], set[str]] = {}
    for row in matches:
        for side in amounts:
            if row[side]:
                places.setdefault((side, row[side]), set()).add(row["match_id"])
    for number, row in enumerate(exceptions):
        group = row["left_id"][:1] + "".join(filter(str.isdigit, row["left_id"]))
        name = f"split {group}" if row["class"] == "split_incomplete" else f"exception {number}"
        for side in amounts:
            if row[side]:
                places.setdefault((side, row[side]), set()).add(name)
    assert len(places) == sum(map(len, amounts.values()))
    assert [place for place, names in places.items() if len(names) > 1] == []
    sums: Counter[str] = Counter()
    for (side, name), where in places.items():
        (match_id,) = where
        sums[match_id] += amounts[side][name] * (1 if side == "left_id" else -1)
    assert {
        row["match_id"] for row in matches if sums[row["match_id"]] and row["kind"] != "reversal"
    } == set()


def test_the_order_of_rows_does_not_change_the_digest(truth: Any, found: Any, tmp_path: Path) -> None:
    shuffled = []
    for path in (truth.left, truth.right):
        target = tmp_path / path.name
        duckdb.execute(
            f"COPY (SELECT * REPLACE (row_number() OVER (ORDER BY hash(id, 99)) AS line_id) FROM "
            f"read_parquet('{path}') ORDER BY 1) TO '{target}' (FORMAT parquet)"
        )
        shuffled.append(target)
    assert reconciled(*shuffled)[2] == found[2]
