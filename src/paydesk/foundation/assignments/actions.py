"""Taking something on, saying what is next, noting what was found out."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from paydesk.foundation.assignments import rules
from paydesk.foundation.assignments.models import Assignment, Note
from paydesk.foundation.assignments.queries import TAKE, Link
from paydesk.foundation.assignments.steps import locked
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.queries import person_by_id
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused, Refused

GIVE, ERASE = "assignments.give", "assignments.erase_note"
SAME_NOTE_WITHIN = timedelta(minutes=1)


class AssignmentRefused(Refused):
    """This cannot be assigned, planned or noted this way."""

    code = "assignment.refused"


class AssignmentChangedRefused(ChangedRefused):
    """Somebody else was quicker."""

    code = "assignment.changed"


@transaction.atomic(durable=True)
def assign(
    subject: Link, *, market: str, owner_id: int | None, version: int | None = None, by: Actor, now: datetime
) -> Assignment:
    """Make somebody the owner of ("payment", 12), oneself or, with the right, another; None lets it go.

    `version` is what the person saw, 0 where nobody had said anything yet. Assigning to whoever has it
    already changes nothing. Raises AssignmentRefused, AssignmentChangedRefused.
    """
    by.needs(TAKE, market=market)
    found = locked(subject, market, now)
    if found.owner_id == owner_id:
        return found
    _check_version(found, version)
    takes_from_another = found.owner_id not in (None, by.id)
    if owner_id not in (None, by.id) or takes_from_another:
        by.needs(GIVE, market=market)
    if owner_id is not None:
        owner = person_by_id(owner_id)
        acts = owner.actor() if owner else None
        if acts is None or not acts.may(TAKE) or not acts.sees(market):
            raise AssignmentRefused("This person cannot work on it: no right to, or not in this market.")
    was, found.owner_id = found.owner_id, owner_id
    _keep(found, now)
    _record("assignment.assigned", found, by, now, {"owner_id": [was, owner_id]})
    return found


@transaction.atomic(durable=True)
def set_next_step(
    subject: Link,
    *,
    market: str,
    text: str,
    on: date | None,
    today: date,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Assignment:
    """Say what happens next with ("payment", 12) and until when; "" and None take it away again.

    What nobody owned becomes the own of whoever plans it. Raises AssignmentRefused, AssignmentChangedRefused.
    """
    by.needs(TAKE, market=market)
    said = " ".join(text.split())
    if (said or on) and (problem := rules.why_no_step(said, on, today)):
        raise AssignmentRefused(problem)
    found = locked(subject, market, now)
    if (found.next_step, found.next_step_on) == (said, on):
        return found
    _check_version(found, version)
    _plan(found, said, on, by, now)
    return found


@transaction.atomic(durable=True)
def add_note(
    subject: Link,
    *,
    market: str,
    text: str,
    next_step: str = "",
    next_step_on: date | None = None,
    today: date,
    by: Actor,
    now: datetime,
) -> Note:
    """Note something about ("payment", 12), and where said what happens next because of it.

    The same words of the same person within a minute are one note. Raises AssignmentRefused.
    """
    by.needs(TAKE, market=market)
    assert by.id is not None, "only people note"
    said = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    step = " ".join(next_step.split())
    problem = rules.why_no_note(said)
    if not problem and (step or next_step_on):
        problem = rules.why_no_step(step, next_step_on, today)
    if problem:
        raise AssignmentRefused(problem)
    kind, number = subject
    found = locked(subject, market, now)
    again = Note.objects.filter(
        subject_kind=kind, subject_id=number, author_id=by.id, text=said, at__gt=now - SAME_NOTE_WITHIN
    ).first()
    if again is not None:
        return again
    note = Note.objects.create(
        subject_kind=kind, subject_id=number, market=market, text=said, author_id=by.id, at=now
    )
    audit.record(
        "note.added",
        subject=("note", note.pk),
        by=by,
        at=now,
        changes={f"{kind}_id": number, "characters": len(said)},
        market=market,
    )
    if step:
        _plan(found, step, next_step_on, by, now)
    return note


@transaction.atomic(durable=True)
def erase_note(note_id: int, *, by: Actor, now: datetime) -> Note:
    """Take the text of a note away for good: it held what may not be kept. That there was one stays."""
    note = Note.objects.select_for_update().get(pk=note_id)
    by.needs(ERASE, market=note.market)
    if note.erased_at is not None:
        return note
    note.text, note.erased_at = "", now
    note.save(update_fields=["text", "erased_at"])
    audit.record(
        "note.erased",
        subject=("note", note.pk),
        by=by,
        at=now,
        changes={f"{note.subject_kind}_id": note.subject_id},
        market=note.market,
    )
    return note


def _check_version(found: Assignment, version: int | None) -> None:
    if version is not None and version != found.version:
        raise AssignmentChangedRefused(
            "Somebody changed the owner or the next step meanwhile. Look again before you do."
        )


def _plan(found: Assignment, text: str, on: date | None, by: Actor, now: datetime) -> None:
    was_on, was_owner = found.next_step_on, found.owner_id
    found.next_step, found.next_step_on = text, on
    if found.owner_id is None:
        found.owner_id = by.id
    _keep(found, now)
    changes = {"next_step_on": [str(was_on) if was_on else None, str(on) if on else None]}
    if was_owner != found.owner_id:
        changes["owner_id"] = [was_owner, found.owner_id]  # type: ignore[list-item]
    _record("assignment.planned", found, by, now, changes)


def _keep(found: Assignment, now: datetime) -> None:
    found.version += 1
    found.changed_at = now
    found.save()


def _record(verb: str, found: Assignment, by: Actor, now: datetime, changes: dict[str, object]) -> None:
    # About the assignment, not the thing: undoing an act on money looks at what happened to the thing.
    audit.record(
        verb,
        subject=("assignment", found.pk),
        by=by,
        at=now,
        changes={f"{found.subject_kind}_id": found.subject_id, **changes},
        market=found.market,
    )
