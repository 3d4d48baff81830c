"""Words of a case that stand in what the desk thought it is about, replaced when the case is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from paydesk.domain.parties.forgetting import forgets_cases
from paydesk.domain.triage.models import Suggestion

ERASED = "Erased"


def register() -> None:
    """Make it known to retention."""
    forgets_cases("triage", forget_cases)


def forget_cases(case_ids: Sequence[int], at: datetime) -> dict[str, int]:
    """The words that spoke for a category, and the reason; the categories and their figures stay."""
    found = list(Suggestion.objects.filter(case_id__in=case_ids).exclude(why=ERASED))
    for each in found:
        each.top = [{**part, "words": []} for part in each.top]
        each.why = ERASED
    Suggestion.objects.bulk_update(found, ["top", "why"])
    return {"suggestions": len(found)}
