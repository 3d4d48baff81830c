"""Decisions about articles and exams in plain Python: what is missing, who passed, when a right rests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

KINDS = {
    "explainer": "Explainer",
    "policy": "Policy",
    "script": "Script",
}
LANGUAGES = {"en": "English", "fr": "French", "sw": "Swahili"}
NOTICE_DAYS, MOST_NOTICE_DAYS = 5, 60
PASS_PERCENT = 80
TRIES_A_DAY, MOST_TRIES_A_DAY = 3, 20
MOST_QUESTIONS, MOST_OPTIONS, LONGEST_QUESTION = 50, 8, 500
LONGEST_TITLE, LONGEST_ARTICLE = 120, 50_000
TOPIC = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, what may be chosen, and which of it is right, as places from 0."""

    text: str
    options: tuple[str, ...]
    right: frozenset[int]

    @property
    def several(self) -> bool:
        return len(self.right) > 1

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text, "options": list(self.options), "right": sorted(self.right)}

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Question:
        return cls(known["text"], tuple(known["options"]), frozenset(known["right"]))


def questions_from_text(text: str) -> list[Question]:
    """Questions as a person writes them: a block each, `*` before a right answer, `-` before a wrong one.

        How long may a refund take?
        - a day
        * ten business days

    Raises ValueError with a sentence that names the question.
    """
    found = []
    blocks = [block for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if block.strip()]
    for number, block in enumerate(blocks, start=1):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        asked = [line for line in lines if line[0] not in "*-"]
        chosen = [line for line in lines if line[0] in "*-"]
        options = tuple(line[1:].strip() for line in chosen)
        right = frozenset(place for place, line in enumerate(chosen) if line[0] == "*")
        question = Question(" ".join(asked), options, right)
        if problem := _problem(question):
            raise ValueError(f"Question {number}: {problem}")
        found.append(question)
    if not found:
        raise ValueError("Write at least one question.")
    if len(found) > MOST_QUESTIONS:
        raise ValueError(f"An exam has up to {MOST_QUESTIONS} questions; these are {len(found)}.")
    return found


def questions_as_text(questions: Sequence[Question]) -> str:
    """The same, to be edited."""
    return "\n\n".join(
        "\n".join([
            each.text,
            *(f"{'*' if place in each.right else '-'} {option}" for place, option in enumerate(each.options)),
        ])
        for each in questions
    )  # fmt: skip


def _problem(question: Question) -> str:
    if not question.text:
        return "the question itself is missing: a line without * or -."
    if len(question.text) > LONGEST_QUESTION:
        return f"it is longer than {LONGEST_QUESTION} letters."
    if not 2 <= len(question.options) <= MOST_OPTIONS:
        return f"give two to {MOST_OPTIONS} answers, a line each that begins with * or -."
    if not all(question.options) or len(set(question.options)) < len(question.options):
        return "every answer needs words of its own."
    if not question.right:
        return "mark the right answer with * at its beginning."
    if len(question.right) == len(question.options):
        return "every answer is marked as right: add a wrong one."
    return ""


@dataclass(frozen=True, slots=True)
class Result:
    """How an exam went: `right` of `asked` questions, whole percent rounded down."""

    right: int
    asked: int
    passed: bool

    @property
    def percent(self) -> int:
        return self.right * 100 // self.asked


def result_of(questions: Sequence[Question], answers: Sequence[frozenset[int]], pass_percent: int) -> Result:
    """A question counts when exactly its right answers are chosen; rounding never lets somebody pass."""
    right = sum(question.right == chosen for question, chosen in zip(questions, answers, strict=True))
    return Result(right, len(questions), right * 100 >= pass_percent * len(questions))


def withheld_from(*, published_at: datetime, notice_days: int, joined_at: datetime) -> datetime:
    """From when on the rights of somebody who has not passed rest.

    Whoever was there when the version came out has the notice; whoever joined later passes first.
    """
    if joined_at > published_at:
        return joined_at
    return published_at + timedelta(days=notice_days)


def problem_with_article(*, kind: str, topic: str, language: str, title: str, text: str) -> str:
    """Why this is no article; "" where it is one."""
    if kind not in KINDS or language not in LANGUAGES:
        return "Choose a kind and a language from the lists."
    if not TOPIC.fullmatch(topic) or len(topic) > 60:
        return "The topic is a short word of small letters, digits and hyphens, like refunds or late-payout."
    if not 1 <= len(title.strip()) <= LONGEST_TITLE:
        return f"Give it a title of up to {LONGEST_TITLE} letters."
    if not text.strip():
        return "The text is empty."
    if len(text) > LONGEST_ARTICLE:
        return f"The text has {len(text):,} characters; {LONGEST_ARTICLE:,} can be kept."
    return ""


def cited(title: str, number: int) -> str:
    """How a reply names a version: "Refunds v3"."""
    return f"{title} v{number}"
