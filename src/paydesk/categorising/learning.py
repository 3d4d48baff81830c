"""Learn from labelled cases: a linear model over words and pieces, and how far it can be believed.

The same cases give the same model, whatever their order. Five times a fifth is left out and judged by what
the rest taught: from these scores come sharpness, threshold, gates and the figures shown beside the model.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from paydesk.categorising.calibration import confidences, learn_gates, learn_sharpness, learn_threshold
from paydesk.categorising.counted_texts import CountedTexts, Learnt, count_texts
from paydesk.categorising.figures import figures
from paydesk.categorising.folds import FOLDS, fold_of_each, in_order
from paydesk.categorising.labelled import Labelled, LabelledRefused
from paydesk.categorising.minilm import minilm, one_thread
from paydesk.categorising.model import Examples, Model
from paydesk.categorising.semantic import Meaning, as_scores, mix, sharpened_mix
from paydesk.categorising.vocabulary import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_CATEGORIES = 1_000
SEED = 0
C_OF_WORDS, C_OF_MEANING = 1.0, 10.0  # how closely a learner follows the cases; chosen on training cases
Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class _Linear:
    """One score for each category: `given @ weights + bias`."""

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def scores(self, given: Any) -> NDArray[np.float64]:
        return np.asarray(given @ self.weights + self.bias)


def train(
    rows: Iterable[Labelled],
    *,
    semantic: bool = False,
    learnt_at: str = "",
    progress: Progress = lambda text: None,
) -> Model:
    """A model of `rows`; `semantic` mixes in what texts mean and needs the extra of that name.

    10,000 short cases take half a minute of one core. Cases without a text are left out. Raises
    LabelledRefused where fewer than two categories are left or more than 1,000, SemanticRefused where the
    extra is not installed.
    """
    cases = in_order([row for row in rows if row.text.strip()])
    categories = tuple(sorted({row.category for row in cases}))
    if len(categories) < 2:
        found = f"only {categories[0]}" if categories else "none"
        raise LabelledRefused(f"At least two categories with a text are needed to learn; there is {found}.")
    if len(categories) > MOST_CATEGORIES:
        raise LabelledRefused(
            f"There are {len(categories):,} categories in {len(cases):,} cases and at most "
            f"{MOST_CATEGORIES:,} can be learnt: is the column category the right one?"
        )
    place = {category: number for number, category in enumerate(categories)}
    right = np.array([place[row.category] for row in cases], dtype=np.int64)
    meant = _embedded(cases, progress) if semantic else None
    progress(f"Counting the words of {len(cases):,} cases in {len(categories)} categories ...")
    texts = count_texts([row.text for row in cases])
    judged = _judge(texts, meant, right, fold_of_each(cases), len(categories), progress)
    progress("Learning from all cases ...")
    everything = np.arange(len(cases))
    learnt = texts.learn(everything)
    linear = _learn_words(learnt.weighed(everything), right, len(categories))
    meaning = None
    if meant is not None:
        by_meaning = _learn_meaning(meant, right, len(categories))
        meaning = Meaning(
            by_meaning.weights.astype(np.float32), by_meaning.bias.astype(np.float32), judged.mixed_sharpness
        )
    labelled = np.bincount(right, minlength=len(categories))
    threshold = learn_threshold(judged.confidence.max(axis=1), judged.is_right)
    return Model(
        categories=categories,
        vocabulary=learnt.vocabulary(),
        weights=linear.weights.astype(np.float32),
        bias=linear.bias.astype(np.float32),
        sharpness=judged.sharpness,
        threshold=threshold,
        gates=learn_gates(judged.confidence, judged.right, labelled, threshold),
        examples=_examples(learnt, cases, right),
        measured={
            "cases": len(cases),
            "categories": len(categories),
            **figures(judged.confidence, judged.right, threshold),
        },
        learnt_at=learnt_at,
        meaning=meaning,
    )


@dataclass(frozen=True, eq=False)
class _Judged:
    """Cases judged by what the others taught: a row of confidences each, and the right column."""

    confidence: NDArray[np.float64]
    right: NDArray[np.int64]
    sharpness: float
    mixed_sharpness: float

    @property
    def is_right(self) -> NDArray[np.bool_]:
        return np.asarray(self.confidence.argmax(axis=1) == self.right)


def _judge(
    texts: CountedTexts,
    meant: Floats | None,
    right: NDArray[np.int64],
    fold: NDArray[np.int64],
    categories: int,
    progress: Progress,
) -> _Judged:
    scores = np.zeros((len(right), categories))
    means = np.zeros((len(right), categories))
    is_judged = np.zeros(len(right), dtype=bool)
    for number in range(FOLDS):
        left_out, rest = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        if not len(left_out) or len(np.unique(right[rest])) < 2:
            continue
        progress(f"Judging part {number + 1} of {FOLDS} by the others ...")
        learnt = texts.learn(rest)
        linear = _learn_words(learnt.weighed(rest), right[rest], categories)
        scores[left_out] = linear.scores(learnt.weighed(left_out))
        if meant is not None:
            means[left_out] = _learn_meaning(meant[rest], right[rest], categories).scores(meant[left_out])
        is_judged[left_out] = True
    scores, means, right = scores[is_judged], means[is_judged], right[is_judged]
    sharpness = learn_sharpness(scores, right)
    confidence = confidences(scores, sharpness)
    if meant is None:
        return _Judged(confidence, right, sharpness, 1.0)
    mixed = mix(confidence, confidences(means, 1.0))
    mixed_sharpness = learn_sharpness(as_scores(mixed), right)
    return _Judged(sharpened_mix(mixed, mixed_sharpness), right, sharpness, mixed_sharpness)


def _learn_words(given: csr_matrix, right: NDArray[np.int64], categories: int) -> _Linear:
    from sklearn.svm import LinearSVC

    return _fitted(LinearSVC(C=C_OF_WORDS, random_state=SEED), given, right, categories)


def _learn_meaning(given: Floats, right: NDArray[np.int64], categories: int) -> _Linear:
    from sklearn.linear_model import LogisticRegression

    with one_thread():
        return _fitted(LogisticRegression(C=C_OF_MEANING, max_iter=300), given, right, categories)


def _fitted(learner: Any, given: Any, right: NDArray[np.int64], categories: int) -> _Linear:
    """What `learner` made of it, with a column for each category; one it has not seen is the least likely."""
    if not given.shape[1]:  # texts of single letters: there is nothing to tell them apart by
        return _Linear(np.zeros((0, categories)), np.zeros(categories))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not quite converged is good enough, and judged like the rest
        learner.fit(given, right)
    weights, bias = learner.coef_.T, learner.intercept_
    if len(learner.classes_) == 2:  # one score tells the two apart
        weights, bias = np.hstack([-weights, weights]), np.append(-bias, bias)
    whole = np.zeros((weights.shape[0], categories))
    whole_bias = np.full(categories, -10.0)
    whole[:, learner.classes_], whole_bias[learner.classes_] = weights, bias
    return _Linear(whole, whole_bias)


def _embedded(cases: Sequence[Labelled], progress: Progress) -> Floats:
    model = minilm()
    progress(f"Reading the meaning of {len(cases):,} cases ...")
    return model.embed_all([row.text for row in cases])


def _examples(learnt: Learnt, cases: Sequence[Labelled], right: NDArray[np.int64]) -> Examples:
    by_word = learnt.words_weighed(np.arange(len(cases))).tocsc()
    by_word.sort_indices()
    return Examples(
        tuple(row.key for row in cases),
        right.astype(np.int32),
        by_word.indptr.astype(np.int64),
        by_word.indices.astype(np.int32),
        by_word.data.astype(np.float32),
    )
