"""What the worker does before a person looks: learns at night, suggests, raises what is grave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from paydesk.domain.cases.actions import sort_case
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.states import OPEN
from paydesk.domain.triage import actions, learnt
from paydesk.domain.triage.models import CategoryModel
from paydesk.domain.triage.queries import cases_without_suggestion, current_model, last_resolved_at
from paydesk.domain.triage.rules import is_time_to_learn
from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.handlers import on
from paydesk.kernel.actor import system

WORKER = system("worker")
AT_ONCE = 50


@on("categories.to_learn")
def learn_categories(payload: dict[str, Any]) -> None:
    """Learn what was asked for; once it is kept, nothing is done again."""
    if CategoryModel.objects.filter(pk=payload["model_id"], state="asked").exists():
        learnt.learn(payload["model_id"], by=WORKER, now=timezone.now())


@housekeeping.every(300, "learn categories at night")
def learn_at_night(now: datetime) -> bool:
    """Once a night, where a case was resolved since."""
    asked = CategoryModel.objects.order_by("-asked_at").values_list("asked_at", flat=True).first()
    is_due = is_time_to_learn(now=now, asked_at=asked, resolved_at=last_resolved_at())
    if is_due:
        actions.ask_to_learn(by=WORKER, now=now)
    return is_due


@on("case.opened")
@on("case.heard")
def look_at_case(payload: dict[str, Any]) -> None:
    """The customer said something: what the case may be about, filled in where that was earned."""
    case = Case.objects.filter(pk=payload["case_id"], state__in=OPEN).first()
    if case is not None:
        suggest_and_fill(case, timezone.now())


def suggest_and_fill(case: Case, now: datetime) -> None:
    """Suggest; what nobody has sorted yet is filled in above the threshold, where that was earned."""
    found = learnt.suggest_for(case, by=WORKER, now=now)
    if found is not None and found.fill and not case.category:
        sort_case(case.pk, category=found.fill, version=case.version, by=WORKER, now=now)
        actions.mark_filled(case.pk, by=WORKER, now=now)


@housekeeping.every(60, "suggest categories")
def suggest_for_the_rest(now: datetime) -> int:
    """Cases that came before the newest model was learnt and are not sorted yet."""
    model = current_model()
    waiting = cases_without_suggestion(model.pk, AT_ONCE) if model else []
    for case in Case.objects.filter(pk__in=waiting):
        suggest_and_fill(case, now)
    return len(waiting)


@housekeeping.every(60, "raise what goes to risk at once")
def raise_what_is_grave(now: datetime) -> int:
    """Cases that cannot wait for their turn, also by what was said or sorted later."""
    return actions.raise_escalations(by=WORKER, now=now)
