"""The desk is never without an administrator, also when two act at the same moment."""

import threading
from datetime import UTC, datetime

from django.db import connections

from paydesk.foundation.people.actions import create_person, deactivate
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import system
from paydesk.kernel.refused import Refused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def administrator(email: str) -> Person:
    return create_person(email=email, name="A", password=None, roles=["AD"], by=system("test"), now=NOON)


def test_two_administrators_removing_each_other_leaves_one(committed_db):
    first = administrator("a@desk.example")
    second = administrator("b@desk.example")
    outcomes = []

    def remove(victim, by):
        try:
            deactivate(victim, by=by, now=NOON)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=remove, args=(first.pk, second.actor())),
        threading.Thread(target=remove, args=(second.pk, first.actor())),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "person.last_administrator"]
