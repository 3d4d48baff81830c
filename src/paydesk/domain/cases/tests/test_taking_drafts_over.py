"""An answer that somebody began is gone on with by a colleague, and not written back by an old page."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from paydesk.domain.cases import actions
from paydesk.domain.cases.desk import case_now, rows_now
from paydesk.domain.cases.models import Case, Draft, Mention, Message, WaitingFile
from paydesk.domain.cases.steps import CaseChangedRefused, CaseRefused
from paydesk.domain.cases.tests.test_life import NOON, Cases, later
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people import restricted
from paydesk.kernel.refused import ChangedRefused, NotAllowedRefused
from tests.browser.people import make_person
from tests.builders import WORKER


class TakingOver(Cases):
    def setUp(self):
        super().setUp()
        people = [
            make_person(name, role, email=f"{role}@desk.example".lower(), markets="GH")
            for name, role in (("Ama Mensah", "SU"), ("Kofi Boateng", "TL"), ("Yaw Addo", "AU"))
        ]
        self.ama, self.kofi, self.auditor = (each.actor() for each in people)
        self.case = self.opened()
        self.writes(self.ama)

    def writes(self, who, text="We looked into it: 50.00 GHS", at=NOON, opened_at=NOON, **fields):
        known = {"is_note": False, "seen_facts": [("payment.amount", "50.00 GHS")], "seen_at": opened_at}
        actions.save_draft(self.case.pk, text=text, **{**known, **fields}, by=who, now=at)

    def takes(self, who=None, at=None, **fields) -> Draft:
        known = {"of": self.ama.id, "read_at": NOON, "by": who or self.kofi, "now": at or later(minutes=5)}
        return actions.take_over_draft(self.case.pk, **{**known, **fields})

    def of(self, who) -> Draft:
        return Draft.objects.get(case=self.case, person_id=who.id)

    def test_the_words_the_facts_as_of_then_and_the_files_are_the_takers_and_the_author_is_told(self):
        WaitingFile.objects.create(
            case=self.case, person_id=self.ama.id, document_id=1, name="a", content_type="text/plain",
            size_bytes=1, sha256="0", at=NOON,
        )  # fmt: skip
        for _ in range(2):
            taken = self.takes()
        assert (taken.person_id, taken.text) == (self.kofi.id, "We looked into it: 50.00 GHS")
        assert [(each["value"], each["at"]) for each in taken.facts] == [("50.00 GHS", NOON.isoformat())]
        assert WaitingFile.objects.get().person_id == self.kofi.id
        (told,) = Mention.objects.filter(case=self.case)
        assert told.person_id == self.ama.id
        assert Message.objects.get(pk=told.message_id).text == "Took over the draft of @Ama Mensah."
        verbs = [each.verb for each in history("case", self.case.pk)]
        assert verbs.count("case.draft_taken_over") == 1

    def test_a_page_from_before_does_not_write_the_words_back_and_one_from_after_does(self):
        self.takes()
        for text in ("We looked into it. And more", ""):
            with pytest.raises(ChangedRefused, match="Kofi Boateng took your draft over"):
                self.writes(self.ama, text, at=later(minutes=6))
        with pytest.raises(ChangedRefused):
            self.writes(self.ama, at=later(minutes=6), opened_at=None)
        assert (self.of(self.ama).text, self.of(self.ama).taken_by_id) == ("", self.kofi.id)
        self.writes(self.ama, "Something else", at=later(minutes=8), opened_at=later(minutes=7))
        assert (self.of(self.ama).text, self.of(self.ama).taken_by_id) == ("Something else", None)
        assert self.of(self.kofi).text == "We looked into it: 50.00 GHS"

    def test_what_was_written_on_sent_or_is_a_note_is_not_taken_over(self):
        self.writes(self.ama, "Better", at=later(minutes=1))
        with pytest.raises(CaseChangedRefused, match="wrote on"):
            self.takes()
        self.writes(self.ama, "Only for me", at=NOON, is_note=True)
        with pytest.raises(CaseChangedRefused, match="gone"):
            self.takes()
        self.writes(self.ama, "")
        with pytest.raises(CaseChangedRefused, match="gone"):
            self.takes()
        assert not Mention.objects.exists()

    def test_not_over_words_of_ones_own(self):
        self.writes(self.kofi, "Mine")
        with pytest.raises(CaseRefused, match="yourself"):
            self.takes()
        with pytest.raises(CaseChangedRefused):
            self.takes(self.ama)
        assert (self.of(self.ama).text, self.of(self.kofi).text) == ("We looked into it: 50.00 GHS", "Mine")

    def test_by_whoever_may_work_the_case_alone(self):
        with pytest.raises(NotAllowedRefused):
            self.takes(self.auditor)
        restricted.begin(("case", self.case.pk), market="GH", named=[self.ama.id], by=WORKER, at=NOON)
        with pytest.raises(restricted.RestrictedRefused):
            self.takes()

    def test_it_can_be_taken_back_in_the_same_way(self):
        taken = self.takes()
        back = self.takes(self.ama, of=self.kofi.id, read_at=taken.at, at=later(minutes=9))
        assert (back.person_id, back.text) == (self.ama.id, "We looked into it: 50.00 GHS")
        assert self.of(self.kofi).taken_by_id == self.ama.id

    def test_the_list_and_the_page_of_the_author_know_of_it_by_the_statements_they_had(self):
        with self.assertNumQueries(1):
            row = rows_now((self.case.pk,), self.kofi.id, NOON)[self.case.pk]
        assert row.drafts == (self.ama.id,)
        self.takes()
        row = rows_now((self.case.pk,), self.kofi.id, later(minutes=6))[self.case.pk]
        assert row.drafts == (self.kofi.id,)
        with self.assertNumQueries(1):
            now = case_now(self.case.pk, self.ama.id, later(minutes=6))
        assert (now.took_over, now.writing) == (self.kofi.id, {self.kofi.id})
        sent = {"text": "Done", "sent_key": "k", "version": Case.objects.get(pk=self.case.pk).version}
        actions.reply(self.case.pk, **sent, by=self.kofi, now=later(minutes=7))
        assert case_now(self.case.pk, self.ama.id, later(minutes=8)).took_over is None

    def test_the_database_keeps_what_was_taken_over_empty(self):
        self.takes()
        with pytest.raises(IntegrityError), transaction.atomic():
            Draft.objects.filter(person_id=self.ama.id).update(text="Words")
