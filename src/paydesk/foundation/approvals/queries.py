"""What waits for a second person, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from paydesk.foundation.approvals import rules
from paydesk.foundation.approvals.models import Approval, Delegation, Limit, Relation
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


def pending(actor: Actor, now: datetime) -> QuerySet[Approval]:
    """What waits in the markets of `actor`, oldest first; what has expired meanwhile does not wait."""
    found = Approval.objects.filter(state="pending", expires_at__gt=now)
    return in_markets(found, actor).order_by("asked_at", "id")


def to_decide(actor: Actor, now: datetime) -> QuerySet[Approval]:
    """What of `pending` this person may decide, in their own name or somebody's they stand in for.

    One query more where people are absent; two more for the rights of each of them together.
    """
    mine = Q(right__in=[right for right in actor.rights if ":check" in right])
    for absent in _absent_people(actor.id, now.date()):
        their = absent.actor()
        rights = [right for right in their.rights if ":check" in right]
        stands_in = Q(right__in=rights) & ~Q(asked_by_id=absent.pk)
        mine |= stands_in if their.markets is None else stands_in & Q(market__in=sorted(their.markets))
    return pending(actor, now).filter(mine).exclude(asked_by_id=actor.id)


def count_to_decide(actor: Actor, now: datetime, most: int = 1_000) -> int:
    """How many wait for this person, `most` at most; one query where nothing waits for anybody."""
    if not pending(actor, now).exclude(asked_by_id=actor.id).exists():
        return 0
    return to_decide(actor, now).order_by()[:most].count()


def approval_for(actor: Actor, approval_id: int) -> Approval:
    """One approval of the actor's markets; raises Approval.DoesNotExist otherwise."""
    return in_markets(Approval.objects.all(), actor).get(pk=approval_id)


def asked_by(actor: Actor) -> QuerySet[Approval]:
    """What this person asked for, newest first, whatever became of it."""
    return Approval.objects.filter(asked_by_id=actor.id).order_by("-id")


def decided(actor: Actor) -> QuerySet[Approval]:
    """What was decided, withdrawn or left to expire, newest first."""
    return in_markets(Approval.objects.exclude(state="pending"), actor).order_by("-decided_at", "-id")


def approvals_of(kind: str, subject_id: int) -> QuerySet[Approval]:
    """Every approval about one thing, newest first; one query."""
    return Approval.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("-id")


def pending_about(kind: str, subject_ids: Iterable[int]) -> dict[int, Approval]:
    """What waits about each of these things; one query."""
    found = Approval.objects.filter(subject_kind=kind, subject_id__in=list(subject_ids), state="pending")
    return {approval.subject_id: approval for approval in found}


def pending_of_kind(kind: str) -> list[Approval]:
    """Everything of a kind that waits, in all markets; one query."""
    return list(Approval.objects.filter(kind=kind, state="pending").order_by("pk"))


def limit_of(right: str, market: str, currency: str) -> Money:
    """Up to how much the first checker of `right` decides."""
    found = Limit.objects.filter(right=right, market=market, currency=currency).first()
    return rules.limit_for(right, currency, found.amount_minor if found else None)


def absent_for(stands_in_id: int, on: date) -> list[int]:
    """Ids of the people `stands_in_id` decides for on this day."""
    found = Delegation.objects.filter(stands_in_id=stands_in_id, ended_at=None, from_on__lte=on)
    return list(found.filter(through_on__gte=on).values_list("person_id", flat=True))


def _absent_people(stands_in_id: int | None, on: date) -> list[Person]:
    absent = absent_for(stands_in_id or 0, on)
    if not absent:
        return []
    people = Person.objects.filter(pk__in=absent, is_active=True)
    return list(people.prefetch_related("roles", "markets"))


def limits() -> QuerySet[Limit]:
    """Every limit that is set, by market, right and currency."""
    return Limit.objects.order_by("market", "right", "currency")


def absences(on: date, person_id: int | None = None) -> QuerySet[Delegation]:
    """Absences that are not over on a day, of everybody or of one person, the earliest first."""
    found = Delegation.objects.filter(ended_at=None, through_on__gte=on).order_by("from_on", "id")
    return found if person_id is None else found.filter(person_id=person_id)


def delegation_of(delegation_id: int) -> Delegation | None:
    return Delegation.objects.filter(pk=delegation_id).first()


def relations(person_id: int | None = None) -> QuerySet[Relation]:
    """Who is close to which party now, as declared: everybody's, or one person's."""
    found = Relation.objects.filter(ended_at=None).order_by("person_id", "id")
    return found if person_id is None else found.filter(person_id=person_id)


def relation_of(relation_id: int) -> Relation | None:
    return Relation.objects.filter(pk=relation_id).first()


def related(person_id: int | None, party_kind: str, party_ids: Iterable[int]) -> bool:
    """Whether this person is close to one of these parties, as declared and not ended."""
    if person_id is None:
        return False
    return relations(person_id).filter(party_kind=party_kind, party_id__in=list(party_ids)).exists()


def why_not(approval: Approval, by: Actor, now: datetime) -> str | None:
    """Why `by` may not decide this approval, in a sentence; None if they may. At most three queries."""
    return _decider(approval, by, now)[1]


def _decider(approval: Approval, by: Actor, now: datetime) -> tuple[int | None, str | None]:
    """(the absent person decided for, why not)."""
    if by.kind != "person":
        return None, "Only a person decides on an approval."
    if not by.sees(approval.market):
        return None, f"You do not work in market {approval.market}."
    own = rules.why_not(approval.asked_by_id, by.id)
    if own:
        return None, own
    if by.may(approval.right):
        return None, None
    for person in _absent_people(by.id, now.date()):
        their = person.actor()
        if their.may(approval.right) and their.sees(approval.market):
            refused = rules.why_not(approval.asked_by_id, by.id, [person.pk])
            return person.pk, refused
    return None, "Your role does not decide on this."
