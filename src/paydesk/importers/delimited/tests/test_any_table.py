"""Whole outputs of our sample tables, read by guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    reading = open_file(sample, filename=sample.name)
    assert reading.profile_name is None
    assert_as_expected(reading, HERE / "expected" / f"{sample.stem}.json")
