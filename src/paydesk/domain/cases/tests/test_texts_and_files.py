"""Ready texts in versions, an answer with open places, its files, waiting after it, tags, who looks."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from paydesk.domain.cases import actions
from paydesk.domain.cases.answering import OpenPlacesRefused
from paydesk.domain.cases.desk import case_now, ready_texts, rows_now
from paydesk.domain.cases.mailing import files_of
from paydesk.domain.cases.models import Attachment, Case, ReadyText, Visit, WaitingFile
from paydesk.domain.cases.steps import CaseRefused
from paydesk.domain.cases.tests.test_life import AGENT, NOON, OTHER, REVIEWER, WORKER, Cases, later, person
from paydesk.foundation.audit.queries import history
from paydesk.foundation.clocks.rules import CUSTOMER
from paydesk.kernel.refused import NotAllowedRefused

LEAD = person(9, "TL", "GH", "KE")


def saved(title="Where it is", by=LEAD, key="", **fields) -> ReadyText:
    known = {"texts": {"en": "Hello {customer.name}: {payment.state}."}, **fields}
    return actions.save_ready_text(key, title=title, by=by, now=NOON, **known)


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class TextsAndFiles(Cases):
    def test_ready_texts_have_versions_and_a_market_and_are_retired(self):
        first = saved()
        assert saved(key=first.key) == first
        second = saved(key=first.key, texts={"en": "Hello", "sw": "Habari"}, then_wait_hours=24)
        assert (second.key, second.version) == (first.key, 2)
        saved("Of Kenya", market="KE")
        assert [each.title for each in ready_texts("GH")] == ["Where it is"]
        with pytest.raises(CaseRefused, match="already"):
            saved()
        with pytest.raises(CaseRefused, match="no place"):
            saved("Other", texts={"en": "{payment.colour}"})
        with pytest.raises(NotAllowedRefused):
            saved("Other", by=AGENT)
        actions.retire_ready_text(first.key, by=LEAD, now=NOON)
        assert not ready_texts("GH")
        assert ReadyText.objects.filter(key=first.key).count() == 3

    def test_an_answer_with_an_open_place_is_stopped(self):
        case = self.opened()
        with pytest.raises(OpenPlacesRefused, match=r"\{payment.state\} is not filled in"):
            self.answered(case, text="It is {payment.state}")

    def test_files_go_along_come_back_and_are_taken_off(self):
        case = self.opened()
        kept = [
            actions.attach_file(case.pk, BytesIO(text), filename=name, by=AGENT, now=NOON)
            for name, text in (("a.txt", b"one"), ("b.txt", b"two"))
        ]
        actions.take_off_file(kept[1].pk, by=AGENT, now=NOON)
        with pytest.raises(CaseRefused):
            actions.take_off_file(kept[0].pk, by=OTHER, now=NOON)
        case.refresh_from_db()
        message = actions.reply(
            case.pk, text="Here it is.", sent_key="f", version=case.version, by=AGENT, now=NOON
        )
        assert [(each.name, each.data) for each in files_of(message)] == [("a.txt", b"one")]
        actions.take_back(message.pk, by=AGENT, now=NOON)
        assert WaitingFile.objects.get().name == "a.txt"
        actions.look_into_file(Attachment.objects.get().pk, by=REVIEWER, now=NOON)
        assert "case.file_opened" in history("case", case.pk).values_list("verb", flat=True)

    def test_with_an_answer_a_case_waits_for_them_once_it_left_unless_they_wrote_again(self):
        case = self.opened()
        self.answered(case, wait_hours=24)
        case.refresh_from_db()
        assert (case.state, case.waits_for) == ("waiting", "customer")
        assert case.wakes_at == later(hours=24, minutes=30) + timedelta(seconds=11)
        assert self.clock(case, "resolution").pause_reason == CUSTOMER
        other = self.opened(contact="b@example.com", external_id="x2")
        message = actions.reply(
            other.pk, text="A", sent_key="w", version=other.version, wait_hours=24, by=AGENT, now=NOON
        )
        actions.receive_message(
            other.pk, channel="email", text="And?", by=WORKER, now=NOON + timedelta(seconds=5)
        )
        actions.mark_sent(message.pk, external_id="mw", by=WORKER, now=NOON + timedelta(seconds=11))
        assert Case.objects.get(pk=other.pk).state == "in_progress"

    def test_tags_and_who_looks_and_what_is_new_to_them(self):
        case = self.opened()
        actions.tag_case(case.pk, add=["Bank holiday", "bank-holiday"], by=AGENT, now=NOON)
        actions.tag_case(case.pk, add=["again"], remove=["bank-holiday"], by=AGENT, now=NOON)
        assert Case.objects.get(pk=case.pk).tags == ["again"]
        with pytest.raises(CaseRefused, match="number"):
            actions.tag_case(case.pk, add=["0244123456"], by=AGENT, now=NOON)
        assert rows_now((case.pk,), AGENT.id, NOON)[case.pk].is_unread
        actions.look_at(case.pk, by=AGENT, now=later(minutes=1))
        actions.look_at(case.pk, by=AGENT, now=later(minutes=1, seconds=2))
        actions.look_at(case.pk, by=REVIEWER, now=later(minutes=1))
        assert Visit.objects.count() == 2
        seen = rows_now((case.pk,), AGENT.id, later(minutes=1))[case.pk]
        assert (seen.is_unread, seen.here) == (False, tuple(sorted((AGENT.id, REVIEWER.id))))
        assert case_now(case.pk, AGENT.id, later(minutes=1)).here == {AGENT.id, REVIEWER.id}
        actions.receive_message(case.pk, channel="email", text="And?", by=WORKER, now=later(minutes=5))
        assert rows_now((case.pk,), AGENT.id, NOON)[case.pk].is_unread
        with pytest.raises(CaseRefused):
            actions.look_at(case.pk, by=person(4, "SU", "KE"), now=NOON)
