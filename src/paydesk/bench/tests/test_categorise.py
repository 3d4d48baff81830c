"""The benchmark of categorising needs no database and sets goals of quality only where cases are enough."""

from __future__ import annotations

import json

import pytest

from paydesk.cli import main


def test_a_quick_run_has_the_agreed_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "categorise", "--quick", "--json"]) == 0
    found = {each["what"]: each for each in json.loads(capsys.readouterr().out)["results"]}
    accuracy = next(each for what, each in found.items() if "accuracy" in what)
    assert 0.4 < accuracy["value"] < 1
    assert (accuracy["goal"], accuracy["holds"]) == (None, None)
    asked = next(each for what, each in found.items() if "ms_per_ticket" in what)
    assert asked["goal"] == "<= 10"
    assert any("radar over 400 cases" in what for what in found)


def test_its_files_are_for_it_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "read", "--labelled", "cases.csv"]) == 64
    assert main(["bench", "categorise", "--labelled", "nowhere.csv"]) == 64
    assert "There is no file nowhere.csv." in capsys.readouterr().err
