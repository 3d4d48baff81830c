"""`paydesk read`: the contract's object, exit codes, and what a person sees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paydesk.cli import main

CSV = "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
ROWS = (
    "T1,12-03-2024 10:00:00,Pay Bill from 254700000001,Completed,\"1,200.00\",,1200.00\n"
    "T2,12-03-2024 10:00:00,Pay Bill from 254700000001,Failed,7.00,,1200.00\n"
    "T3,12-03-2024 10:05:00,Business Payment Charge,Completed,,-33.5,1166.50\n"
    "T4,12-03-2024 10:05:00,Business Payment Charge,Perhaps,,-33.5,1166.50\n"
)  # fmt: skip


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    path = tmp_path / "portal export.csv"
    path.write_text(CSV + ROWS)
    return path


def test_json_is_exactly_the_object_of_the_contract(portal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(portal), "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    reason = found["rejected"][0].pop("reason")
    assert found == {
        "format": "csv",
        "statements": [
            {"account": None, "currency": "KES", "opening": "0.00", "closing": "1166.50", "lines": 3}
        ],
        "lines": 3,
        "credit": {"KES": "1200.00"},
        "debit": {"KES": "33.5"},
        "rejected": [{"line": 5}],
        "warnings": [],
    }
    assert "'Perhaps'" in reason
    assert err == ""


def test_a_person_sees_what_it_is_what_it_holds_and_what_is_wrong(
    portal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", str(portal)]) == 0
    out = capsys.readouterr().out
    for text in ("portal export.csv", "mpesa_portal", "3 lines, 1 rejected", "1200.00", "33.5", "'Perhaps'"):
        assert text in out


def test_a_file_that_is_not_there_and_a_format_that_is_not_are_wrong_use(
    portal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", str(tmp_path / "no.csv")]) == 64
    assert main(["read", str(tmp_path)]) == 64
    assert main(["read", str(portal), "--format", "mt9000"]) == 64
    assert "mt9000" in capsys.readouterr().err


def test_a_refused_file_is_two_and_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.ofx"
    path.write_text("OFXHEADER:100\n")
    assert main(["read", str(path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out) == {"refused": "a.ofx is an OFX file, which paydesk does not read."}
    assert err.splitlines() == ["a.ofx is an OFX file, which paydesk does not read."]


def test_a_named_profile_reads_the_file_by_it(portal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(portal), "--format", "mpesa_portal", "--json"]) == 0
    assert main(["read", str(portal), "--format", "hubtel_portal", "--json"]) == 2
    assert "'Client Reference'" in capsys.readouterr().err
