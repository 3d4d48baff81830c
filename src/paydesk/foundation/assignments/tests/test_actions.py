"""Owners, next steps and notes: who may, what is refused, what happens twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.test import TestCase

from paydesk.foundation.assignments.actions import (
    AssignmentChangedRefused,
    AssignmentRefused,
    add_note,
    assign,
    erase_note,
    set_next_step,
)
from paydesk.foundation.assignments.models import Assignment, Note
from paydesk.foundation.assignments.queries import assignment_of, notes_of, possible_owners
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.refused import NotAllowedRefused
from tests.browser.people import make_person

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
SUBJECT = ("payment", 12)
CARD = "4111 1111 1111 1111"


class OnTheDesk(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.analyst = make_person("An Analyst", "AN", email="an@desk.example", markets="GH")
        cls.other = make_person("Another Analyst", "AN", email="an2@desk.example", markets="GH")
        cls.kenyan = make_person("Kenyan Analyst", "AN", email="ke@desk.example", markets="KE")
        cls.lead = make_person("A Lead", "TL", email="tl@desk.example", markets="GH")
        cls.auditor = make_person("An Auditor", "AU", email="au@desk.example", markets="GH")

    def take(self, person, owner, version=None):
        return assign(
            SUBJECT, market="GH", owner_id=owner and owner.pk, version=version, by=person.actor(), now=NOW
        )

    def verbs(self) -> list[str]:
        return list(AuditRecord.objects.order_by("id").values_list("verb", flat=True))


class Assign(OnTheDesk):
    def test_one_takes_it_oneself_and_the_trail_says_of_what(self):
        taken = self.take(self.analyst, self.analyst, version=0)
        assert (taken.owner_id, taken.version) == (self.analyst.pk, 1)
        record = AuditRecord.objects.get()
        assert record.verb == "assignment.assigned"
        assert record.changes == {"payment_id": 12, "owner_id": [None, self.analyst.pk]}

    def test_taking_it_twice_is_taking_it_once(self):
        self.take(self.analyst, self.analyst, version=0)
        assert self.take(self.analyst, self.analyst, version=0).version == 1
        assert self.verbs() == ["assignment.assigned"]

    def test_who_was_slower_is_told_and_nothing_changes(self):
        self.take(self.analyst, self.analyst, version=0)
        with pytest.raises(AssignmentChangedRefused):
            self.take(self.lead, self.lead, version=0)
        assert assignment_of(SUBJECT).owner == self.analyst

    def test_giving_to_others_and_taking_from_others_needs_the_right(self):
        with pytest.raises(NotAllowedRefused):
            self.take(self.analyst, self.other)
        self.take(self.lead, self.other)
        with pytest.raises(NotAllowedRefused):
            self.take(self.analyst, self.analyst)
        assert assignment_of(SUBJECT).owner == self.other
        assert self.take(self.other, None).owner_id is None

    def test_an_owner_must_be_able_to_work_on_it(self):
        for person in (self.kenyan, self.auditor):
            with pytest.raises(AssignmentRefused):
                self.take(self.lead, person)
        assert not Assignment.objects.filter(owner__isnull=False).exists()

    def test_neither_an_auditor_nor_another_market_may(self):
        for person in (self.auditor, self.kenyan):
            with pytest.raises(NotAllowedRefused):
                self.take(person, person)
        assert not Assignment.objects.exists()

    def test_who_may_own_something_here(self):
        assert possible_owners(["GH"]) == [self.lead, self.analyst, self.other]
        assert possible_owners(["GH", "KE"]) == []


class SetNextStep(OnTheDesk):
    def plan(self, text="Ask the provider", on=TODAY + timedelta(days=2), version=None):
        return set_next_step(
            SUBJECT,
            market="GH",
            text=text,
            on=on,
            today=TODAY,
            version=version,
            by=self.analyst.actor(),
            now=NOW,
        )

    def test_whoever_plans_what_nobody_owns_owns_it(self):
        planned = self.plan(version=0)
        assert (planned.next_step, planned.next_step_on) == ("Ask the provider", date(2026, 3, 4))
        assert planned.owner_id == self.analyst.pk
        assert self.verbs() == ["assignment.planned"]
        assert "Ask" not in str(AuditRecord.objects.get().changes)

    def test_the_same_plan_again_changes_nothing_and_an_old_page_is_refused(self):
        self.plan(version=0)
        assert self.plan(version=0).version == 1
        with pytest.raises(AssignmentChangedRefused):
            self.plan(text="Something else", version=0)

    def test_a_step_can_be_taken_away(self):
        self.plan()
        assert (self.plan(text="", on=None).next_step, self.verbs()) == ("", ["assignment.planned"] * 2)

    def test_what_cannot_be_a_step(self):
        tomorrow = TODAY + timedelta(days=1)
        for text, on in [
            ("", tomorrow),
            ("Ask", None),
            ("Ask", TODAY - timedelta(days=1)),
            ("x" * 201, tomorrow),
            ("Call 024 412 3456", tomorrow),
            ("Write to ama@mail.example", tomorrow),
            (f"Card {CARD}", tomorrow),
        ]:
            with pytest.raises(AssignmentRefused):
                self.plan(text=text, on=on)
        assert not Assignment.objects.exists()
        assert not AuditRecord.objects.exists()


class AddNote(OnTheDesk):
    def note(self, text="She pays for her brother.", person=None, **step):
        actor = (person or self.analyst).actor()
        return add_note(SUBJECT, market="GH", text=text, today=TODAY, by=actor, now=NOW, **step)

    def test_a_note_stands_with_its_author_and_the_trail_does_not_tell_it(self):
        self.note(" She pays\n for  her brother. ")
        (note,) = notes_of(SUBJECT)
        assert (note.text, note.author) == ("She pays\nfor her brother.", self.analyst)
        assert AuditRecord.objects.get().changes == {"payment_id": 12, "characters": 25}

    def test_sent_twice_it_is_one_note(self):
        assert self.note().pk == self.note().pk
        assert self.verbs() == ["note.added"]

    def test_a_note_may_say_what_is_next(self):
        self.note("Asked the payer.", next_step="Wait for the payer", next_step_on=TODAY + timedelta(days=2))
        assert assignment_of(SUBJECT).next_step == "Wait for the payer"
        assert self.verbs() == ["note.added", "assignment.planned"]

    def test_card_numbers_and_nothing_are_refused(self):
        for text in ("", "  ", f"Paid with {CARD}", "x" * 2001):
            with pytest.raises(AssignmentRefused):
                self.note(text)
        with pytest.raises(NotAllowedRefused):
            self.note(person=self.auditor)
        assert not Note.objects.exists()

    def test_only_its_text_is_erased_and_only_by_who_may(self):
        note = self.note()
        with pytest.raises(NotAllowedRefused):
            erase_note(note.pk, by=self.analyst.actor(), now=NOW)
        erased = erase_note(note.pk, by=self.lead.actor(), now=NOW)
        assert (erased.text, erased.erased_at) == ("", NOW)
        assert erase_note(note.pk, by=self.lead.actor(), now=NOW).text == ""
        assert self.verbs() == ["note.added", "note.erased"]

    def test_nobody_goes_around_it(self):
        note = self.note()
        for change in (
            lambda: Note.objects.filter(pk=note.pk).update(text="Another"),
            lambda: Note.objects.filter(pk=note.pk).update(text="", erased_at=NOW, author=self.lead),
            lambda: Note.objects.filter(pk=note.pk).delete(),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()
