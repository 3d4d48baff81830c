"""What a case is about: the desk proposes, a person confirms or rejects, and links what it did not see."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases.models import CaseLink
from paydesk.domain.cases.steps import CaseRefused, keep, locked, record
from paydesk.domain.cases.weighing import weigh
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def link(
    case_id: int, *, kind: str, object_id: int, found_as: str = "", by: Actor, now: datetime
) -> CaseLink:
    """Say that a case is about (kind, id). The screen sees to it that the thing is there to be seen."""
    case = locked(case_id, by)
    known = CaseLink.objects.filter(case=case, kind=kind, object_id=object_id).first()
    if known is not None and known.state == "confirmed":
        return known
    made, _ = CaseLink.objects.update_or_create(
        case=case,
        kind=kind,
        object_id=object_id,
        defaults={
            "state": "confirmed", "found_as": found_as[:80] or "linked by hand", "decided_by": by.label,
            "at": now,
        },
    )  # fmt: skip
    weighed = weigh(case, now)
    keep(case, *weighed)
    record("case.linked", case, by, now, link=[kind, object_id], **weighed)
    return made


def confirm_link(link_id: int, *, by: Actor, now: datetime) -> CaseLink:
    """It is about this."""
    return _decide(link_id, "confirmed", by, now)


def reject_link(link_id: int, *, by: Actor, now: datetime) -> CaseLink:
    """It is not about this; it is not proposed again."""
    return _decide(link_id, "rejected", by, now)


@transaction.atomic(durable=True)
def _decide(link_id: int, state: str, by: Actor, now: datetime) -> CaseLink:
    found = CaseLink.objects.filter(pk=link_id).first()
    if found is None:
        raise CaseRefused("This link is gone: look at the case again.")
    case = locked(found.case_id, by)
    found.refresh_from_db()
    if found.state == state:
        return found
    was, found.state, found.decided_by = found.state, state, by.label
    found.save(update_fields=["state", "decided_by"])
    weighed = weigh(case, now)
    keep(case, *weighed)
    about = [found.kind, found.object_id]
    record(f"case.link_{state}", case, by, now, link=about, state=[was, state], **weighed)
    return found
