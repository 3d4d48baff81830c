"""MTN MoMo callbacks: whole outputs of our samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]


@pytest.mark.parametrize("sample", sorted((HERE / "samples").iterdir()), ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    found = open_file(sample, filename=sample.name)
    assert found.format == "mtn.callback"
    assert_as_expected(found, HERE / "expected" / f"{sample.stem}.json")
