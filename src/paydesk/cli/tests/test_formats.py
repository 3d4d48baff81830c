"""`paydesk formats`: every importer and profile, each with where we know it from."""

from __future__ import annotations

import json

import pytest

from paydesk.cli import main
from paydesk.importers.profiles import builtin
from paydesk.importers.registry import IMPORTERS


def test_every_importer_and_profile_is_listed_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["formats"]
    names = [each["name"] for each in found if each["name"]]
    assert names == [each.name for each in (*IMPORTERS, *builtin())]
    assert all(each["title"] and each["source"] and each["sources"] for each in found)
    mapped = [each["provider"] for each in found if each["how"] == "mapping"]
    assert {"Nsano", "Orange Money", "Wave"} <= set(mapped)


def test_a_person_sees_name_source_and_gaps_and_may_ask_for_some(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "quicken"]) == 0
    out = capsys.readouterr().out
    assert "ofx  OFX / QFX statement" in out
    assert "high certainty, from official documents and real files" in out
    assert "missing: Purchases and sales of securities" in out
    assert "camt.053" not in out
    assert main(["formats", "no-such-thing"]) == 64
