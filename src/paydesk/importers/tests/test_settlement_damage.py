"""Damaged settlement files: each takes more of it than its share of the test over all formats."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from paydesk.importers.damage import damaged, watched

IMPORTERS = Path(__file__).parents[1]
FOLDERS = (
    "adyen", "braintree", "chariot", "checkout", "dlocal", "gr4vy", "ingenico_wx", "paypal",
    "paystack_lists", "stripe", "trustly", "venmo",
)  # fmt: skip
EACH = 25


@pytest.mark.parametrize("folder", FOLDERS)
def test_damage_gives_records_that_keep_their_word_or_one_sentence(folder: str) -> None:
    samples = [path.read_bytes() for path in sorted((IMPORTERS / folder / "samples").iterdir())]
    assert samples
    outcomes = {
        watched(damaged(sample, Random(f"{folder} {seed}"), samples))
        for sample in samples
        for seed in range(EACH)
    }
    assert outcomes == {"read", "refused"}
