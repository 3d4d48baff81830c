"""Reads: who works on what, what is next, the notes; lists narrowed to what is whose."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from paydesk.foundation.assignments.models import Assignment, Note
from paydesk.foundation.assignments.rules import owner_due_before
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.authority import roles_with
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor

T = TypeVar("T", bound=Model)
Link = tuple[str, int]
TAKE = "assignments.take"
# What a list can be narrowed to, by the word in the address.
MINE, NOBODYS, NEEDED, LATE = "mine", "nobodys", "needed", "late"
MOST_NOTES = 100


def assignment_of(subject: Link) -> Assignment | None:
    """Owner and next step of ("payment", 12), owner loaded; None while nobody said anything. One query."""
    kind, number = subject
    if not has_any(subject, Assignment):
        return None
    found = Assignment.objects.select_related("owner").filter(subject_kind=kind, subject_id=number)
    return found.first()


def assignments_of(kind: str, numbers: Collection[int]) -> dict[int, Assignment]:
    """Owner and next step of many things of a kind, by id; one query, none without any."""
    if not numbers:
        return {}
    rows = Assignment.objects.select_related("owner").filter(subject_kind=kind, subject_id__in=numbers)
    return {row.subject_id: row for row in rows}


def notes_of(subject: Link) -> list[Note]:
    """The newest MOST_NOTES notes about ("payment", 12), newest first, authors loaded; one query."""
    kind, number = subject
    if not has_any(subject, Note):
        return []
    notes = Note.objects.select_related("author").filter(subject_kind=kind, subject_id=number)
    return list(notes.order_by("-at", "-id")[:MOST_NOTES])


def of_whom(found: QuerySet[T], kind: str, whose: str, by: Actor, today: date, *, since: str) -> QuerySet[T]:
    """Those of `found` (things of `kind`) that are MINE, NOBODYS, NEEDED or LATE.

    NEEDED waits without an owner for longer than it may, by the day or time in the column `since`; of LATE
    the day of the next step is over.
    """
    about = Assignment.objects.filter(subject_kind=kind, subject_id=OuterRef("pk"))
    if whose == MINE:
        return found.filter(Exists(about.filter(owner_id=by.id)))
    if whose in (NOBODYS, NEEDED):
        late = {f"{since}__lt": owner_due_before(today)} if whose == NEEDED else {}
        return found.filter(~Exists(about.filter(owner__isnull=False)), **late)
    assert whose == LATE, whose
    return found.filter(Exists(about.filter(next_step_on__lt=today)))


def possible_owners(markets: Collection[str] | None) -> list[Person]:
    """Active people who may take something in every one of `markets`, by name; two queries."""
    people = (
        Person.objects.filter(is_active=True, roles__role__in=roles_with(TAKE))
        .distinct()
        .order_by("name", "id")
        .prefetch_related("markets")
    )
    return [
        person
        for person in people
        if person.works_in_all_markets
        or (markets is not None and set(markets) <= {market.pk for market in person.markets.all()})
    ]
