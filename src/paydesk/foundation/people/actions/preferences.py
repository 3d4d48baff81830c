"""What people prefer for themselves: single-key shortcuts, the language of the screens."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.actions.accounts import RIGHT
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.rules import LANGUAGES
from paydesk.foundation.people.steps import locked
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused


@transaction.atomic(durable=True)
def set_keyboard_shortcuts(person_id: int, on: bool, *, by: Actor, now: datetime) -> Person:
    """Switch the single-key shortcuts on or off: everyone for themselves."""
    return _prefer(person_id, "keyboard_shortcuts", on, by, now)


@transaction.atomic(durable=True)
def set_language(person_id: int, language: str, *, by: Actor, now: datetime) -> Person:
    """The language of the screens on every device: everyone for themselves. Refused if it is none of ours."""
    if language not in LANGUAGES:
        raise Refused("This is no language of the desk.", code="person.language", value=language)
    return _prefer(person_id, "language", language, by, now)


def _prefer(person_id: int, what: str, becomes: bool | str, by: Actor, now: datetime) -> Person:
    if by.kind != "person" or by.id != person_id:
        by.needs(RIGHT)
    person = locked(person_id)
    if (was := getattr(person, what)) != becomes:
        setattr(person, what, becomes)
        person.save(update_fields=[what])
        audit.record(
            "person.preferences_set",
            subject=("person", person.pk),
            by=by,
            at=now,
            changes={what: [was, becomes]},
        )
    return person
