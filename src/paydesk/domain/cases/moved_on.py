"""Whether a case that was split off went its own way since, so that it does not go back."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases.asks import Link
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code, link_pairs
from paydesk.foundation.audit.queries import histories

# Of what a case is about, the kinds that are money on its way.
MONEY = ("payment", "refund", "goodwill", "withdrawal", "exception", "order")


def why_not_taken_back(child: Case) -> str:
    """Why a split is not taken back; "" where it may be. Two queries.

    Money is everybody's: what was done to it since may have been done because of either case.
    """
    assert child.split_off is not None, "it was split off"
    said = Message.objects.filter(case=child, is_automatic=False).exclude(delivery="taken_back")
    if said.filter(direction="out").exists() or said.filter(outcome="answered").exists():
        return (
            f"{code(child)} was answered since: it goes its own way. Merge the two if they are one after all."
        )
    if _was_done_since(link_pairs(child.pk), datetime.fromisoformat(child.split_off["at"])):
        return f"Money was moved since about what {code(child)} is about: it goes its own way."
    return ""


def _was_done_since(about: list[Link], since: datetime) -> bool:
    subjects: dict[str, list[int | str]] = {}
    for kind, number in about:
        if kind in MONEY:
            subjects.setdefault(kind, []).append(number)
    return bool(subjects) and histories(subjects).filter(at__gt=since).exists()
