"""Which case is judged by which training: five parts, by what the cases say and not by their order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paydesk.categorising.labelled import Labelled

FOLDS = 5


def in_order(rows: Sequence[Labelled]) -> list[Labelled]:
    """The same cases in the same order, however they came."""
    return sorted(rows, key=lambda row: (row.category, _digest(row.text), row.key))


def fold_of_each(rows: Sequence[Labelled]) -> NDArray[np.int64]:
    """0 to 4 for each case: every category is spread over all parts, equal texts stay together.

    So no text is judged by a training that has seen it.
    """
    by_category: dict[str, set[bytes]] = defaultdict(set)
    digests = [_digest(row.text) for row in rows]
    for row, digest in zip(rows, digests, strict=True):
        by_category[row.category].add(digest)
    fold: dict[bytes, int] = {}
    place = 0
    for category in sorted(by_category):
        for digest in sorted(by_category[category] - fold.keys()):
            fold[digest] = place % FOLDS
            place += 1
    return np.array([fold[digest] for digest in digests], dtype=np.int64)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
