"""From scores to confidence that can be believed: one sharpness, the threshold for 95 % precision, the gate
of each category, and the error that is left. All learnt from cases whose scores were made without them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Places = NDArray[np.int64]

PRECISION = 0.95
LEAST_LABELLED = 30  # of a category, before it is ever filled in
LEAST_FILLED = 20  # of all cases at or above a threshold, before it counts as one
LEAST_FILLED_AS = 10  # of those that would have been filled in as a category
BINS = 15
UNLEARNT_SHARPNESS = 1.0


def confidences(scores: Scores, sharpness: float) -> Scores:
    """Softmax of `scores` times `sharpness`, over the last axis."""
    sharpened = scores * sharpness
    raised = np.exp(sharpened - sharpened.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def learn_sharpness(scores: Scores, right: Places) -> float:
    """The sharpness under which the right categories are the likeliest, by golden section.

    `scores` has a row per case, `right` the column of its category. Without cases it is 1.
    """
    if not len(right):
        return UNLEARNT_SHARPNESS
    rows = np.arange(len(right))

    def surprise(power: float) -> float:
        sharpened = scores * np.exp(power)
        top = sharpened.max(axis=1)
        whole = top + np.log(np.exp(sharpened - top[:, None]).sum(axis=1))
        return float((whole - sharpened[rows, right]).mean())

    low, high, golden = -3.0, 5.0, (5**0.5 - 1) / 2
    one, other = high - golden * (high - low), low + golden * (high - low)
    at_one, at_other = surprise(one), surprise(other)
    for _ in range(30):
        if at_one <= at_other:
            high, other, at_other = other, one, at_one
            one = high - golden * (high - low)
            at_one = surprise(one)
        else:
            low, one, at_one = one, other, at_other
            other = low + golden * (high - low)
            at_other = surprise(other)
    return float(np.exp((low + high) / 2))


def learn_threshold(top: Scores, is_right: NDArray[np.bool_], precision: float = PRECISION) -> float | None:
    """The least confidence such that of all cases at or above it a share of `precision` was right.

    None where there is none with at least 20 cases: then nothing is ever filled in.
    """
    order = np.argsort(-top, kind="stable")
    ranked = top[order]
    share_right = np.cumsum(is_right[order]) / np.arange(1, len(order) + 1)
    last_of_equals = np.append(ranked[1:] != ranked[:-1], True)[: len(order)]
    good = np.flatnonzero((share_right >= precision) & last_of_equals)
    if not len(good) or good[-1] + 1 < LEAST_FILLED:
        return None
    return float(ranked[good[-1]])


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a category may be filled in, and the figures it hangs on.

    labelled: cases it was learnt from. filled: cases that would have been filled in as it, out of fold;
    right: those of them that were it.
    """

    labelled: int
    filled: int
    right: int

    @property
    def is_open(self) -> bool:
        return (
            self.labelled >= LEAST_LABELLED
            and self.filled >= LEAST_FILLED_AS
            and self.right >= PRECISION * self.filled
        )

    def why_closed(self, category: str) -> str:
        if self.labelled < LEAST_LABELLED:
            return f"{category} has {self.labelled} labelled cases, and {LEAST_LABELLED} are needed"
        if self.filled < LEAST_FILLED_AS:
            return (
                f"{self.filled} earlier cases would have been filled in as {category}, and {LEAST_FILLED_AS} "
                "are needed"
            )
        return (
            f"of {self.filled} earlier cases that would have been filled in as {category} {self.right} were "
            f"it, and {PRECISION:.0%} are needed"
        )


def learn_gates(
    confidence: Scores, right: Places, labelled: NDArray[np.int64], threshold: float | None
) -> tuple[Gate, ...]:
    """A gate for each category; `confidence` and `right` are out of fold, `labelled` counts all cases."""
    said = confidence.argmax(axis=1) if len(right) else right
    above = confidence.max(axis=1) >= threshold if threshold is not None and len(right) else right < 0
    filled = np.bincount(said[above], minlength=len(labelled))
    correct = np.bincount(said[above & (said == right)], minlength=len(labelled))
    return tuple(Gate(int(n), int(f), int(c)) for n, f, c in zip(labelled, filled, correct, strict=True))


def calibration_error(top: Scores, is_right: NDArray[np.bool_]) -> float:
    """How far confidence and share of right answers are apart (ECE), over 15 bins of equal width."""
    if not len(top):
        return 0.0
    bins = np.clip(np.ceil(top * BINS).astype(np.int64) - 1, 0, BINS - 1)
    said = np.bincount(bins, weights=top, minlength=BINS)
    were = np.bincount(bins, weights=is_right.astype(np.float64), minlength=BINS)
    return float(np.abs(said - were).sum() / len(top))
