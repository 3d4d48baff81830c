"""Exams a person has to pass before rights of theirs count: who says so, and what of it holds now.

A package above owns policies and exams and answers for a person (`answered_by`). What it says is kept with
the person, so that whoever they act as is known without asking further; verbs that change what somebody may
do ask anew (`look_again`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class DueExam:
    """An exam that is not passed: from `withheld_from` on the rows of the authority table do not count.

    `policy` names the version ("Refunds v2").
    """

    exam_id: int
    policy: str
    rows: tuple[str, ...]
    withheld_from: datetime

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self), "rows": list(self.rows), "withheld_from": self.withheld_from.isoformat(),
        }  # fmt: skip

    @classmethod
    def from_json(cls, known: dict[str, Any]) -> DueExam:
        return cls(
            known["exam_id"], known["policy"], tuple(known["rows"]),
            datetime.fromisoformat(known["withheld_from"]),
        )  # fmt: skip

    def days_left(self, now: datetime) -> int:
        """Whole days until it counts, a day that has begun as one; 0 once it does."""
        seconds = (self.withheld_from - now).total_seconds()
        return max(0, -int(-seconds // 86_400))


Answers = Callable[[Any, datetime], Sequence[DueExam]]
_answers: list[Answers] = []


def answered_by(answers: Answers) -> None:
    """Have answers(person, now) say which exams a person has not passed; one package does."""
    _answers[:] = [answers]


def due_exams_of(person: Any, now: datetime) -> list[DueExam]:
    """What the package that owns the exams says about a person now; nothing where none does."""
    return [due for answers in _answers for due in answers(person, now)]


def look_again(person: Any, now: datetime) -> bool:
    """Ask anew and keep the answer with the person; whether it changed. Joins the transaction of a verb."""
    fresh = [due.as_json() for due in due_exams_of(person, now)]
    if fresh == person.due_exams:
        return False
    person.due_exams = fresh
    person.save(update_fields=["due_exams"])
    return True


def withheld(
    due: Iterable[DueExam], rights: frozenset[str], now: datetime
) -> frozenset[tuple[str, str, int]]:
    """(right, why, exam) of those `rights` that an exam withholds now. Seeing is never withheld."""
    found: dict[str, tuple[str, str, int]] = {}
    for each in due:
        if each.withheld_from > now:
            continue
        why = f"Pass the exam of {each.policy} first: your right rests since {each.withheld_from:%-d %B %Y}."
        for right in rights:
            row, _, rest = right.partition(":")
            if rest != "view" and row.removesuffix("_above_limit") in each.rows:
                found.setdefault(right, (right, why, each.exam_id))
    return frozenset(found.values())
