"""Reads about improvements: the queue with votes counted, one with its evidence."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, QuerySet

from paydesk.domain.improvements.models import Evidence, Improvement, Vote
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of

CODE_PREFIX, SUBJECT = "IMP", "improvement"
TABS = {
    "proposed": ("Proposed", ("proposed",)),
    "work": ("In work", ("accepted", "done")),
    "over": ("Measured or rejected", ("measured", "rejected")),
}


def code(improvement: Improvement) -> str:
    return code_of(CODE_PREFIX, improvement.pk)


def improvements(actor: Actor) -> QuerySet[Improvement]:
    """Improvements of the actor's markets with `for_it` counted and `is_mine`, most votes first."""
    voted = Vote.objects.filter(improvement=OuterRef("pk"), person_id=actor.id or 0)
    counted = Improvement.objects.annotate(for_it=Count("votes"), is_mine=Exists(voted))
    return in_markets(counted, actor).order_by("-for_it", "-proposed_at", "-pk")


def improvement_for(actor: Actor, improvement_id: int) -> Improvement:
    """Raises Improvement.DoesNotExist also for another market."""
    return improvements(actor).get(pk=improvement_id)


def counts_by_state(actor: Actor) -> dict[str, int]:
    found = in_markets(Improvement.objects.order_by(), actor).values("state")
    return dict(found.annotate(number=Count("pk")).values_list("state", "number"))


def evidence_of(improvement: Improvement) -> list[Evidence]:
    return list(Evidence.objects.filter(improvement=improvement).order_by("pk"))


def voters_of(improvement: Improvement) -> list[int]:
    """Ids of the people who are for it, first come first."""
    return list(
        Vote.objects.filter(improvement=improvement).order_by("pk").values_list("person_id", flat=True)
    )
