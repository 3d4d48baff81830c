"""The benchmark of reading runs without a database and has the agreed shape."""

from __future__ import annotations

import json

import pytest

from paydesk.cli import main


def test_a_quick_run_has_the_agreed_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "read", "--quick", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["name"] == "read"
    names = [each["what"].partition(":")[0] for each in found["results"]]
    assert names == ["csv", "mt940", "ofx", "camt", "memory", "memory", "memory"]
    assert [each["goal"] for each in found["results"] if each["what"].startswith(("csv", "camt"))] == [
        "<= 4", ">= 1"
    ]  # fmt: skip
