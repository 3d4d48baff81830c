"""What a guess about a table says: each column, which field it feeds and why, what is still to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from paydesk.importers.delimited.mapping import Field, Mapping
from paydesk.importers.delimited.tables import SEPARATORS
from paydesk.importers.moments import ORDER_WORDS

Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its first different values, and how many of the sampled rows fill it."""

    name: str
    samples: tuple[str, ...]
    filled: int


@dataclass(frozen=True, slots=True)
class FieldGuess:
    """Which column feeds a field, how sure that is, and why, in a sentence."""

    column: str
    confidence: Confidence
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the rows cannot answer: the part of the mapping it is about, the question, the possible answers.

    `assumed` is what the guessed mapping does until a person answers.
    """

    about: str
    text: str
    options: tuple[str, ...]
    assumed: str


@dataclass(frozen=True)
class Guess:
    """A table as it was found, a mapping for it, and what is still open. `mapping.problems()` is empty when
    the file can be read with it as it stands; `rows_seen` is how many rows the guess looked at.
    """

    kind: str
    encoding: str
    separator: str
    header_line: int
    sheet: str
    sheets: tuple[str, ...]
    columns: tuple[Column, ...]
    fingerprint: str
    rows_seen: int
    mapping: Mapping
    fields: dict[Field, FieldGuess]
    questions: tuple[Question, ...]
    warnings: tuple[str, ...]

    @property
    def assumptions(self) -> list[str]:
        """What the mapping assumes beyond its columns, each as a sentence, for whom cannot be asked."""
        found = []
        if "occurred" in self.fields or "booked" in self.fields:
            order = ORDER_WORDS[self.mapping.date_order]
            found.append(f"Dates are read {order}, times as {self.mapping.time_zone}.")
        return found + [f"{question.text} Assumed: {question.assumed}." for question in self.questions]


def dialect_words(guess: Guess) -> str:
    """How the table was found, in words: "UTF-8, comma, header on line 3"."""
    if guess.kind == "xlsx":
        return f"sheet {guess.sheet!r}, header in row {guess.header_line}"
    separator = SEPARATORS.get(guess.separator, repr(guess.separator))
    return f"{guess.encoding.upper()}, {separator}, header on line {guess.header_line}"
