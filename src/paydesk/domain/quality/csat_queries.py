"""What customers said: each invitation with the answer that counts, and how many answered at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from paydesk.domain.cases.queries import cases
from paydesk.domain.quality.csat_models import CsatAnswer, Invitation
from paydesk.domain.quality.csat_rules import SATISFIED, WINDOW
from paydesk.kernel.actor import Actor

OUTCOMES = {
    "answered": Q(score__isnull=False),
    "satisfied": Q(score__gte=SATISFIED),
    "unsatisfied": Q(score__lt=SATISFIED),
    "commented": ~Q(comment=""),
    "silent": Q(score__isnull=True, why_not=""),
    "not_asked": ~Q(why_not=""),
}


def invitations(
    actor: Actor, people: Collection[int] | None, *, outcome: str = "", **filters: Any
) -> QuerySet[Invitation]:
    """Who was asked about the work of `people` (None: of anybody, or of nobody we know), newest case first.

    With `score`, `comment` and `said_at` of the answer that counts, None and "" without one. Of cases
    that the actor may see; one query.
    """
    mine = CsatAnswer.objects.filter(invitation=OuterRef("pk")).order_by()
    first = mine.values("invitation").annotate(first=Min("at")).values("first")
    counted = CsatAnswer.objects.filter(
        invitation=OuterRef("pk"), at__lte=OuterRef("first_at") + WINDOW
    ).order_by("-at", "-pk")
    found = Invitation.objects.filter(case__in=cases(actor).order_by().values("pk"))
    if people is not None:
        found = found.filter(agent__in=people)
    found = found.annotate(first_at=Subquery(first)).annotate(
        score=Subquery(counted.values("score")[:1]),
        comment=Coalesce(Subquery(counted.values("comment")[:1]), Value(""), output_field=TextField()),
        said_at=Subquery(counted.values("at")[:1]),
    )
    if outcome:
        found = found.filter(OUTCOMES[outcome])
    return found.filter(**filters).select_related("case", "agent").order_by("-resolved_at", "-pk")


@dataclass(frozen=True, slots=True)
class Response:
    """How many were asked, answered, were satisfied; how many were not asked at all."""

    asked: int
    answered: int
    satisfied: int
    not_asked: int


def response_of(found: QuerySet[Invitation]) -> Response:
    """Of these invitations; one query."""
    row = found.order_by().aggregate(
        asked=Count("pk", filter=Q(why_not="")),
        answered=Count("pk", filter=OUTCOMES["answered"]),
        satisfied=Count("pk", filter=OUTCOMES["satisfied"]),
        not_asked=Count("pk", filter=OUTCOMES["not_asked"]),
    )
    return Response(**row)
