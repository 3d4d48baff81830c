"""What was learnt: everything needed to ask it, as arrays and plain values. Never changed once it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paydesk.categorising.calibration import Gate, confidences
from paydesk.categorising.semantic import Meaning
from paydesk.categorising.vocabulary import Floats, Vocabulary, Weighed


@dataclass(frozen=True, eq=False)
class Examples:
    """The cases it was learnt from, to show those most like a new one: their keys, categories and words.

    Their texts are not kept. `starts`, `cases` and `weights` list the cases of each word, column by column.
    """

    keys: tuple[str, ...]
    categories: NDArray[np.int32]
    starts: NDArray[np.int64]
    cases: NDArray[np.int32]
    weights: Floats

    def likeness(self, weighed: Weighed) -> Floats:
        """The cosine of each case with a text, by words and pairs of words."""
        starts = self.starts[weighed.word_columns]
        counts = self.starts[weighed.word_columns + 1] - starts
        before = np.cumsum(counts) - counts
        places = np.repeat(starts - before, counts) + np.arange(counts.sum())
        products = np.repeat(weighed.word_weights, counts) * self.weights[places]
        return np.bincount(self.cases[places], products, len(self.keys)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Model:
    """`weights` has a row for each column of the vocabulary and a column for each category, as has `bias`.

    sharpness makes scores confidences, threshold is that of 95 % precision (None: never fill in), gates says
    so for each category. measured holds figures out of fold: cases, categories, accuracy, macro_f1, top3,
    ece, coverage, precision_at_coverage. learnt_at is ISO 8601. meaning is there with `[semantic]`.
    """

    categories: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats
    bias: Floats
    sharpness: float
    threshold: float | None
    gates: tuple[Gate, ...]
    examples: Examples
    measured: Mapping[str, float | int | None]
    learnt_at: str = ""
    meaning: Meaning | None = None

    def confidence(self, text: str, weighed: Weighed | None = None) -> NDArray[np.float64]:
        """How sure it is of each category; they add up to 1."""
        if weighed is None:
            weighed = self.vocabulary.weigh(text)
        scores = weighed.weights @ self.weights[weighed.columns] + self.bias
        by_words = confidences(scores.astype(np.float64), self.sharpness)
        return by_words if self.meaning is None else self.meaning.mixed(by_words, text)
