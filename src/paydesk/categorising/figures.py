"""How good confidences are against what was right: the figures shown beside a model and by `score`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from paydesk.categorising.calibration import calibration_error

TOP = 3
Figures = dict[str, float | int | None]


def figures(confidence: NDArray[np.float64], right: NDArray[np.int64], threshold: float | None) -> Figures:
    """accuracy, macro_f1, top3, ece, and coverage of the threshold with its precision.

    `confidence` has a row for each case and a column for each category; `right` is the column of the right
    one, a negative number for each category that was not learnt, which is never said. Without a case, or
    without one above the threshold, what has no figure is None.
    """
    if not len(right):
        return dict.fromkeys(("accuracy", "macro_f1", "top3", "ece", "coverage", "precision_at_coverage"))
    order = np.argsort(-confidence, axis=1, kind="stable")
    said, top = order[:, 0], confidence.max(axis=1)
    is_right = said == right
    above = top >= threshold if threshold is not None else np.zeros(len(right), dtype=bool)
    return {
        "accuracy": _rounded(is_right.mean()),
        "macro_f1": _rounded(macro_f1(said, right)),
        "top3": _rounded((order[:, :TOP] == right[:, None]).any(axis=1).mean()),
        "ece": _rounded(calibration_error(top, is_right)),
        "coverage": _rounded(above.mean()),
        "precision_at_coverage": _rounded(is_right[above].mean()) if above.any() else None,
    }


def macro_f1(said: NDArray[np.int64], right: NDArray[np.int64]) -> float:
    """The mean over the categories that were said or were right of 2 x hits / (said + right)."""
    return float(
        np.mean(
            [
                2 * np.sum((said == each) & (right == each)) / (np.sum(said == each) + np.sum(right == each))
                for each in np.union1d(said, right)
            ]
        )
    )


def _rounded(value: Any) -> float:
    return round(float(value), 6)
