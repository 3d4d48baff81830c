"""Cases that grow more severe with age: looked at again every hour."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases import rules
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.states import OPEN
from paydesk.domain.cases.steps import keep, record
from paydesk.domain.cases.weighing import severity_now, weigh
from paydesk.kernel.actor import Actor

BATCH = 500
SEEN = ("amount_minor", "currency", "opened_at", "harms", "severity")


@transaction.atomic(durable=True)
def weigh_old(*, by: Actor, now: datetime) -> int:
    """Open cases whose age makes them more severe by now, but where a person said how severe they are.

    Returns how many changed, at most BATCH.
    """
    old = Case.objects.filter(state__in=OPEN, severity_by_hand=False, opened_at__lt=now - rules.OLD_AFTER)
    seen = old.only(*SEEN).order_by("pk").iterator()
    heavier = [case.pk for case in seen if severity_now(case, now) != case.severity]
    number = 0
    held = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=heavier[:BATCH])
    for case in held.filter(state__in=OPEN, severity_by_hand=False).order_by("pk"):
        if weighed := weigh(case, now):
            keep(case, *weighed)
            record("case.weighed", case, by, now, **weighed)
            number += 1
    return number
