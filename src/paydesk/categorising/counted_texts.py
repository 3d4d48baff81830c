"""All texts of a training counted once; what a part of them knows and weighs is then cut from the counts.

So five trainings for the calibration and the last one read each text once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from paydesk.categorising.vocabulary import Vocabulary, rarity_of
from paydesk.categorising.words import pieces, plain, word_grams

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEAST_TEXTS_OF_A_PIECE = 2


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each gram is in each text: a row per text, a column per gram in the order of the alphabet."""

    grams: tuple[str, ...]
    table: csr_matrix

    def columns_in(self, rows: NDArray[np.int64], least: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The columns that are in at least `least` of `rows`, and in how many each is."""
        texts_with = np.bincount(self.table[rows].indices, minlength=len(self.grams))
        columns = np.flatnonzero(texts_with >= least)
        return columns, texts_with[columns]

    def weighed(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64], rarity: NDArray[np.float32]
    ) -> csr_matrix:
        """Sublinear counts times rarity, each row of length one."""
        table = self.table[rows][:, columns].astype(np.float64)
        table.data = (1 + np.log(table.data)) * rarity[table.indices]
        squares = np.asarray(table.multiply(table).sum(axis=1)).ravel()
        table.data /= np.repeat(np.sqrt(np.maximum(squares, 1e-24)), np.diff(table.indptr))
        return table


@dataclass(frozen=True, eq=False)
class CountedTexts:
    """Words and pieces of all texts."""

    words: Counts
    pieces: Counts

    def learn(self, rows: NDArray[np.int64]) -> Learnt:
        """The vocabulary of `rows`."""
        word_columns, texts_with_word = self.words.columns_in(rows, 1)
        piece_columns, texts_with_piece = self.pieces.columns_in(rows, LEAST_TEXTS_OF_A_PIECE)
        return Learnt(
            self,
            word_columns,
            piece_columns,
            rarity_of(len(rows), texts_with_word),
            rarity_of(len(rows), texts_with_piece),
        )


@dataclass(frozen=True, eq=False)
class Learnt:
    """Columns that are kept, and their rarity, among the texts that were learnt from."""

    texts: CountedTexts
    word_columns: NDArray[np.int64]
    piece_columns: NDArray[np.int64]
    word_rarity: NDArray[np.float32]
    piece_rarity: NDArray[np.float32]

    def words_weighed(self, rows: NDArray[np.int64]) -> csr_matrix:
        return self.texts.words.weighed(rows, self.word_columns, self.word_rarity)

    def weighed(self, rows: NDArray[np.int64]) -> csr_matrix:
        """`rows` as weights: the columns of words, then those of pieces."""
        from scipy.sparse import csr_matrix, hstack

        pieces_weighed = self.texts.pieces.weighed(rows, self.piece_columns, self.piece_rarity)
        return csr_matrix(hstack([self.words_weighed(rows), pieces_weighed], format="csr"))

    def vocabulary(self) -> Vocabulary:
        word_grams_kept = [self.texts.words.grams[column] for column in self.word_columns]
        pieces_kept = [self.texts.pieces.grams[column] for column in self.piece_columns]
        return Vocabulary(
            {gram: column for column, gram in enumerate(word_grams_kept)},
            {gram: column for column, gram in enumerate(pieces_kept, start=len(word_grams_kept))},
            np.concatenate([self.word_rarity, self.piece_rarity]),
        )


def count_texts(texts: Sequence[str]) -> CountedTexts:
    """Count the grams of each text."""
    as_counted = [plain(text) for text in texts]
    return CountedTexts(
        _counts([word_grams(text) for text in as_counted]), _counts([pieces(text) for text in as_counted])
    )


def _counts(counted: list[Counter[str]]) -> Counts:
    from scipy.sparse import csr_matrix

    grams = sorted(set().union(*counted))
    place = {gram: column for column, gram in enumerate(grams)}
    starts = np.cumsum([0, *(len(each) for each in counted)])
    columns = np.fromiter((place[gram] for each in counted for gram in each), np.int64, starts[-1])
    counts = np.fromiter((count for each in counted for count in each.values()), np.float32, starts[-1])
    table = csr_matrix((counts, columns, starts), shape=(len(counted), len(grams)))
    table.sort_indices()
    return Counts(tuple(grams), table)
