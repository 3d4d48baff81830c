"""Status pages: giving the address of one out, taking it back, counting who looks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from paydesk.domain.cases.hearing import known_where_answered
from paydesk.domain.cases.queries import link_pairs
from paydesk.domain.cases.steps import locked, record
from paydesk.domain.doors import rules
from paydesk.domain.doors.models import StatusLink, Visit
from paydesk.domain.doors.queries import looked_lately, why_no_page
from paydesk.domain.doors.steps import DoorRefused, make_link
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def give_status_page(
    case_id: int, *, kind: str, object_id: int, language: str = "", by: Actor, now: datetime
) -> StatusLink:
    """A page that shows whoever this case is with where (kind, id) stands; the one that is good already.

    Only of what the case is about, and of what they may hear. Its address is `addresses.token_of`. Raises
    DoorRefused, CaseRefused.
    """
    case = locked(case_id, by)
    if (kind, object_id) != ("case", case.pk) and (kind, object_id) not in link_pairs(case.pk):
        raise DoorRefused("This case is not about that: confirm the link first.")
    if why := why_no_page(case, (kind, object_id), now):
        raise DoorRefused(why)
    language = language if language in rules.LANGUAGES else case.language
    language = language if language in rules.LANGUAGES else "en"
    level = rules.link_level(known_where_answered(case, now))
    known = StatusLink.objects.filter(
        case=case, kind=kind, object_id=object_id, level=level, language=language,
        withdrawn_at=None, expires_at__gt=now + timedelta(days=rules.LINK_DAYS // 2),
    )  # fmt: skip
    if (found := known.order_by("-pk").first()) is not None:
        return found
    return make_link(case, kind, object_id, language=language, by=by, now=now)


@transaction.atomic(durable=True)
def withdraw_status_page(link_id: int, *, by: Actor, now: datetime) -> StatusLink:
    """From now on nobody opens this page, whoever has its address. Withdrawing twice is the same as once."""
    link = StatusLink.objects.filter(pk=link_id).first()
    if link is None:
        raise DoorRefused("There is no such status page.")
    case = locked(link.case_id, by, also_over=True)
    changed = StatusLink.objects.filter(pk=link_id, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by=by.label
    )
    if changed:
        record("case.status_page_withdrawn", case, by, now, link_id=link.pk)
    link.refresh_from_db()
    return link


@transaction.atomic(durable=True)
def note_visit(link_id: int, *, device: str = "", by: Actor, now: datetime) -> bool:
    """Somebody looked; again within ten minutes it is the same visit. Returns whether it counts.

    `device` is a key of rules.DEVICES: nothing else is kept of whoever it was.

    Writes no audit record: nothing of ours changed.
    """
    del by  # a visitor: nobody knows who
    if looked_lately(link_id, now):
        return False
    Visit.objects.create(link_id=link_id, at=now, device=device)
    return True
