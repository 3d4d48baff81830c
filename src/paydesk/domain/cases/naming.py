"""Colleagues named in a note: "@Ama" finds her on her home, until she opened the case since."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from paydesk.domain.cases.clocks import SUBJECT
from paydesk.domain.cases.models import Case, Mention, Message, Visit
from paydesk.domain.cases.steps import CaseRefused
from paydesk.foundation.people.authority import roles_with
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.queries import in_markets
from paydesk.foundation.people.restricted import named_people, view_of
from paydesk.kernel.actor import Actor

TOLD_FOR = timedelta(days=30)
_NAMED = re.compile(r"(?<!\w)@([^\W\d_][\w'’-]*(?:[ ][^\W\d_][\w'’-]*){0,3})")


def people_in(text: str, people: Mapping[int, str]) -> set[int]:
    """Ids of those a note names, by the whole name or as much of its beginning as one alone has.

    Raises CaseRefused where several are called so: nobody is to think that somebody was told.
    """
    found = set()
    for said in _NAMED.findall(text):
        words = said.casefold().split(" ")
        for most in range(len(words), 0, -1):
            begin = " ".join(words[:most])
            hits = [pk for pk, name in people.items() if f"{name.casefold()} ".startswith(f"{begin} ")]
            if len(hits) > 1:
                raise CaseRefused(
                    f"{len(hits)} people are called {said.split(' ')[0]}: write more of the name.",
                    field="text",
                )
            if hits:
                found.add(hits[0])
                break
    return found


def name_in(note: Message, case: Case, by: Actor, now: datetime) -> list[int]:
    """Tell whom this note names and who may see the case; their ids. No query where nobody is named."""
    if "@" not in note.text:
        return []
    people = {each.pk: each.name for each in _who_may_see(case) if each.pk != by.id}
    ids = sorted(people_in(note.text, people))
    Mention.objects.bulk_create(Mention(case=case, message=note, person_id=each, at=now) for each in ids)
    return ids


def _who_may_see(case: Case) -> list[Person]:
    if (view := view_of(SUBJECT, case.pk)) is not None:
        return named_people(view)
    found = Person.objects.filter(is_active=True, roles__role__in=roles_with("cases.work:view"))
    return list(found.filter(Q(works_in_all_markets=True) | Q(markets=case.market)).distinct())


def naming(actor: Actor, now: datetime) -> QuerySet[Mention]:
    """Where this person was named lately and has not looked since, the latest first."""
    looked = Visit.objects.filter(
        case_id=OuterRef("case_id"), person_id=OuterRef("person_id"), here_at__gte=OuterRef("at")
    )
    found = Mention.objects.filter(~Exists(looked), person_id=actor.id, at__gt=now - TOLD_FOR)
    seen = in_markets(Case.objects.order_by(), actor).values("pk")
    return found.filter(case_id__in=seen).select_related("case", "message").order_by("-at", "-id")


def named_in(note: Message) -> list[int]:
    """Ids of the people this note told; one query, none where it names nobody."""
    if "@" not in note.text:
        return []
    return list(
        Mention.objects.filter(message=note).order_by("person_id").values_list("person_id", flat=True)
    )
