"""A category model is asked for, and what came of it is kept."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.domain.triage.models import CategoryModel
from paydesk.domain.triage.states import MODEL
from paydesk.domain.triage.steps import LEARN, record_model
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.outbox.steps import put
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def ask_to_learn(*, by: Actor, now: datetime) -> CategoryModel:
    """Have the categories learnt anew from resolved cases; the worker does it within a minute.

    While one is under way it is that one. Raises NotAllowedRefused.
    """
    by.needs(LEARN)
    known = CategoryModel.objects.select_for_update().filter(state="asked").first()
    if known is not None:
        return known
    model = CategoryModel.objects.create(asked_by=by.label, asked_at=now)
    record_model("categories.asked_to_learn", model, by, now)
    put("categories.to_learn", {"model_id": model.pk})
    return model


@transaction.atomic(durable=True)
def keep_learnt(
    model_id: int,
    *,
    content: bytes,
    cases: int,
    figures: Mapping[str, Any],
    threshold: int | None,
    gates: list[dict[str, Any]],
    by: Actor,
    now: datetime,
) -> CategoryModel:
    """Keep what was learnt: the arrays as a document, the figures beside. From now on it is asked.

    `figures` and `threshold` are thousandths. A model that is kept already stays as it is, and one of whose
    cases somebody was forgotten meanwhile is not kept.
    """
    by.needs(LEARN)
    model = CategoryModel.objects.select_for_update().get(pk=model_id)
    if model.state != "asked":
        return model
    model.state = MODEL.after("finish", model.state)
    document = documents.store(
        io.BytesIO(content), filename=f"categories-{model.pk}.zip", by=by, now=now, retention="working"
    )
    model.document_id, model.learnt_at, model.cases = document.pk, now, cases
    model.figures, model.threshold, model.gates = dict(figures), threshold, gates
    model.save()
    record_model("categories.learnt", model, by, now, cases=cases, accuracy=figures.get("accuracy"))
    return model


@transaction.atomic(durable=True)
def give_up(model_id: int, *, problem: str, by: Actor, now: datetime) -> CategoryModel:
    """Nothing could be learnt; `problem` says why. The model of before goes on being asked."""
    by.needs(LEARN)
    model = CategoryModel.objects.select_for_update().get(pk=model_id)
    if model.state != "asked":
        return model
    model.state, model.problem = MODEL.after("give_up", model.state), problem[:2000]
    model.save(update_fields=["state", "problem"])
    record_model("categories.not_learnt", model, by, now)
    return model
