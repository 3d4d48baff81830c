"""Signing in and out as the trail tells it. Who is let in is decided by allauth and sign_in.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.steps import end_sessions, locked
from paydesk.kernel.actor import Actor

RIGHT = "people.manage"


@transaction.atomic(durable=True)
def record_sign_in(person_id: int, ways: Sequence[str], *, by: Actor, now: datetime) -> None:
    """This person signed in, by these ways: "password", "totp", "recovery_codes", "webauthn"."""
    audit.record(
        "person.signed_in", subject=("person", person_id), by=by, at=now, changes={"ways": list(ways)}
    )


@transaction.atomic(durable=True)
def record_sign_in_refused(email: str, *, by: Actor, now: datetime) -> None:
    """Somebody gave a wrong password for this address; an address nobody has is not recorded."""
    person_id = Person.objects.filter(email=email.strip().lower()).values_list("pk", flat=True).first()
    if person_id is not None:
        audit.record("person.sign_in_refused", subject=("person", person_id), by=by, at=now, changes={})


@transaction.atomic(durable=True)
def sign_out_everywhere(person_id: int, *, by: Actor, now: datetime) -> Person:
    """Every session of this person ends: an administrator says so, or the person."""
    if by.kind != "person" or by.id != person_id:
        by.needs(RIGHT)
    person = locked(person_id)
    end_sessions(person)
    audit.record("person.signed_out_everywhere", subject=("person", person.pk), by=by, at=now, changes={})
    return person
