"""Rejecting, taking back, standing in, limits: verbs about approvals themselves.

Approving is a verb of the domain it changes, which joins `steps.decide` to its transaction.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from paydesk.foundation.approvals import rules, steps
from paydesk.foundation.approvals.models import Approval, Delegation, Limit, Relation
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.authority import RIGHTS
from paydesk.foundation.people.queries import person_by_id
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.money import Money
from paydesk.kernel.refused import TransitionRefused


@transaction.atomic(durable=True)
def reject_approval(approval_id: int, *, note: str, by: Actor, now: datetime) -> Approval:
    """Say no, with a reason for whoever asked. Raises ApprovalRefused, TransitionRefused."""
    if not note.strip():
        raise steps.ApprovalRefused("Say why, so that whoever asked can do better.")
    return _ended(steps.end(approval_id, "reject", by=by, now=now, note=note.strip()), by, now)


@transaction.atomic(durable=True)
def withdraw_approval(approval_id: int, *, by: Actor, now: datetime) -> Approval:
    """Take back what one asked for oneself. Raises ApprovalRefused, TransitionRefused."""
    return _ended(steps.end(approval_id, "withdraw", by=by, now=now), by, now)


@transaction.atomic(durable=True)
def expire_approval(approval_id: int, *, by: Actor, now: datetime) -> Approval:
    """What nobody decided on in time ends; what was held for it is let go."""
    return _ended(steps.end(approval_id, "expire", by=by, now=now), by, now)


def expire_undecided(now: datetime) -> int:
    """End what nobody decided on in time; the worker calls it. Returns how many ended."""
    late = list(
        Approval.objects.filter(state="pending", expires_at__lte=now).values_list("pk", flat=True)[:500]
    )
    for approval_id in late:
        try:
            expire_approval(approval_id, by=system("worker"), now=now)
        except TransitionRefused:
            continue  # somebody decided a moment ago, or another worker ended it
    return len(late)


def _ended(approval: Approval, by: Actor, now: datetime) -> Approval:
    audit.record(
        f"approval.{approval.state}",
        subject=(approval.subject_kind, approval.subject_id),
        by=by,
        at=now,
        changes={"approval_id": approval.pk, "kind": approval.kind, "state": ["pending", approval.state]},
        market=approval.market,
    )
    return approval


@transaction.atomic(durable=True)
def delegate(
    person_id: int, *, stands_in_id: int, from_on: date, through_on: date, by: Actor, now: datetime
) -> Delegation:
    """Let somebody decide in a person's place while they are away.

    For oneself, or as administrator for anybody. Raises ApprovalRefused.
    """
    if by.id != person_id:
        by.needs("people.manage")
    if person_id == stands_in_id:
        raise steps.ApprovalRefused("Choose another person: nobody stands in for themselves.")
    if through_on < from_on or through_on < now.date():
        raise steps.ApprovalRefused("The last day must not be before the first, nor in the past.")
    if person_by_id(person_id) is None or person_by_id(stands_in_id) is None:
        raise steps.ApprovalRefused("Both people must be active at the desk.")
    delegation = Delegation.objects.create(
        person_id=person_id,
        stands_in_id=stands_in_id,
        from_on=from_on,
        through_on=through_on,
        made_by=by.label,
        made_at=now,
    )
    audit.record(
        "approval.delegated",
        subject=("person", person_id),
        by=by,
        at=now,
        changes={"stands_in_id": stands_in_id, "from_on": str(from_on), "through_on": str(through_on)},
    )
    return delegation


@transaction.atomic(durable=True)
def end_delegation(delegation_id: int, *, by: Actor, now: datetime) -> Delegation:
    """The absent person is back. For the absent person, or an administrator. Ending twice is ending once."""
    delegation = Delegation.objects.select_for_update().get(pk=delegation_id)
    if by.id != delegation.person_id:
        by.needs("people.manage")
    if delegation.ended_at is None:
        delegation.ended_at = now
        delegation.save(update_fields=["ended_at"])
        audit.record(
            "approval.delegation_ended",
            subject=("person", delegation.person_id),
            by=by,
            at=now,
            changes={"stands_in_id": delegation.stands_in_id},
        )
    return delegation


@transaction.atomic(durable=True)
def set_limit(right: str, *, market: str, limit: Money, by: Actor, now: datetime) -> Limit:
    """Set up to how much the first checker of `right` decides in a market. Raises ApprovalRefused."""
    by.needs("settings.manage", market=market)
    if f"{right}_above_limit" not in RIGHTS and right not in rules.ALONE_LIMITS:
        raise steps.ApprovalRefused(f"{right} has no limit: no other role decides above one.")
    was = (
        Limit.objects.select_for_update().filter(right=right, market=market, currency=limit.currency).first()
    )
    found, _ = Limit.objects.update_or_create(
        right=right,
        market=market,
        currency=limit.currency,
        defaults={"amount_minor": limit.amount_minor, "set_by": by.label, "set_at": now},
    )
    audit.record(
        "approval.limit_set",
        subject=("market", market),
        by=by,
        at=now,
        changes={
            "right": right,
            "currency": limit.currency,
            "amount_minor": [was.amount_minor if was else None, limit.amount_minor],
        },
        market=market,
    )
    return found


@transaction.atomic(durable=True)
def declare_relation(person_id: int, *, party: tuple[str, int], by: Actor, now: datetime) -> Relation:
    """Say that a person of the desk is close to a party: they will not act on its account any more.

    For oneself, or as administrator for anybody. Declaring twice is declaring once.
    """
    if by.id != person_id:
        by.needs("people.manage")
    relation, made = Relation.objects.get_or_create(
        person_id=person_id,
        party_kind=party[0],
        party_id=party[1],
        ended_at=None,
        defaults={"declared_by": by.label, "declared_at": now},
    )
    if made:
        audit.record(
            "approval.relation_declared",
            subject=("person", person_id),
            by=by,
            at=now,
            changes={"party_kind": party[0], "party_id": party[1]},
        )
    return relation


@transaction.atomic(durable=True)
def end_relation(relation_id: int, *, note: str, by: Actor, now: datetime) -> Relation:
    """A person is not close to a party any more: they may act on its account again.

    For whoever manages people, about others: nobody frees their own hands. Ending twice is ending once.
    Raises NotAllowedRefused, ApprovalRefused.
    """
    by.needs("people.manage")
    relation = Relation.objects.select_for_update().get(pk=relation_id)
    if by.id == relation.person_id:
        raise steps.SamePersonRefused(
            "You are close to this account yourself. Another administrator ends it."
        )
    if not note.strip():
        raise steps.ApprovalRefused("Say why it has ended: it stays in the trail.")
    if relation.ended_at is None:
        relation.ended_by, relation.ended_at = by.label, now
        relation.save(update_fields=["ended_by", "ended_at"])
        audit.record(
            "approval.relation_ended",
            subject=("person", relation.person_id),
            by=by,
            at=now,
            changes={"party_kind": relation.party_kind, "party_id": relation.party_id},
            note=note.strip(),
        )
    return relation
