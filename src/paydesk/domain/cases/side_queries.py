"""Reads about side conversations: those of a case, those that wait for somebody, what may close a case."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from paydesk.domain.cases.models import Case, SideMessage, SideTalk
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.models import PersonRole
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of

CODE_PREFIX = "SID"
SUBJECT = "side"
MOST = 50


def code(side: SideTalk) -> str:
    return code_of(CODE_PREFIX, side.pk)


def sides_of(case_id: int) -> list[SideTalk]:
    """The side conversations of a case with what was said, oldest first; two queries."""
    if not has_any(("case", case_id), SideTalk):
        return []
    return list(
        SideTalk.objects.filter(case_id=case_id).prefetch_related("messages").order_by("opened_at", "pk")
    )


def side_for(actor: Actor, side_id: int) -> SideTalk:
    """Raises SideTalk.DoesNotExist also for another market or a case that named people alone see."""
    side = in_markets(SideTalk.objects.select_related("case"), actor).get(pk=side_id)
    if not in_markets(Case.objects.filter(pk=side.case_id), actor).exists():
        raise SideTalk.DoesNotExist
    return side


def asked_of(actor: Actor) -> QuerySet[SideTalk]:
    """Open side conversations that wait for this person, named or by role; the longest waiting first."""
    if actor.id is None:
        return SideTalk.objects.none()
    roles = PersonRole.objects.filter(person_id=actor.id).values("role")
    mine = Q(asked_ids__contains=[actor.id]) | Q(asked_role__in=roles)
    found = in_markets(SideTalk.objects.select_related("case").filter(state="open"), actor)
    seen = in_markets(Case.objects.all(), actor).values("pk")
    return found.filter(mine, case_id__in=seen).exclude(opened_by_id=actor.id).order_by("opened_at", "pk")


def answered_to(actor: Actor) -> QuerySet[SideTalk]:
    """Those this person opened and that were answered since."""
    found = in_markets(SideTalk.objects.select_related("case").filter(state="answered"), actor)
    return found.filter(opened_by_id=actor.id).order_by("answered_at", "pk")


def open_of(case_id: int) -> list[str]:
    """Sentences for what is still asked aside: a case is not resolved before it is closed."""
    return [
        f"{code(side)} with {side.with_words} is {side.state}: close it first."
        for side in SideTalk.objects.filter(case_id=case_id).exclude(state="closed").order_by("pk")
    ]


def to_leave(now: datetime) -> QuerySet[SideMessage]:
    """What goes out by mail now."""
    return SideMessage.objects.filter(delivery="queued", leaves_at__lte=now).select_related("side__case")
