"""What a text means, beside which words it has: a second opinion that is mixed into the first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paydesk.categorising.calibration import confidences
from paydesk.categorising.minilm import minilm
from paydesk.categorising.vocabulary import Floats

SHARE = 0.6  # of the second opinion, chosen on training cases


@dataclass(frozen=True, eq=False)
class Meaning:
    """A logistic regression over the 384 numbers of MiniLM; sharpness is that of the two mixed."""

    weights: Floats
    bias: Floats
    sharpness: float

    def mixed(self, by_words: NDArray[np.float64], text: str) -> NDArray[np.float64]:
        """Confidences that add up to 1, of the first opinion and this one together."""
        scores = (minilm().embed(text) @ self.weights + self.bias).astype(np.float64)
        return sharpened_mix(mix(by_words, confidences(scores, 1.0)), self.sharpness)


def mix(by_words: NDArray[np.float64], by_meaning: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((1 - SHARE) * by_words + SHARE * by_meaning)


def as_scores(mixed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Confidences as scores, so that a sharpness can be learnt for them as well."""
    return np.asarray(np.log(np.maximum(mixed, 1e-12)))


def sharpened_mix(mixed: NDArray[np.float64], sharpness: float) -> NDArray[np.float64]:
    return confidences(as_scores(mixed), sharpness)
