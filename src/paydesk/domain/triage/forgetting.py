"""What triage keeps of the words of a case, replaced when the case is forgotten: why the desk thought what it
is about, and the models that were learnt from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from paydesk.domain.cases.models import Case
from paydesk.domain.parties.forgetting import forgets_cases
from paydesk.domain.triage.models import CategoryModel, Suggestion
from paydesk.domain.triage.queries import ERASED
from paydesk.domain.triage.states import MODEL
from paydesk.domain.triage.steps import record_model
from paydesk.foundation.documents.steps import replace_content
from paydesk.foundation.outbox.steps import put
from paydesk.kernel.actor import system

FORGOTTEN = "A case it was learnt from was forgotten; it is learnt anew without it."
_TOMBSTONE = b"Erased: a case it was learnt from was forgotten.\n"


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
    return {"suggestions": len(found), "category models": _forget_models(case_ids, at)}


def _forget_models(case_ids: Sequence[int], at: datetime) -> int:
    """Words of these cases out of every model: what was learnt from one of them goes as a whole, what is
    being learnt now is not kept, and the worker learns anew from the cases that are left.

    A model keeps no list of its words' cases, so one word of one person cannot be told from the others'.
    """
    taught = Case.objects.filter(pk__in=case_ids, resolved_at__isnull=False).exclude(category="")
    first = taught.order_by("resolved_at").values_list("resolved_at", flat=True).first()
    if first is None:
        return 0
    by, number = system("retention"), 0
    learnt = CategoryModel.objects.select_for_update().filter(state="ready", learnt_at__gte=first)
    for model in [*learnt.order_by("pk"), *CategoryModel.objects.select_for_update().filter(state="asked")]:
        if model.document_id is not None:
            replace_content(
                model.document_id, _TOMBSTONE, file_name="erased.txt", by=by, at=at, why="erasure"
            )
        model.state, model.document_id = MODEL.after("forget", model.state), None
        model.problem = FORGOTTEN
        model.save(update_fields=["state", "document_id", "problem"])
        record_model("categories.forgotten", model, by, at)
        number += 1
    if number:
        made = CategoryModel.objects.create(asked_by=by.label, asked_at=at)
        record_model("categories.asked_to_learn", made, by, at)
        put("categories.to_learn", {"model_id": made.pk})
    return number
