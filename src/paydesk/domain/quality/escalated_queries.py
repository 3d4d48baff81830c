"""What was handed to risk or finance and is over: who handed it on, when, and what came of it.

Two things are: an escalation (`domain/risk`), and a question aside to risk or finance (`cases.SideTalk`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from paydesk.domain.cases.models import Case, SideTalk
from paydesk.domain.quality.review_models import Review
from paydesk.domain.quality.review_queries import MoneyOutcome
from paydesk.domain.risk.models import Escalation
from paydesk.domain.risk.queries import missing_of
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.restricted_models import RestrictedThing, RestrictedViewer
from paydesk.kernel.money import Money

ASKED = ("risk", "finance")  # of whom a question aside is as good as an escalation


@dataclass(frozen=True, slots=True)
class Escalated:
    """One thing handed on: its link, its case, who handed it on, when it was over."""

    kind: str
    number: int
    case_id: int
    agent_id: int
    done_at: datetime

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.number}"


def escalated_since(
    since: datetime, now: datetime, *, only: tuple[str, int] | None = None
) -> list[Escalated]:
    """What was decided or closed from `since` to `now`, by people, in the order it was; two queries.

    An escalation of a payment has no case whose work could be looked at. `only` narrows to one link.
    """
    decided = Escalation.objects.filter(
        subject_kind="case", raised_by_id__isnull=False, decided_at__gte=since, decided_at__lte=now
    )
    closed = SideTalk.objects.filter(
        with_whom__in=ASKED,
        opened_by_id__isnull=False,
        state="closed",
        closed_at__gte=since,
        closed_at__lte=now,
    )
    if only is not None:
        kind, number = only
        decided = decided.filter(pk=number) if kind == "escalation" else decided.none()
        closed = closed.filter(pk=number) if kind == "side" else closed.none()
    found = [
        Escalated("escalation", *row)
        for row in decided.values_list("pk", "subject_id", "raised_by_id", "decided_at")
    ]
    found += [
        Escalated("side", *row) for row in closed.values_list("pk", "case_id", "opened_by_id", "closed_at")
    ]
    return sorted(found, key=lambda each: (each.done_at, each.key))


def looked_at(found: Collection[Escalated]) -> set[str]:
    """Keys of those that are chosen already; one query."""
    rows = Review.objects.filter(
        Q(escalated_kind="escalation", escalated_id__in=[e.number for e in found if e.kind == "escalation"])
        | Q(escalated_kind="side", escalated_id__in=[e.number for e in found if e.kind == "side"])
    )
    return {f"{kind}:{number}" for kind, number in rows.values_list("escalated_kind", "escalated_id")}


def without_a_reviewer(found: Sequence[Escalated], cases: dict[int, Case], right: str) -> set[str]:
    """Keys of those in restricted cases that nobody who is named may score, save whoever handed them on."""
    things = RestrictedThing.objects.filter(subject_kind="case", subject_id__in=list(cases))
    view_of = dict(things.values_list("subject_id", "view_id"))
    if not view_of:
        return set()
    named: dict[int, set[int]] = {}
    for view_id, person_id in RestrictedViewer.objects.filter(view__in=set(view_of.values())).values_list(
        "view_id", "person_id"
    ):
        named.setdefault(view_id, set()).add(person_id)
    people = Person.objects.filter(pk__in=set().union(*named.values()), is_active=True)
    actors = {each.pk: each.actor() for each in people.prefetch_related("roles", "markets")}
    return {
        each.key
        for each in found
        if each.case_id in view_of
        and not any(
            actors[pk].may(right) and actors[pk].sees(cases[each.case_id].market)
            for pk in named.get(view_of[each.case_id], set()) - {each.agent_id}
            if pk in actors
        )
    }


@dataclass(frozen=True, slots=True)
class Kept:
    """A clock that ran for it: its kind, when it was due, when it ended, whether that was late."""

    kind: str
    due_at: datetime
    ended_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class HandedOn:
    """What the reviewer sees of it: the thing itself, its clocks, what is missing, money at stake."""

    escalation: Escalation | None
    side: SideTalk | None
    clocks: Sequence[Kept]
    missing: Sequence[str]
    at_stake: Money | None
    kept: Money | None


def handed_on(review: Review, money: MoneyOutcome) -> HandedOn | None:
    """None for a review of a case's work; a few queries. Kept is what was at stake less what is lost."""
    if not review.escalated_kind or review.escalated_id is None:
        return None
    number = review.escalated_id
    escalation = side = None
    if review.escalated_kind == "escalation":
        escalation = Escalation.objects.select_related("owner").get(pk=number)
    else:
        side = SideTalk.objects.get(pk=number)
    ran = Clock.objects.filter(subject_kind=review.escalated_kind, subject_id=number).order_by(
        "start_at", "pk"
    )
    stake = None
    if review.case.amount_minor is not None:
        stake = Money(review.case.amount_minor, review.case.currency)
    lost = next((each for each in money.lost if stake and each.currency == stake.currency), None)
    return HandedOn(
        escalation, side,
        [Kept(each.kind, each.due_at, each.ended_at, _is_late(each)) for each in ran],
        missing_of(escalation.kind, ("case", review.case_id), review.worked_at.date()) if escalation else (),
        stake, stake - lost if stake and lost and lost.amount_minor > 0 else stake,
    )  # fmt: skip


def _is_late(clock: Clock) -> bool:
    return clock.breached_at is not None or (clock.ended_at is not None and clock.ended_at > clock.due_at)
