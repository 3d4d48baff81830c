"""Parts of the verbs of triage that share a transaction: the record in the trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from paydesk.domain.triage.models import CategoryModel
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

LEARN, EDIT = "categories.learn", "categories.edit"


class TriageRefused(Refused):
    """This cannot be learnt, suggested or changed."""

    code = "triage.refused"


def record_model(verb: str, model: CategoryModel, by: Actor, now: datetime, **changes: Any) -> None:
    audit.record(verb, subject=("category_model", model.pk), by=by, at=now, changes=changes)
