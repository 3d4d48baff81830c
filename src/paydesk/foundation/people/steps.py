"""Parts that the verbs on people share."""

from __future__ import annotations

from django.db.models import F

from paydesk.foundation.people.models import Person
from paydesk.kernel.refused import Refused


def locked(person_id: int) -> Person:
    """The person with this id, locked until the transaction ends. Raises Refused if there is none."""
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise Refused(f"There is no person {person_id}.", code="person.unknown", person_id=person_id)
    return person


def end_sessions(person: Person) -> None:
    """Every session of this person ends with its next request."""
    person.sessions_number = F("sessions_number") + 1
    person.save(update_fields=["sessions_number"])
    person.refresh_from_db(fields=["sessions_number"])
