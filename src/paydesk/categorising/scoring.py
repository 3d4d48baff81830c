"""Measure a model on cases it has not learnt from."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

import numpy as np

from paydesk.categorising.figures import Figures, figures
from paydesk.categorising.labelled import Labelled
from paydesk.categorising.model import Model
from paydesk.categorising.suggestions import explained


def score(model: Model, rows: Sequence[Labelled]) -> Figures:
    """n, the figures of `figures.figures` at the threshold learnt in training (without the gates of the
    categories), and ms_per_ticket: processor time of one `suggest` with its reasons, median.

    A category that was not learnt counts as wrong.
    """
    place = {category: number for number, category in enumerate(model.categories)}
    for row in rows:
        place.setdefault(row.category, len(model.categories) - len(place) - 1)
    confidence = np.zeros((len(rows), len(model.categories)))
    spent = []
    for number, row in enumerate(rows):
        before = time.process_time_ns()
        weighed = model.vocabulary.weigh(row.text)
        confidence[number] = model.confidence(row.text, weighed)
        explained(model, weighed, confidence[number])
        spent.append((time.process_time_ns() - before) / 1e6)
    right = np.array([place[row.category] for row in rows], dtype=np.int64)
    return {
        "n": len(rows),
        **figures(confidence, right, model.threshold),
        "ms_per_ticket": round(statistics.median(spent), 3) if spent else None,
    }
