"""Parts of the doors' verbs: a status page made, what a visitor is called in the trail."""

from __future__ import annotations

from datetime import datetime, timedelta

from paydesk.domain.cases.hearing import known_where_answered
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.steps import record
from paydesk.domain.doors import rules
from paydesk.domain.doors.addresses import digest_of_code
from paydesk.domain.doors.models import Chat, StatusLink
from paydesk.domain.doors.queries import chat_of_case
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

RIGHT = "settings.manage"


class DoorRefused(Refused):
    """This cannot be done at a door."""

    code = "door.refused"


def make_link(
    case: Case, kind: str, object_id: int, *, language: str, by: Actor, now: datetime
) -> StatusLink:
    """The row behind the address of a status page, known to the trail; joins the caller's transaction."""
    link = StatusLink.objects.create(
        case=case,
        kind=kind,
        object_id=object_id,
        level=rules.link_level(known_where_answered(case, now)),
        language=language,
        made_by=by.label,
        made_at=now,
        expires_at=now + timedelta(days=rules.LINK_DAYS),
    )
    record("case.status_page_given", case, by, now, link_id=link.pk, about=[kind, object_id])
    return link


def expect_code(case: Case, code: str, until: datetime) -> Chat | None:
    """The visitor of this case's chat may type `code` until then; a new one ends the old. None: no chat."""
    chat = chat_of_case(case.pk)
    if chat is not None:
        Chat.objects.filter(pk=chat.pk).update(code_digest=digest_of_code(code), code_until=until)
    return chat


def end_code(case: Case) -> None:
    """Nobody may type a code into this case's chats any more: it was told in another way."""
    Chat.objects.filter(case=case).exclude(code_digest="").update(code_digest="", code_until=None)
