"""What is measured beside ours: pairs held against what was planted; nothing where no peer is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from paydesk.bench import reconcile_peers
from paydesk.bench.results import Bench
from paydesk.matching.truth import plant


def test_pairs_are_right_where_both_lines_are_of_one_payment(tmp_path: Path) -> None:
    truth = plant(tmp_path, 400, seed=7)
    matched = duckdb.sql(
        f"SELECT left_id, right_id FROM '{truth.planted}' WHERE kind = 'matched' ORDER BY left_id LIMIT 10"
    ).fetchall()
    crossed = (matched[0][0], matched[1][1])
    told = [{"ours": ours, "theirs": theirs} for ours, theirs in [*matched, crossed]]
    (tmp_path / "pairs.json").write_text(json.dumps(told))
    found = {each.what: each for each in reconcile_peers._quality("x", truth, tmp_path / "pairs.json")}
    assert (found["x: precision"].value, found["x: precision"].floor) == (10, 11)
    planted = found["x: recall"].floor
    assert planted is not None
    assert found["x: recall"].value == 10 < planted < 400
    alike = found["x: recall without an id in common"]
    assert (alike.value, found["x: precision without an id in common"].value) == (
        0,
        0,
    )  # of one pair: the crossed


def test_without_a_peer_one_sentence_is_said(monkeypatch: Any) -> None:
    said: list[str] = []
    monkeypatch.setattr(reconcile_peers, "find_spec", lambda package: None)
    assert list(reconcile_peers.beside(Bench(quick=True, say=said.append))) == []
    assert said == ["pandas, datacompy and Splink are not installed (the extra `reconcilers`)."]
