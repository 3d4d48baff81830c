"""Which messages stand in a case: those said in it, in cases merged into it, and those split off into it; and
which of them wait."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import Case, Message, SplitOff
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.restricted import hidden_beside

# What answered them: it was taken by a server, or they were talked to. Never what a machine wrote.
ARRIVED = Q(direction="out", is_public=True, is_automatic=False, delivery__in=["sent", "delivered"]) | Q(
    outcome="answered"
)


def came_into(case_id: int) -> list[int]:
    """Ids of the messages that were split off into a case; one query.

    As values, since a subquery beside another condition would read every message there is.
    """
    if not has_any((clocks.SUBJECT, case_id), SplitOff):
        return []
    return list(SplitOff.objects.filter(case_id=case_id).values_list("message_id", flat=True))


def merged_into(case_id: int) -> list[int]:
    """Ids of the cases that went into this one, and into those; not of such as others alone may see.

    A query for each step, another where there are any.
    """
    if not has_any((clocks.SUBJECT, case_id), Case):
        return []
    found: list[int] = []
    went = [case_id]
    while went:
        near = Case.objects.filter(merged_into__in=went).exclude(pk__in=[case_id, *found])
        went = list(near.order_by("pk").values_list("pk", flat=True))
        found += went
    hidden = _seen_by_others_alone(case_id, found) if found else ()
    return [each for each in found if each not in hidden]


def _seen_by_others_alone(case_id: int, beside: Sequence[int]) -> set[int]:
    hidden = hidden_beside(clocks.SUBJECT, case_id).filter(
        subject_kind=clocks.SUBJECT, subject_id__in=beside
    )  # fmt: skip
    return set(hidden.values_list("subject_id", flat=True))


def own_in(case_id: int) -> Q:
    """Part of a query over messages: what was said in a case or split off into it."""
    came = came_into(case_id)
    return Q(case_id=case_id) | Q(pk__in=came) if came else Q(case_id=case_id)


def said_in(case_id: int) -> Q:
    """Part of a query over messages: what stands in a case, also what was said in cases merged into it."""
    merged = merged_into(case_id)
    return own_in(case_id) | Q(case_id__in=merged) if merged else own_in(case_id)


def stands_in(case_id: int, message: Message) -> bool:
    """Whether a message was said in this case or one merged into it, or split off into it."""
    if message.case_id in (case_id, *merged_into(case_id)):
        return True
    return SplitOff.objects.filter(case_id=case_id, message=message).exists()


def waiting_in(case_id: int) -> QuerySet[Message]:
    """Their messages since the last answer in this case that arrived, oldest first.

    Not what went along into another case, nor what was answered before it came here. Two queries before it.
    """
    splits = SplitOff.objects.filter(Q(case_id=case_id) | Q(out_of_id=case_id))
    here, gone = [], []
    for message_id, into, goes_along, is_answered in splits.values_list(
        "message_id", "case_id", "goes_along", "is_answered"
    ):
        if into != case_id and goes_along and not is_answered:
            gone.append(message_id)
        elif into == case_id and not is_answered:
            here.append(message_id)
    stands = Q(case_id=case_id) | Q(pk__in=here) if here else Q(case_id=case_id)
    theirs = Message.objects.filter(stands, direction="in", is_public=True).exclude(outcome="answered")
    if gone:
        theirs = theirs.exclude(pk__in=gone)
    answers = Message.objects.filter(ARRIVED, case_id=case_id).order_by("-at")
    if (last := answers.values_list("at", flat=True).first()) is not None:
        theirs = theirs.filter(at__gt=last)
    return theirs.order_by("at", "id")
