"""What a case may be about is kept beside it, and that the desk filled it in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.domain.cases.models import Case
from paydesk.domain.triage.models import Suggestion
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def keep_suggestion(
    case_id: int, *, model_id: int, top: list[dict[str, Any]], fill: str, why: str, by: Actor, now: datetime
) -> Suggestion:
    """Keep what the model says of a case; it replaces what was said before, with the newest message."""
    case = Case.objects.get(pk=case_id)
    by.needs("cases.work", market=case.market)
    found, _ = Suggestion.objects.update_or_create(
        case=case,
        defaults={"model_id": model_id, "top": top, "fill": fill, "why": why, "at": now, "filled_at": None},
    )
    said = {"model_id": model_id, "first": top[0]["category"] if top else "", "fill": fill}
    audit.record(
        "category.suggested", subject=("suggestion", found.pk), by=by, at=now, market=case.market,
        changes={"case_id": case.pk, **said},
    )  # fmt: skip
    return found


@transaction.atomic(durable=True)
def mark_filled(case_id: int, *, by: Actor, now: datetime) -> None:
    """Say that the desk filled the category in, so that the case tells it was no person."""
    found = Suggestion.objects.select_for_update().select_related("case").get(case_id=case_id)
    by.needs("cases.work", market=found.case.market)
    if found.filled_at is not None or found.case.category != found.fill:
        return
    found.filled_at = now
    found.save(update_fields=["filled_at"])
    audit.record(
        "category.filled_in", subject=("suggestion", found.pk), by=by, at=now, market=found.case.market,
        changes={"case_id": case_id, "category": found.fill},
    )  # fmt: skip
