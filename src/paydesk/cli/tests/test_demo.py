"""`paydesk demo` from the outside: wrong use, and no deleting under a desk that runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from paydesk import cli
from paydesk.config.running import RunLock


@pytest.mark.parametrize("words", [["--until", "tomorrow"], ["--customers", "many"]])
def test_what_is_no_date_or_number_is_wrong_use(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", *words]) == 64
    assert words[1] in capsys.readouterr().err


def test_a_desk_that_runs_keeps_its_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("PAYDESK_HOME", str(tmp_path))
    lock = RunLock(tmp_path)
    assert lock.take()
    try:
        assert cli.main(["demo", "--reset"]) == 2
    finally:
        lock.give_back()
    assert "./paydesk down" in capsys.readouterr().err
