"""Decisions before the work on a case begins: what goes to risk at once, and when a model is learnt anew."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

SEVERAL = 3  # cases on one merchant, seller or agent within SEVERAL_WITHIN
SEVERAL_WITHIN = timedelta(hours=24)
LEARN_AT_HOUR = 2  # of the night, UTC
# Why a case goes to risk at once, most pressing first, in words for whoever opens it.
ESCALATES = {
    "unauthorised": "The payer did not authorise it, and money moved",
    "regulator": "A regulator wrote",
    "staff": "One of our own people may be involved",
    "vulnerable": "The person is vulnerable",
    "several": "Several cases on one merchant, seller or agent within 24 hours",
}
# To whom an escalation goes for each of these and how severe it is, as risk.rules names both.
GOES_TO = {
    "unauthorised": ("risk", "urgent"),
    "regulator": ("regulator", "urgent"),
    "staff": ("risk", "urgent"),
    "vulnerable": ("risk", "high"),
    "several": ("risk", "high"),
}
UNAUTHORISED_CATEGORY = "fraud.unauthorised"


def escalates_at_once(
    *,
    harms: Collection[str],
    category: str,
    root_cause: str,
    value_moved: bool,
    on_same_merchant: int,
) -> list[str]:
    """Reasons (keys of ESCALATES) why this case cannot wait for its turn; empty where it can.

    `value_moved`: a payment, payout or withdrawal is what it is about. `on_same_merchant` counts the cases,
    this one among them, on one merchant, seller or agent within 24 hours.
    """
    unauthorised = (
        "unauthorised" in harms or root_cause == "unauthorised" or category == UNAUTHORISED_CATEGORY
    )
    found = {
        "unauthorised": unauthorised and value_moved,
        "regulator": "regulator" in harms,
        "staff": "staff" in harms,
        "vulnerable": "vulnerable" in harms,
        "several": on_same_merchant >= SEVERAL,
    }
    return [reason for reason in ESCALATES if found[reason]]


def is_time_to_learn(*, now: datetime, asked_at: datetime | None, resolved_at: datetime | None) -> bool:
    """Whether the night's learning is due: once after two o'clock, where something was resolved since."""
    if resolved_at is None or now.hour < LEARN_AT_HOUR:
        return False
    tonight = now.replace(hour=LEARN_AT_HOUR, minute=0, second=0, microsecond=0)
    return asked_at is None or (asked_at < tonight and resolved_at > asked_at)


def text_of(subject: str, said: Collection[str]) -> str:
    """What a case is judged by: what they wrote, and its subject where that says more than the beginning."""
    words = [text for text in said if text.strip()]
    first = " ".join(words[0].split()) if words else ""
    if not first.startswith(subject.rstrip("…")):
        words.insert(0, subject)
    return "\n".join(words)
