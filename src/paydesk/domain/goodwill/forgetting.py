"""What goodwill says of a person in words, replaced when they are forgotten; amount and posting stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.parties.forgetting import forgets_cases, forgets_person
from paydesk.foundation.approvals.models import Approval

ERASED = "Erased"


def register() -> None:
    """Make it known to retention."""
    forgets_person("goodwill", forget_customer)
    forgets_cases("goodwill", forget_cases)


def forget_customer(customer_id: int, at: datetime) -> dict[str, int]:
    return _without_words(Goodwill.objects.filter(customer_id=customer_id))


def forget_cases(case_ids: Sequence[int], at: datetime) -> dict[str, int]:
    return _without_words(Goodwill.objects.filter(case_id__in=case_ids))


def _without_words(given: QuerySet[Goodwill]) -> dict[str, int]:
    """Its note, and what was written when a second person decided on it."""
    numbers = list(given.values_list("pk", flat=True))
    decided = Approval.objects.filter(subject_kind="goodwill", subject_id__in=numbers)
    decided.exclude(state="pending").update(note="", decision_note="", reasons=[], payload={"erased": True})
    return {"goodwill": Goodwill.objects.filter(pk__in=numbers).exclude(note=ERASED).update(note=ERASED)}
