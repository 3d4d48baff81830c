"""Which step of a payment is late against what is usual on its route, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

# Steps that are measured, from where to where.
STEPS = {
    "received": "from being paid until the provider's row was with us",
    "applied": "from our receipt until it was applied",
    "settled": "from its day until the provider's sweep was in the bank",
}
FEWEST = 20  # payments that a norm is made of; fewer say nothing


@dataclass(frozen=True, slots=True)
class Norm:
    """95 of 100 of `count` payments took at most `most_seconds`."""

    count: int
    half_seconds: int
    most_seconds: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A step as it went: from `since`, done at `at` or not. `source` names the row or entry.

    `on` is its day where nobody told a time.
    """

    name: str
    words: str
    since: datetime | None
    at: datetime | None
    source: str = ""
    to_do: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class TraceStep:
    """A step with its judgement: `late` says how late, "" where it is in time or nothing is known."""

    name: str
    words: str
    is_done: bool
    at: datetime | date | None
    source: str
    late: str
    usual: str

    @property
    def family(self) -> str:
        """Its colour: late and open is what somebody looks for first."""
        if self.late:
            return "held" if self.is_done else "failed"
        return "settled" if self.is_done else "held"


def judged(passed: Sequence[Passed], norms: Mapping[str, Norm], now: datetime) -> list[TraceStep]:
    """Every step with what is usual; what is still open is named by what is to do."""
    found = []
    for step in passed:
        norm = norms.get(step.name)
        took = int(((step.at or now) - step.since).total_seconds()) if step.since is not None else None
        late = ""
        if norm is not None and took is not None and took > norm.most_seconds:
            so_far = "" if step.at is not None else " so far"
            late = (
                f"LATE: {span_words(took)}{so_far}; 95 of 100 take up to {span_words(norm.most_seconds)} here"
            )
        usual = f"usually {span_words(norm.half_seconds)}" if norm is not None else ""
        done = step.at or step.on
        words = step.words if done is not None else step.to_do or step.words
        found.append(TraceStep(step.name, words, done is not None, done, step.source, late, usual))
    return found


def span_words(seconds: int) -> str:
    """ "40 s", "3 min", "5 h", "2 days": rounded down, as people say it; a second at least."""
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size or (unit == "h" and seconds >= size) or (unit == "min" and seconds >= size):
            return f"{seconds // size} {unit}"
    return f"{max(seconds, 1)} s"
