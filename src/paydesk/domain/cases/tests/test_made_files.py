"""A statement or letter that waits for an answer leaves only for whoever may have it when it leaves."""

from __future__ import annotations

from io import BytesIO

import pytest

from paydesk.domain.cases import actions
from paydesk.domain.cases.answering import StaleFactsRefused
from paydesk.domain.cases.made_files import Tells
from paydesk.domain.cases.models import Attachment, Case, Message, WaitingFile
from paydesk.domain.cases.steps import IdentityRefused
from paydesk.domain.cases.tests.test_life import AGENT, NOON, Cases, later
from tests.builders import make_contract


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class MadeFiles(Cases):
    def setUp(self):
        super().setUp()
        self.case = self.opened()
        self.confirmed(self.case)
        self.known_to_be_them(self.case)

    def made(self, verb="", facts=None, about=()) -> WaitingFile:
        tells = Tells(verb, about, self.payment.customer_id, facts or {})
        return actions.attach_file(
            self.case.pk,
            BytesIO(b"All that was paid"),
            filename="statement.pdf",
            tells=tells,
            by=AGENT,
            now=NOON,
        )

    def statement(self) -> WaitingFile:
        return self.made("statement.send", about=(("contract", self.contract.pk),))

    def answer(self, key="k") -> Message:
        case = Case.objects.get(pk=self.case.pk)
        return actions.reply(
            case.pk, text="Here it is.", sent_key=key, version=case.version, by=AGENT, now=later(minutes=5)
        )

    def test_it_goes_along_to_them_and_asks_again_when_it_was_taken_back(self):
        self.statement()
        message = self.answer()
        assert Attachment.objects.get(message=message).name == "statement.pdf"
        actions.take_back(message.pk, by=AGENT, now=later(minutes=5))
        actions.sort_case(self.case.pk, contact="other@example.com", by=AGENT, now=later(minutes=6))
        self.refused("Verify who asks", key="again")

    def test_who_turns_out_to_be_somebody_else_gets_nothing(self):
        self.statement()
        actions.sort_case(self.case.pk, party_role="third_party", by=AGENT, now=NOON)
        self.refused("third person")
        other = make_contract().customer_id
        actions.sort_case(self.case.pk, party_role="customer", customer_id=other, by=AGENT, now=NOON)
        actions.verify(self.case.pk, strong_way="document", by=AGENT, now=NOON)
        self.refused("another customer")

    def test_whoever_proved_it_elsewhere_gets_nothing_here(self):
        self.statement()
        actions.verify(self.case.pk, strong_way="callback", by=AGENT, now=NOON)
        self.refused("Verify who asks")

    def test_a_letter_whose_facts_changed_is_made_again(self):
        self.made(facts={"payment.amount": "50.00 GHS"})
        self.answer()
        self.made(facts={"payment.amount": "49.00 GHS"})
        with pytest.raises(StaleFactsRefused, match=r"statement.pdf says is not so any more"):
            self.answer("again")

    def refused(self, why: str, key="k") -> None:
        before = Message.objects.count()
        with pytest.raises(IdentityRefused, match=why):
            self.answer(key)
        assert (Message.objects.count(), WaitingFile.objects.count()) == (before, 1)
