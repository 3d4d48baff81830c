"""Owner, next step and notes as the rows and the opened thing show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from paydesk.foundation.assignments.actions import ERASE, GIVE
from paydesk.foundation.assignments.queries import TAKE, assignment_of, assignments_of, notes_of
from paydesk.foundation.assignments.rules import owner_is_due
from paydesk.kernel.actor import Actor
from paydesk.web.access import Gate, gate
from paydesk.web.queues.subjects import Subject

if TYPE_CHECKING:
    from paydesk.foundation.assignments.models import Assignment, Note
    from paydesk.foundation.people.models import Person


@dataclass(frozen=True, slots=True)
class RowWork:
    """Whose a row is and what is next; `needs_owner` where it waits too long for nobody to own it."""

    owner: Person | None = None
    next_step: str = ""
    next_step_on: date | None = None
    needs_owner: bool = False
    is_late: bool = False


def row_work(assignment: Assignment | None, since: date, today: date) -> RowWork:
    due = owner_is_due(since, today)
    if assignment is None:
        return RowWork(needs_owner=due)
    on = assignment.next_step_on
    return RowWork(
        assignment.owner,
        assignment.next_step,
        on,
        needs_owner=due and assignment.owner is None,
        is_late=on is not None and on < today,
    )


def rows_work(kind: str, waiting: Iterable[tuple[int, date]], today: date) -> dict[int, RowWork]:
    """Whose each of these (id, waits since) is; one query."""
    since = dict(waiting)
    known = assignments_of(kind, list(since))
    return {number: row_work(known.get(number), on, today) for number, on in since.items()}


@dataclass(frozen=True, slots=True)
class Work:
    """Everything about the work on one thing, and what this person may do about it."""

    code: str
    row: RowWork
    version: int
    notes: list[Note]
    is_mine: bool
    take: Gate
    give: Gate
    erase: Gate
    days: int

    @property
    def is_anothers(self) -> bool:
        return self.row.owner is not None and not self.is_mine

    @property
    def may_take(self) -> Gate:
        """Taking it oneself; from somebody else that is giving."""
        if not self.take.allowed or not self.is_anothers:
            return self.take
        return self.give


def work_of(actor: Actor, subject: Subject) -> Work:
    """The work on one thing; two queries."""
    today = timezone.localdate()
    assignment = assignment_of(subject.link)
    row = row_work(assignment, subject.since, today)
    return Work(
        code=subject.code,
        row=row,
        version=assignment.version if assignment else 0,
        notes=notes_of(subject.link),
        is_mine=row.owner is not None and row.owner.pk == actor.id,
        take=gate(actor, TAKE),
        give=gate(actor, GIVE),
        erase=gate(actor, ERASE),
        days=max((today - subject.since).days, 0),
    )
