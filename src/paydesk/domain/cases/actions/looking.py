"""Who looks at a case: kept so that two do not work on it unseen, and so that what is new is known."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from paydesk.domain.cases.models import Case, Visit
from paydesk.domain.cases.steps import CaseRefused
from paydesk.foundation.people.restricted import refuse_if_restricted
from paydesk.kernel.actor import Actor

KEPT_AGAIN_AFTER = timedelta(seconds=5)


@transaction.atomic(durable=True)
def look_at(case_id: int, *, by: Actor, now: datetime) -> None:
    """Say that somebody has the case open now. Writes no audit record: nothing was done.

    Asked again within a few seconds it writes nothing. Raises CaseRefused for a case of another market.
    """
    market = Case.objects.filter(pk=case_id).values_list("market", flat=True).first()
    if market is None or not by.sees(market):
        raise CaseRefused("There is no such case in your markets.")
    by.needs("cases.work:view", market=market)
    refuse_if_restricted(by, "case", case_id)
    if by.id is None:
        return
    known = Visit.objects.filter(case_id=case_id, person_id=by.id)
    if not known.filter(here_at__gt=now - KEPT_AGAIN_AFTER).exists() and not known.update(here_at=now):
        Visit.objects.bulk_create(
            [Visit(case_id=case_id, person_id=by.id, here_at=now)],
            update_conflicts=True,
            unique_fields=["case", "person_id"],
            update_fields=["here_at"],
        )
