"""Decisions about improvements in plain Python: what has to be said, what is evidence, when to measure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

LONGEST_TITLE, LONGEST_TEXT, MOST_EVIDENCE = 120, 2_000, 20
EVIDENCE = {"incident": "Incident", "case": "Case", "root_cause": "Root cause"}
MEASURED_OVER = timedelta(days=28)  # before it was done against since
LEAST_SINCE = timedelta(days=7)


def problem_with(title: str, problem: str, expected: str) -> str:
    """What is missing of a proposal; "" where it can be made."""
    if not title.strip() or len(title) > LONGEST_TITLE:
        return f"Say in up to {LONGEST_TITLE} letters what should change."
    if not problem.strip() or len(problem) > LONGEST_TEXT:
        return f"Say in up to {LONGEST_TEXT:,} letters what the problem is."
    if not expected.strip() or len(expected) > LONGEST_TEXT:
        return "Say what it is expected to change: which figure, by how much."
    return ""


def problem_with_evidence(evidence: Sequence[tuple[str, str]]) -> str:
    """Why these links cannot be its evidence; "" where they can."""
    if len(evidence) > MOST_EVIDENCE:
        return f"Name up to {MOST_EVIDENCE} cases, incidents and causes as evidence."
    strange = [kind for kind, _ in evidence if kind not in EVIDENCE]
    return "Evidence is a case, an incident or a root cause." if strange else ""


def spans(done_at: datetime, now: datetime) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
    """(before, since): the time before it was done, as long as the time since, 28 days at most."""
    length = min(max(now - done_at, LEAST_SINCE), MEASURED_OVER)
    return (done_at - length, done_at), (done_at, min(done_at + length, now))


def too_early(done_at: datetime, now: datetime) -> bool:
    """Whether too little time has gone by to say what changed."""
    return now - done_at < LEAST_SINCE
