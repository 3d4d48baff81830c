"""Reads about cases that are parts of one another, and about what was split off between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from paydesk.domain.cases.models import Case, SplitOff
from paydesk.domain.cases.queries import SUBJECT, cases
from paydesk.domain.cases.states import OPEN
from paydesk.foundation.attached.queries import has_any
from paydesk.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Family:
    """The case of which one is a part, and those that are parts of it, the oldest first."""

    parent: Case | None = None
    children: Sequence[Case] = ()

    @property
    def open_children(self) -> list[Case]:
        return [child for child in self.children if child.state in OPEN]


def family_of(actor: Actor, case: Case) -> Family:
    """As far as the actor reads them, but what went back into its parent; one query where there are any."""
    if not has_any((SUBJECT, case.pk), Case):
        return Family()
    near = Q(parent_id=case.pk) | (Q(pk=case.parent_id) if case.parent_id else Q())
    found = list(cases(actor).filter(near).exclude(state="merged", merged_into=case).order_by("pk"))
    parent = next((each for each in found if each.pk == case.parent_id), None)
    return Family(parent, [each for each in found if each is not parent])


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The other case in which a message stands; `came` says that it was said there and came here."""

    case_id: int
    came: bool


def elsewhere_of(case_id: int) -> dict[int, Elsewhere]:
    """Where else what stands in a case stands, by the message's id; one query where anything was split."""
    if not has_any((SUBJECT, case_id), SplitOff):
        return {}
    rows = SplitOff.objects.filter(Q(case_id=case_id) | Q(out_of_id=case_id)).order_by("-pk")
    return {
        row.message_id: Elsewhere(
            row.out_of_id if row.case_id == case_id else row.case_id, row.case_id == case_id
        )
        for row in rows
    }
