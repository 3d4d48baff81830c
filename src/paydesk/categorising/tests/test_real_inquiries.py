"""Real inquiries to a bank (BANKING77), where they are beside the checkout.

Some categories that are close to each other, judged on cases held out. All of it is measured by
`./paydesk bench categorise`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from paydesk.categorising.folds import fold_of_each
from paydesk.categorising.labelled import read_labelled
from paydesk.categorising.learning import train
from paydesk.categorising.scoring import score

FILE = Path(__file__).resolve().parents[5] / "shared" / "samples" / "banking77" / "train.csv"
ABOUT = "top_up"


@pytest.mark.skipif(not FILE.exists(), reason="the real inquiries are not here")
def test_close_categories_are_told_apart_and_confidence_can_be_believed() -> None:
    rows = [row for row in read_labelled(FILE) if ABOUT in row.category]
    folds = fold_of_each(rows)
    model = train([row for row, fold in zip(rows, folds, strict=True) if fold != 4])
    found = score(model, [row for row, fold in zip(rows, folds, strict=True) if fold == 4])
    figures = {name: value or 0 for name, value in found.items()}
    assert (len(rows), len(model.categories)) == (1_129, 9)
    assert figures["accuracy"] >= 0.88
    assert figures["macro_f1"] >= 0.88
    assert figures["top3"] >= 0.96
    assert figures["ece"] <= 0.06
    assert figures["coverage"] >= 0.85
    assert figures["precision_at_coverage"] >= 0.91
    assert sum(gate.is_open for gate in model.gates) >= 5
