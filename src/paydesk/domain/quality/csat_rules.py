"""Decisions about asking customers in plain Python: whom, when, which answer counts, what the score is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from paydesk.domain.cases.rules import by_a_person_alone

DELAY = timedelta(hours=4)  # after it was resolved, so that one who writes again is not asked
WINDOW = timedelta(hours=72)  # from the first answer: the last one inside counts
OPEN_FOR = timedelta(days=30)
REMIND_AFTER = timedelta(days=3)  # once, whoever has not answered
REMIND_WITHIN = timedelta(days=7)  # of the first message; later nobody remembers what it is about
LOOKS_BACK = timedelta(days=7)  # a case resolved longer ago is not asked about any more
SATISFIED = 4  # of five, and above
LONGEST_COMMENT = 2000
LANGUAGES = ("en", "fr", "sw")
SCORES = {1: "Very bad", 2: "Bad", 3: "Neither", 4: "Good", 5: "Very good"}
WHY_NOT = {
    "spam": "Nothing of ours",
    "merged": "Merged",
    "fraud": "Fraud",
    "regulator": "A regulator wrote",
    "person_alone": "A lawyer, a regulator or a vulnerable person: only people write to them",
    "no_address": "No e-mail address known",
}
DEFINITION = (
    "Satisfied (4 or 5 of 5) of those who answered. Asked once, four hours after a case is resolved, and "
    "reminded once at most, after three days; the last answer within 72 hours of the first counts. Not asked:"
    " nothing of ours, merged, fraud, a regulator, a lawyer, a vulnerable person; whoever has no address."
)


def why_no_invitation(*, state: str, category: str, harms: Collection[str], contact: str) -> str:
    """A key of WHY_NOT, "" where the customer is asked."""
    if state == "merged":
        return "merged"
    if category == "other.no_case":
        return "spam"
    if category.startswith("fraud.") or "unauthorised" in harms:
        return "fraud"
    if "regulator" in harms:
        return "regulator"
    if by_a_person_alone(harms):
        return "person_alone"
    return "" if "@" in contact else "no_address"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer."""

    at: datetime
    score: int


def counts(answers: Sequence[Said]) -> Said | None:
    """The answer that counts: the last within the window of the first."""
    if not answers:
        return None
    first = min(each.at for each in answers)
    return max((each for each in answers if each.at - first <= WINDOW), key=lambda each: each.at)


def is_open(answers: Sequence[Said], *, expires_at: datetime, now: datetime) -> bool:
    """Whether an address still takes an answer."""
    if not answers:
        return now < expires_at
    return now - min(each.at for each in answers) <= WINDOW
