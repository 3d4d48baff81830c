"""What hangs on a thing is asked for all kinds at once, and only while a page is read."""

from __future__ import annotations

import pytest
from django.utils import timezone

from paydesk.foundation.assignments.models import Assignment, Note
from paydesk.foundation.assignments.queries import notes_of
from paydesk.foundation.attached import queries
from paydesk.foundation.people.models import Person
from paydesk.kernel.one_reading import one_reading

pytestmark = pytest.mark.django_db
BOX, EMPTY = ("box", 1), ("box", 2)


@pytest.fixture(autouse=True)
def boxes(monkeypatch):
    monkeypatch.setitem(queries._conditions, "box", {})
    queries.hangs_on("box", Note)
    queries.hangs_on("box", Assignment)
    author = Person.objects.create(
        email="ama@example.test", name="Ama Invented", initials="AI", created_at=timezone.now()
    )
    Note.objects.create(
        subject_kind="box", subject_id=1, market="GH", author=author, at=timezone.now(), text="it"
    )


def test_one_statement_answers_for_every_kind_of_a_thing(django_assert_num_queries):
    with one_reading(), django_assert_num_queries(1):
        assert queries.has_any(BOX, Note)
        assert not queries.has_any(BOX, Assignment)
    with one_reading(), django_assert_num_queries(1):
        assert not queries.has_any(EMPTY, Note)
        assert notes_of(EMPTY) == []


def test_whoever_writes_looks_for_themselves(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.has_any(EMPTY, Note)


def test_what_is_not_registered_is_looked_for(django_assert_num_queries):
    with one_reading(), django_assert_num_queries(0):
        assert queries.has_any(("bag", 1), Note)


def test_every_registered_look_is_a_statement_that_runs():
    with one_reading():
        for kind, looks in queries._conditions.items():
            for model in looks:
                queries.has_any((kind, 0), model)
