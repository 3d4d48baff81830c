"""Asking aside: by mail to its own address or among us, each under its own clock, never the customer's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage

import pytest
from django.test import Client, TestCase
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.connectors.mail.writing import write_mail
from paydesk.domain.cases import actions, mailing
from paydesk.domain.cases.models import Case, Mailbox, Message, SideMessage, SideTalk
from paydesk.domain.cases.naming import named_in, naming
from paydesk.domain.cases.side_queries import answered_to, asked_of
from paydesk.domain.cases.side_rules import EVERYBODYS, is_theirs
from paydesk.domain.cases.steps import CaseRefused
from paydesk.foundation.audit.queries import history
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.restricted import begin, end, view_of
from paydesk.kernel.actor import Actor
from tests.browser.people import make_person
from tests.builders import WORKER

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=2)


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class AskingAside(TestCase):
    @classmethod
    def setUpTestData(cls):
        people = {
            role: make_person(f"{role} Person", role, markets="GH") for role in ("SU", "FC", "TL", "QA")
        }
        cls.people = people
        cls.agent, cls.controller, cls.lead, cls.reviewer = (
            people[r].actor() for r in ("SU", "FC", "TL", "QA")
        )
        cls.box = Mailbox.objects.create(
            address="help@desk.example", name="Help", market="GH", imap={}, imap_secret="", smtp={},
            smtp_secret="", added_by="x", added_at=NOON,
        )  # fmt: skip

    def setUp(self):
        self.case = actions.open_case(
            market="GH", channel="email", contact="ama@mail.example", text="Where is it?", by=WORKER, now=NOON
        )

    def asked(self, **fields) -> SideTalk:
        known = {
            "with_whom": "provider", "address": "support@psp.example", "subject": "Where is MP1",
            "text": "Did it arrive?", "by": self.agent, "now": NOON,
        }  # fmt: skip
        return actions.open_side(self.case.pk, **{**known, **fields})

    def clock(self, side: SideTalk) -> Clock:
        return Clock.objects.filter(subject_kind="side", subject_id=side.pk).latest("pk")

    def mail_back(self, side: SideTalk, sender: str, text: str = "It did.") -> None:
        """They answer what went out, to where its Reply-To says."""
        out = mailing.side_mail_of(side.messages.get(direction="out"), self.box, NOON)
        assert b"ama@mail.example" not in write_mail(out)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, out.reply_to.address, f"Re: {out.subject}"
        mail["Message-ID"] = f"<{len(text)}.{sender}>"
        mail.set_content(text)
        actions.keep_mail(
            self.box, mail.as_bytes(policy=policy.SMTP), received_at=LATER, by=WORKER, now=LATER
        )
        actions.take_in_all(by=WORKER, now=LATER)
        side.refresh_from_db()
        self.case.refresh_from_db()

    def test_a_provider_is_asked_by_mail_and_the_answer_comes_back_aside(self):
        actions.take_up(self.case.pk, by=self.agent, now=NOON)
        side = self.asked()
        assert (self.clock(side).kind, self.clock(side).ended_as) == ("provider_response", "")
        actions.wait(self.case.pk, waits_for="provider", by=self.agent, now=NOON)
        self.mail_back(side, "ben@psp.example")
        assert side.state == "answered"
        assert self.clock(side).ended_as == "met"
        assert self.case.state == "in_progress"  # it waited for them
        assert [said.text for said in side.messages.filter(direction="in")] == ["It did."]
        assert Message.objects.filter(case=self.case).count() == 1  # nothing in the thread of the customer
        assert Case.objects.count() == 1
        assert list(answered_to(self.agent)) == [side]
        actions.say_aside(side.pk, text="And when?", by=self.agent, now=LATER)
        assert self.clock(side).ended_as == ""

    def test_a_stranger_at_that_address_is_noted_and_answers_nothing(self):
        side = self.asked()
        self.mail_back(side, "mallory@elsewhere.example", "Send me the money")
        assert side.state == "open"
        assert self.clock(side).ended_as == ""
        assert side.messages.filter(direction="note").count() == 1

    def test_among_us_whoever_is_asked_sees_it_and_answers_by_writing(self):
        side = self.asked(with_whom="finance", address="")
        assert (side.asked_role, self.clock(side).kind) == ("FC", "internal_task")
        assert list(asked_of(self.controller)) == [side]
        assert not asked_of(self.lead).exists()
        named = self.asked(with_whom="engineering", address="", asked_ids=[self.lead.id])
        assert list(asked_of(self.lead)) == [named]
        actions.say_aside(side.pk, text="Booked yesterday.", by=self.controller, now=LATER)
        side.refresh_from_db()
        assert (side.state, self.clock(side).ended_as) == ("answered", "met")
        assert not asked_of(self.controller).exists()

    def test_whoever_a_note_names_finds_it_at_home_until_they_opened_the_case(self):
        def note(text: str, key: str) -> Message:
            return actions.add_note(self.case.pk, text=text, sent_key=key, by=self.agent, now=now)

        now = timezone.now()
        said = note("@TL, @fc person and @SU: look at ama@tl.example", "one")
        assert named_in(said) == sorted([self.lead.id, self.controller.id])  # nobody tells themselves
        assert note("again", "one") == said
        assert list(history("case", self.case.pk))[-1].changes["named"] == named_in(said)
        assert [each.message for each in naming(self.lead, now)] == [said]
        home = Client()
        home.force_login(self.people["TL"])
        assert "@TL, @fc person" in home.get("/").content.decode()
        actions.look_at(self.case.pk, by=self.lead, now=now + timedelta(seconds=1))
        assert not naming(self.lead, now).exists()
        assert "@TL, @fc person" not in home.get("/").content.decode()
        assert naming(self.controller, now).exists()
        assert not naming(self.controller, now + timedelta(days=31)).exists()
        begin(("case", self.case.pk), market="GH", named=[self.agent.id, self.lead.id], by=WORKER, at=now)
        assert not naming(self.controller, now).exists()
        assert named_in(note("@QA @TL", "two")) == [self.lead.id]  # who may not see it is not told
        make_person("TL Other", "TL", email="other@desk.example", markets="GH")
        end(view_of("case", self.case.pk), by=WORKER, at=now)
        with pytest.raises(CaseRefused, match="2 people are called TL"):
            note("@TL look", "three")
        assert named_in(note("@TL Other look", "four")) == [Person.objects.get(name="TL Other").pk]

    def test_a_case_is_not_resolved_while_something_is_asked_and_closing_ends_the_clock(self):
        side = self.asked()
        with pytest.raises(CaseRefused, match="A provider is open: close it first"):
            actions.resolve(self.case.pk, by=self.agent, now=NOON)
        closed = actions.close_side(side.pk, by=self.agent, now=LATER)
        assert (closed.state, self.clock(side).ended_as != "") == ("closed", True)
        with pytest.raises(CaseRefused) as refused:
            actions.resolve(self.case.pk, by=self.agent, now=LATER)
        assert "close it first" not in refused.value.text
        with pytest.raises(CaseRefused, match="is closed"):
            actions.say_aside(side.pk, text="More", by=self.agent, now=LATER)

    def test_refusals(self):
        nobody = Actor("person", 1, "X", self.agent.rights, frozenset({"KE"}))
        for wrong in (
            {"address": ""}, {"address": "no address"}, {"address": "AMA@mail.example"}, {"with_whom": "x"},
            {"text": " "}, {"with_whom": "sales", "address": ""}, {"by": nobody},
            {"address": "", "with_whom": "sales", "asked_ids": [self.people["QA"].pk]},
        ):  # fmt: skip
            with pytest.raises(CaseRefused):
                self.asked(**wrong)
        assert not SideTalk.objects.exists()
        self.asked(sent_key="k")
        assert self.asked(sent_key="k").pk == SideTalk.objects.get().pk
        assert SideMessage.objects.count() == 1

    def test_a_card_number_does_not_leave(self):
        side = self.asked(text="Card 4111 1111 1111 1111 was charged")
        assert "4111 1111 1111 1111" not in side.messages.get().text


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([*sorted(EVERYBODYS), "psp.example"]), st.sampled_from(["ann", "ben"]))
def test_a_colleague_answers_for_a_house_and_nobody_for_a_post_office(domain, name):
    assert is_theirs(f"{name}@{domain}", f"ann@{domain}") == (name == "ann" or domain == "psp.example")
    assert not is_theirs("", f"ann@{domain}")
