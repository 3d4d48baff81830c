"""Ask a model: the three likeliest categories, why, and whether one may be filled in without a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paydesk.categorising.figures import TOP
from paydesk.categorising.model import Model
from paydesk.categorising.vocabulary import Floats, Weighed

SIMILAR = 3  # examples of each category that are shown
LEAST_LIKE = 0.1
WORDS = 3


@dataclass(frozen=True, slots=True)
class Similar:
    """An earlier case with its key; likeness is the cosine of the words, 0 to 1."""

    key: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One category with how sure it is (0 to 1), the words that speak most for it and the earlier cases of it
    that are most like this one, the most like first."""

    category: str
    confidence: float
    words: tuple[str, ...]
    similar: tuple[Similar, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The likeliest first. `fill` is the category that may be filled in, None where it is unsure; `why` says
    in one sentence why it is, or why not."""

    top: tuple[Suggestion, ...]
    fill: str | None
    why: str

    @property
    def is_unsure(self) -> bool:
        return self.fill is None


def suggest(model: Model, text: str) -> Suggestions:
    """What `text` is about. Any text does; one of which no word is known is unsure of everything."""
    weighed = model.vocabulary.weigh(text)
    return explained(model, weighed, model.confidence(text, weighed))


def explained(model: Model, weighed: Weighed, confidence: NDArray[np.float64]) -> Suggestions:
    """The same from a text that was weighed and asked about already."""
    if not len(weighed.columns):
        return Suggestions((), None, "Unsure: no word of it is known from earlier cases.")
    likeness = model.examples.likeness(weighed)
    likeliest = np.argsort(-confidence, kind="stable")[:TOP]
    top = tuple(
        Suggestion(
            model.categories[place],
            round(float(confidence[place]), 4),
            _words_for(model, weighed, int(place)),
            _similar(model, likeness, int(place)),
        )
        for place in likeliest
    )
    why_not = _why_unsure(model, int(likeliest[0]), float(confidence[likeliest[0]]))
    if why_not is not None:
        return Suggestions(top, None, f"Unsure: {why_not}.")
    best, gate = top[0], model.gates[likeliest[0]]
    return Suggestions(
        top,
        best.category,
        f"Filled in: {best.confidence:.0%} sure, and of {gate.filled} earlier cases that would have been "
        f"filled in as {best.category} {gate.right} were it.",
    )


def _why_unsure(model: Model, place: int, confidence: float) -> str | None:
    category, gate = model.categories[place], model.gates[place]
    if model.threshold is None:
        return "there are too few earlier cases to know from how sure on it is right"
    if confidence < model.threshold:
        return (
            f"{confidence:.0%} sure of {category}, and a category is filled in from {model.threshold:.0%} on"
        )
    return None if gate.is_open else gate.why_closed(category)


def _words_for(model: Model, weighed: Weighed, place: int) -> tuple[str, ...]:
    """The words and pairs of the text that speak most for a category; a word in a pair is not said again."""
    speaks = weighed.word_weights * model.weights[weighed.word_columns, place]
    grams = model.vocabulary.word_at
    chosen: list[str] = []
    for at in np.argsort(-speaks, kind="stable")[: 4 * WORDS]:
        gram = grams[weighed.word_columns[at]]
        is_said = any(set(gram.split()) & set(each.split()) for each in chosen)
        if speaks[at] > 0 and not is_said and len(chosen) < WORDS:
            chosen.append(gram)
    return tuple(chosen)


def _similar(model: Model, likeness: Floats, place: int) -> tuple[Similar, ...]:
    of_category = np.flatnonzero((model.examples.categories == place) & (likeness >= LEAST_LIKE))
    closest = of_category[np.argsort(-likeness[of_category], kind="stable")[:SIMILAR]]
    return tuple(
        Similar(model.examples.keys[case], round(min(float(likeness[case]), 1.0), 4)) for case in closest
    )
