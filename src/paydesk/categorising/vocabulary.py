"""Which words and pieces a model knows, how telling each is, and a text as weights of them (TF-IDF)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from paydesk.categorising.words import pieces, plain, word_grams

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """`words` and `pieces` give the column of each; words have the first columns. `rarity` is one per column:
    what is in few texts tells more."""

    words: Mapping[str, int]
    pieces: Mapping[str, int]
    rarity: Floats

    @cached_property
    def word_at(self) -> tuple[str, ...]:
        """The words by their column."""
        return tuple(self.words)

    def weigh(self, text: str) -> Weighed:
        """`text` as columns and weights; words and pieces each of length one, so neither drowns the other."""
        as_counted = plain(text)
        word_columns, word_weights = self._part(word_grams(as_counted), self.words)
        piece_columns, piece_weights = self._part(pieces(as_counted), self.pieces)
        return Weighed(word_columns, word_weights, piece_columns, piece_weights)

    def _part(self, counted: Counter[str], known: Mapping[str, int]) -> tuple[Numbers, Floats]:
        found = sorted((known[gram], count) for gram, count in counted.items() if gram in known)
        columns = np.array([column for column, _ in found], dtype=np.int64)
        counts = np.array([count for _, count in found], dtype=np.float32)
        weights = (1 + np.log(counts)) * self.rarity[columns]
        return columns, weights / max(float(np.sqrt(weights @ weights)), 1e-12)


@dataclass(frozen=True, eq=False)
class Weighed:
    """One text: columns in their order, with their weights, of its words and of its pieces."""

    word_columns: Numbers
    word_weights: Floats
    piece_columns: Numbers
    piece_weights: Floats

    @property
    def columns(self) -> Numbers:
        return np.concatenate([self.word_columns, self.piece_columns])

    @property
    def weights(self) -> Floats:
        return np.concatenate([self.word_weights, self.piece_weights])


def rarity_of(texts: int, texts_with: NDArray[np.int64]) -> Floats:
    """ln((1 + texts) / (1 + texts with it)) + 1, of each column."""
    return (np.log((1 + texts) / (1 + texts_with)) + 1).astype(np.float32)
