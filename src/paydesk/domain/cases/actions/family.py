"""A case that belongs to a greater one and works on its own: the parent shows its children."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.steps import CaseRefused, keep, locked, record
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def add_child(case_id: int, *, child_id: int, by: Actor, now: datetime) -> Case:
    """Say that another case is a child of this one; each keeps its state and clocks. Twice it is said once.

    Raises CaseRefused for another market, for one that has a parent already, and where it would go round in
    a ring.
    """
    if case_id == child_id:
        raise CaseRefused("A case is not its own child: name the other one.")
    both = {number: locked(number, by) for number in sorted((case_id, child_id))}
    parent, child = both[case_id], both[child_id]
    if child.parent_id == parent.pk:
        return child
    if child.market != parent.market:
        raise CaseRefused("The two cases are of different markets.")
    if child.parent is not None:
        other = code(child.parent)
        raise CaseRefused(f"{code(child)} is a child of {other} already: take it out there first.")
    if child.pk in _above(parent):
        raise CaseRefused(f"{code(parent)} is itself a child of {code(child)}: link the two instead.")
    child.parent = parent
    keep(child, "parent")
    keep(parent)
    record("case.child_added", parent, by, now, case_id=child.pk)
    record("case.parent_named", child, by, now, case_id=parent.pk)
    return child


@transaction.atomic(durable=True)
def part_child(case_id: int, *, by: Actor, now: datetime) -> Case:
    """Take a case out of its parent. One that was split off stays its child: that is where it came from."""
    of = Case.objects.filter(pk=case_id).values_list("parent_id", flat=True).first()
    both = {number: locked(number, by) for number in sorted(filter(None, (case_id, of)))}
    if of is None:
        raise CaseRefused("This case is no child of another one.")
    child, parent = both[case_id], both[of]
    if child.split_off is not None:
        raise CaseRefused("It was split off its parent: take the split back instead.")
    child.parent = None
    keep(child, "parent")
    keep(parent)
    record("case.child_parted", parent, by, now, case_id=child.pk)
    record("case.parent_parted", child, by, now, case_id=parent.pk)
    return child


def _above(case: Case) -> set[int]:
    """Ids of the parents of a case, to the top; one query each."""
    found: set[int] = set()
    above = case.parent_id
    while above is not None and above not in found:
        found.add(above)
        above = Case.objects.values_list("parent_id", flat=True).get(pk=above)
    return found
