"""The benchmark of reconciliation needs no database, finds what was planted and has the agreed shape."""

from __future__ import annotations

import json

import pytest

from paydesk.cli import main


def test_a_tiny_run_finds_every_class_and_has_the_agreed_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "reconcile", "--rows", "3000", "--json"]) == 0
    found = {each["what"]: each for each in json.loads(capsys.readouterr().out)["results"]}
    measured = [what for what in found if not what.startswith(("reconcile: precision", "reconcile: recall"))]
    assert len(measured) == 8 + 14  # of the whole, and of each step
    quality = [each for what, each in found.items() if what not in measured]
    assert len(quality) == 4 + 2 * 13
    assert [each for each in quality if not each["holds"]] == []
