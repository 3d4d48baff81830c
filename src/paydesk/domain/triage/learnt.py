"""Asking and making category models: the plain engine beside the tables, read where it is needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from paydesk.categorising.labelled import LabelledRefused
from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import current_tree
from paydesk.domain.triage import actions
from paydesk.domain.triage.models import CategoryModel, Suggestion
from paydesk.domain.triage.queries import (
    current_model,
    figures_in_thousandths,
    labelled_cases,
    text_of_case,
)
from paydesk.kernel.actor import Actor


def learn(model_id: int, *, by: Actor, now: datetime) -> CategoryModel:
    """Learn from resolved cases and keep it; half a minute for 10,000 cases, outside of any transaction."""
    from paydesk.categorising.learning import train
    from paydesk.domain.triage.arrays import packed

    rows = labelled_cases()
    try:
        model = train(rows, learnt_at=now.isoformat())
    except LabelledRefused as refused:
        told = f"{len(rows):,} resolved cases have a category. {refused.text}"
        return actions.give_up(model_id, problem=told, by=by, now=now)
    gates = [
        {"category": name, "labelled": gate.labelled, "filled": gate.filled, "right": gate.right,
         "is_open": gate.is_open}
        for name, gate in zip(model.categories, model.gates, strict=True)
    ]  # fmt: skip
    threshold = None if model.threshold is None else round(model.threshold * 1000)
    return actions.keep_learnt(
        model_id, content=packed(model), cases=int(model.measured["cases"] or 0),
        figures=figures_in_thousandths(model.measured), threshold=threshold, gates=gates, by=by, now=now,
    )  # fmt: skip


def suggest_for(case: Case, *, by: Actor, now: datetime) -> Suggestion | None:
    """Ask the newest model about a case and keep what it says; None while there is no model.

    What is retired is not suggested, and filled in only what is still a category.
    """
    model = current_model()
    if model is None or model.document_id is None:
        return None

    from paydesk.categorising.suggestions import suggest
    from paydesk.domain.triage.arrays import opened

    found = suggest(opened(model.document_id), text_of_case(case))
    known = leaves(current_tree()[1])
    top: list[dict[str, Any]] = [
        {
            "category": each.category,
            "confidence": round(each.confidence * 1000),
            "words": list(each.words),
            "similar": [
                [int(one.key), round(one.likeness * 1000)] for one in each.similar if int(one.key) != case.pk
            ],
        }
        for each in found.top
        if each.category in known
    ]
    fill = found.fill if found.fill in known else None
    return actions.keep_suggestion(
        case.pk, model_id=model.pk, top=top, fill=fill or "", why=found.why, by=by, now=now
    )
