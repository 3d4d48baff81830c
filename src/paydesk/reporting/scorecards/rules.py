"""What the figures of people and teams mean, in words and in plain Python: counts in, shares out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WINDOW_DAYS = 7  # of first-contact resolution


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `good` over `good` + `bad` is its share; what else is counted stands beside it."""

    name: str
    words: str
    definition: str
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    is_mean: bool = False  # of the values of its rows, in percent


OUTCOMES = {
    "stands": "stands", "corrected": "later corrected",
    "met": "met", "breached": "breached", "waived": "waived", "merged": "merged",
    "first": "at the first contact", "contacts": "several contacts", "reopened": "opened again",
    "again": "came again", "window": "window still runs", "excluded": "left out",
    "satisfied": "satisfied", "unsatisfied": "not satisfied", "silent": "no answer", "not_asked": "not asked",
    "scored": "scored", "critical": "critical item failed",
    "resolved": "cases resolved", "answer": "answers sent", "call": "calls logged", "posting": "postings",
}  # fmt: skip
FIGURES = {
    each.name: each
    for each in (
        Figure(
            "accuracy", "Accuracy",
            "1 − own postings later corrected ÷ own postings. Own: journal entries this person made in the "
            "time shown. Corrected: a person since took it back, took it off and did not lay it again in the "
            "same act, moved it on, or undid it. What a provider takes back is no correction.",
            ("stands",), ("corrected",),
        ),
        Figure(
            "timeliness", "Timeliness",
            "Clocks met ÷ (met + breached) of the cases and promises this person worked on, by when they "
            "ended or were due. A clock that was met late is breached. Waived and merged ones are counted "
            "beside.",
            ("met",), ("breached",), ("waived", "merged"),
        ),
        Figure(
            "fcr", "First-contact resolution",
            "Cases resolved in the time shown with exactly one contact of ours, not opened again, and no new "
            f"case of the same person about the same payment or category within {WINDOW_DAYS} days. "
            "Several messages of ours before the customer says anything are one contact; an answered call is "
            "one. "
            "Left out: nothing of ours, fraud; cases whose window still runs wait beside.",
            ("first",), ("contacts", "reopened", "again"), ("window", "excluded"),
        ),
        Figure(
            "csat", "Satisfaction",
            "Satisfied (4 or 5 of 5) ÷ answered, of cases resolved in the time shown; the last answer "
            "within 72 hours of the first counts. Response rate: answered ÷ asked. Asked once, four hours "
            "after a case is resolved; not asked: nothing of ours, merged, fraud, a regulator, no address.",
            ("satisfied",), ("unsatisfied",), ("silent", "not_asked"),
        ),
        Figure(
            "qa", "QA score",
            "Mean of the scores of reviews of work in the time shown, whole percent; a critical item that "
            "failed makes one 0. Appeals count as settled; calibrations count for nobody.",
            beside=("scored", "critical"), is_mean=True,
        ),
        Figure(
            "escalations", "Escalations",
            "Mean of the scores of reviews of what this person handed to risk or finance, by when it was "
            "over: was it right, was everything there, did it go in time. A sample of each team's month, "
            "drawn by rule; above an amount all.",
            beside=("scored", "critical"), is_mean=True,
        ),
        Figure(
            "volume", "Volume",
            "Cases resolved after this person had the last word, answers that left or were delivered, "
            "calls logged, journal entries made.",
            beside=("resolved", "answer", "call", "posting"),
        ),
    )
}  # fmt: skip


@dataclass(slots=True)
class Counted:
    """Counts of one figure by outcome, and the sum of the values of its rows."""

    figure: Figure
    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0

    def add(self, outcome: str, number: int, value: int = 0) -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + number
        self.total += value

    def of(self, outcomes: tuple[str, ...]) -> int:
        return sum(self.counts.get(outcome, 0) for outcome in outcomes)

    @property
    def numerator(self) -> int:
        return self.of(self.figure.good)

    @property
    def denominator(self) -> int:
        return self.of(self.figure.good) + self.of(self.figure.bad)

    @property
    def tenths(self) -> int | None:
        """The figure in tenths of a percent, rounded half up; None where nothing is counted."""
        if self.figure.is_mean:
            number = sum(self.counts.values())
            return _tenths(self.total, number * 100)
        return _tenths(self.numerator, self.denominator) if self.figure.good else None

    @property
    def response_tenths(self) -> int | None:
        """Answered of asked, in tenths of a percent; None where nobody was asked."""
        asked = self.denominator + self.counts.get("silent", 0)
        return _tenths(self.denominator, asked) if self.figure.name == "csat" else None


def _tenths(part: int, whole: int) -> int | None:
    return (2000 * part + whole) // (2 * whole) if whole else None


def percent(tenths: int | None) -> str:
    """ "97.5 %"; "–" where nothing is counted."""
    return "–" if tenths is None else f"{tenths // 10}.{tenths % 10} %"


def summed(parts: Mapping[int, Counted], figure: Figure) -> Counted:
    """The figure of several people: their counts together, never a mean of shares."""
    whole = Counted(figure)
    for part in parts.values():
        for outcome, number in part.counts.items():
            whole.add(outcome, number)
        whole.total += part.total
    return whole
