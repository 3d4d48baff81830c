"""Giving something to somebody as a part of another verb, which records it."""

from __future__ import annotations

from datetime import datetime

from paydesk.foundation.assignments.models import Assignment
from paydesk.foundation.assignments.queries import Link


def locked(subject: Link, market: str, now: datetime) -> Assignment:
    """The row of a thing, locked; an empty one (version 0) where nobody had said anything."""
    kind, number = subject
    Assignment.objects.bulk_create(
        [Assignment(subject_kind=kind, subject_id=number, market=market, version=0, changed_at=now)],
        ignore_conflicts=True,
    )
    return Assignment.objects.select_for_update().get(subject_kind=kind, subject_id=number)


def give(found: Assignment, owner_id: int, now: datetime) -> None:
    """From now on it is this person's. The verb that says so writes the record."""
    found.owner_id, found.version, found.changed_at = owner_id, found.version + 1, now
    found.save(update_fields=["owner", "version", "changed_at"])
