"""Damaged files of every format: records that keep their promises or one sentence, never an error of ours."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paydesk.importers.damage import Broken, damaged, own_samples, watched

REAL = Path(__file__).parents[5] / "shared" / "samples"
LARGEST = 60_000  # larger samples say nothing more about damage and take long
LONGEST_SECONDS = 10


@cache
def samples() -> list[bytes]:
    """Ours, and the real ones where they are there."""
    real = [path.read_bytes() for path in sorted(REAL.rglob("*")) if path.is_file()] if REAL.is_dir() else []
    return [each for each in (*own_samples(), *real) if len(each) <= LARGEST]


def test_every_sample_itself_keeps_the_promises() -> None:
    assert len(own_samples()) > 20
    for each in own_samples():
        assert watched(each) == "read"


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.integers(0, 2**32))
def test_damage_of_any_file_gives_records_or_one_sentence(which: int, seed: int) -> None:
    found = samples()
    content = damaged(found[which % len(found)], Random(seed), found)
    started = time.process_time()
    watched(content)
    assert time.process_time() - started < LONGEST_SECONDS


def test_the_watch_itself_sees_what_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    from paydesk.importers.ofx import Ofx

    body = b"<OFX><STMTTRN><TRNAMT>1</STMTTRN></OFX>"
    assert watched(body) == "read"
    monkeypatch.setattr(Ofx, "prepare", lambda self, file: 1 // 0)
    with pytest.raises(Broken, match="ZeroDivisionError"):
        watched(body)


def test_the_same_seed_makes_the_same_damage() -> None:
    content = own_samples()[0]
    assert damaged(content, Random(7), [content]) == damaged(content, Random(7), [content])
