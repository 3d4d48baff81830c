"""The cases of a window as weights of their words, so that each can be held against every other.

Words and pairs of words are hashed into 2^20 columns, so nothing has to be learnt beforehand, and digits are
folded: "order 1041" and "order 2210" are alike. Likeness is the cosine, exactly computed.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paydesk.categorising.vocabulary import Floats, Numbers, rarity_of
from paydesk.categorising.words import folded_grams

COLUMNS = 1 << 20
AT_ONCE = 500  # cases held against all others in one step, so that memory stays flat


class Fingerprints:
    """The texts of a window. Some thousands are built in half a second and asked in milliseconds."""

    def __init__(self, texts: Sequence[str]) -> None:
        hashed = [_hashed(text) for text in texts]
        self._starts = np.cumsum([0, *(len(columns) for columns, _ in hashed)])
        self._used, self._columns = np.unique(
            _joined([columns for columns, _ in hashed], np.int64), return_inverse=True
        )
        self._rarity = rarity_of(len(texts), np.bincount(self._columns, minlength=len(self._used)))
        weights = _joined([counts for _, counts in hashed], np.float32) * self._rarity[self._columns]
        lengths = np.sqrt(np.maximum(self._sums(weights * weights), 1e-24))
        self._weights = (weights / np.repeat(lengths, np.diff(self._starts))).astype(np.float32)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def likeness(self, text: str) -> Floats:
        """The cosine of `text` with each case of the window, 0 to 1."""
        columns, counts = _hashed(text)
        place = np.searchsorted(self._used, columns)
        is_known = np.append(self._used, -1)[place] == columns
        rarity = np.full(len(columns), rarity_of(len(self), np.array([0]))[0])
        rarity[is_known] = self._rarity[place[is_known]]
        weights = counts * rarity
        asked = np.zeros(len(self._used), dtype=np.float32)
        asked[place[is_known]] = weights[is_known] / max(float(np.sqrt(weights @ weights)), 1e-12)
        return self._sums(asked[self._columns] * self._weights)

    def groups(self, likeness: float) -> list[list[int]]:
        """Places of cases that are alike, or linked by cases in between; two or more each, largest first."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        if not len(self):
            return []
        pairs = list(self._pairs(likeness))
        ones, others = (np.concatenate(part) for part in zip(*pairs, strict=True))
        links = coo_matrix((np.ones(len(ones), dtype=np.int8), (ones, others)), shape=(len(self), len(self)))
        _, number_of = connected_components(links, directed=False)
        members: dict[int, list[int]] = {}
        for place, number in enumerate(number_of):
            members.setdefault(int(number), []).append(place)
        several = [each for each in members.values() if len(each) > 1]
        return sorted(several, key=lambda each: (-len(each), each))

    def _pairs(self, likeness: float) -> Iterator[tuple[Numbers, Numbers]]:
        from scipy.sparse import csr_matrix

        shape = (len(self), max(len(self._used), 1))
        table = csr_matrix((self._weights, self._columns, self._starts), shape=shape)
        turned = table.T.tocsr()
        for start in range(0, len(self), AT_ONCE):
            alike = (table[start : start + AT_ONCE] @ turned).tocoo()
            enough = alike.data >= likeness - 1e-6
            yield alike.row[enough].astype(np.int64) + start, alike.col[enough].astype(np.int64)

    def _sums(self, values: Floats) -> Floats:
        """Of what stands beside the columns, the sum of each case."""
        if not len(self):
            return values[:0]
        found = np.add.reduceat(np.append(values, np.float32(0)), self._starts[:-1])
        # Of an empty slice reduceat gives the number behind it.
        return np.where(np.diff(self._starts) > 0, found, np.float32(0))


def _hashed(text: str) -> tuple[Numbers, Floats]:
    """Columns in their order and sublinear counts of the words of a text."""
    counted: Counter[int] = Counter()
    for gram, count in folded_grams(text).items():
        counted[zlib.crc32(gram.encode()) % COLUMNS] += count
    columns = sorted(counted)
    counts = np.array([counted[column] for column in columns], dtype=np.float32)
    return np.array(columns, dtype=np.int64), (1 + np.log(counts)).astype(np.float32)


def _joined(parts: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.array([], dtype=kind)
