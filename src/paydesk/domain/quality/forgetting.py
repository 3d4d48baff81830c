"""What a customer said of our work, in their words, erased when their case is forgotten; the score stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from paydesk.domain.parties.forgetting import forgets_cases
from paydesk.domain.quality.csat_models import CsatAnswer


def register() -> None:
    """Make it known to retention."""
    forgets_cases("quality", forget_cases)


def forget_cases(case_ids: Sequence[int], at: datetime) -> dict[str, int]:
    """The words beside a score."""
    said = CsatAnswer.objects.filter(invitation__case_id__in=case_ids).exclude(comment="")
    return {"csat comments": said.update(comment="")}
