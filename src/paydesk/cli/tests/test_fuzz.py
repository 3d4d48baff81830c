"""`paydesk fuzz`: what breaks an importer is kept as a file, with exit 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paydesk.cli import fuzz, main
from paydesk.importers.damage import watched
from paydesk.importers.ofx import Ofx


def test_what_breaks_an_importer_is_kept_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAYDESK_HOME", str(tmp_path))
    monkeypatch.setattr(fuzz, "MOST_KEPT", 1)
    monkeypatch.setattr(fuzz, "_files", lambda corpus: [b"<OFX><STMTTRN><TRNAMT>1</STMTTRN></OFX>"])
    monkeypatch.setattr(Ofx, "prepare", lambda self, file: 1 // 0)
    assert main(["fuzz", "--engine", "chance", "--seed", "5", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    (broken,) = found["broken"]
    assert "ZeroDivisionError" in broken["why"]
    monkeypatch.undo()
    assert watched(Path(broken["file"]).read_bytes()) in ("read", "refused")


def test_wrong_use_is_said() -> None:
    assert main(["fuzz", "--minutes", "0"]) == 64
    assert main(["fuzz", "--corpus", "no such folder"]) == 64
