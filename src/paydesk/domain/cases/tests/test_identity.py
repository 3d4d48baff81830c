"""Who may be told what, and what is done for whom: each row of the table, on each channel."""

from __future__ import annotations

import pytest
from django.test import TestCase

from paydesk.domain.cases import actions, identity
from paydesk.domain.cases.hearing import facts_for
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import link_pairs
from paydesk.domain.cases.rules import LEVELS, Level
from paydesk.domain.cases.steps import IdentityRefused
from paydesk.domain.contracts.actions import make_pay_link
from paydesk.domain.doors.actions import give_status_page
from paydesk.domain.doors.steps import DoorRefused
from paydesk.domain.payments.actions import request_move
from paydesk.domain.refunds.actions import request_refund
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from tests.builders import NOON, WORKER, ghs, make_contract, make_source_account, receive, row

AGENT = Actor("person", 931_001, "Agent", rights_of(["SU"]), frozenset({"GH"}))


@pytest.mark.parametrize("verb", identity.VERBS)
def test_a_verb_is_done_from_its_level_on_and_for_no_third_person_who_would_hear_of_a_debt(verb):
    needed = identity.VERBS[verb]
    for word, level in LEVELS.items():
        refused = identity.why_not(verb, level=word, party_role="customer")
        assert bool(refused) == (level < needed.level)
        harmless = needed.level == Level.UNVERIFIED and not needed.tells_debt
        assert (identity.why_not(verb, level=word, party_role="third_party") == "") == harmless


def test_what_moves_money_out_needs_the_strong_level():
    strong = {verb for verb, needed in identity.VERBS.items() if needed.level == Level.STRONG}
    assert {"refund.request", "refund.change_payee", "goodwill.give", "payment.move"} <= strong


@pytest.mark.parametrize(
    ("way", "channel", "here", "known"),
    [
        ("", "email", "email", True),
        ("", "email", "chat", False),
        ("", "web_form", "email", True),
        ("callback", "email", "email", False),  # the number on file is theirs, the address may be anybody's
        ("callback", "email", "phone", True),
        ("code", "email", "email", True),
        ("document", "chat", "email", True),
        ("", "by_hand", "phone", True),
    ],
)
def test_somebody_is_known_where_they_proved_it(way, channel, here, known):
    assert (identity.level_on("two_facts", identity.proven_on(way, channel), here) == "two_facts") == known


@pytest.mark.parametrize(
    ("owner", "role", "customer", "parties", "theirs"),
    [
        (None, "customer", None, (), True),
        (("customer", 1), "customer", 1, (), True),
        (("customer", 2), "customer", 1, (), False),
        (("customer", 2), "seller", None, (7,), False),
        (("party", 7), "seller", None, (7,), True),
        (("party", 7), "seller", None, (7, 8), False),
        (("party", 7), "customer", 1, (7,), False),
    ],
)
def test_only_what_is_theirs_is_told_and_touched(owner, role, customer, parties, theirs):
    why = identity.why_not_theirs(owner, customer_id=customer, party_role=role, parties=parties)
    assert (why == "") == theirs


class WhatAnAnswerTells(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.contract = make_contract()
        line = row(1, "50.00", reference=cls.contract.account_number, provider_ref="MP240302AB12")
        (cls.payment,) = receive(make_source_account(), line)

    def opened(self, text: str) -> Case:
        return actions.open_case(
            market="GH", channel="email", contact="ama@example.com", text=text, by=WORKER, now=NOON
        )

    def answer(self, case: Case, text: str) -> None:
        case.refresh_from_db()
        actions.reply(case.pk, text=text, sent_key=text[:60], version=case.version, by=AGENT, now=NOON)

    def test_what_was_typed_is_told_as_much_as_what_was_put_in(self):
        case = self.opened("Where is my money?")
        actions.link(case.pk, kind="payment", object_id=self.payment.pk, by=AGENT, now=NOON)
        with pytest.raises(IdentityRefused, match="What was paid"):
            self.answer(case, "We have your 50.00 GHS.")
        actions.sort_case(case.pk, customer_id=self.payment.customer_id, by=AGENT, now=NOON)
        actions.verify(case.pk, strong_way="callback", by=AGENT, now=NOON)
        actions.link(case.pk, kind="contract", object_id=self.contract.pk, by=AGENT, now=NOON)
        with pytest.raises(IdentityRefused):  # known on the phone, and this goes to an address
            self.answer(case, "We have your 50.00 GHS.")
        page = {"kind": "payment", "object_id": self.payment.pk, "by": AGENT, "now": NOON}
        with pytest.raises(DoorRefused, match="not verified"):
            give_status_page(case.pk, **page)
        pay = {"with_amount": True, "words": "", "address": "", "by": AGENT, "now": NOON}
        with pytest.raises(IdentityRefused, match="what is owed"):
            make_pay_link(self.contract.pk, case_id=case.pk, **pay)
        actions.verify(case.pk, facts=["account_number", "last_payment"], by=AGENT, now=NOON)
        assert give_status_page(case.pk, **page).level == "two_facts"
        assert make_pay_link(self.contract.pk, case_id=case.pk, **pay)
        case.refresh_from_db()
        self.answer(case, "We have your 50.00 GHS.")

    def test_what_they_said_is_said_back_but_a_third_person_hears_nothing_new(self):
        case = self.opened("I paid for my brother, code MP240302AB12")
        actions.confirm_link(case.links.get().pk, by=AGENT, now=NOON)
        actions.sort_case(case.pk, party_role="third_party", by=AGENT, now=NOON)
        self.answer(case, "Thank you, the code MP240302AB12 is written down.")
        actions.link(case.pk, kind="contract", object_id=self.contract.pk, by=AGENT, now=NOON)
        with pytest.raises(IdentityRefused, match="third person"):
            self.answer(case, f"Account {self.contract.account_number} is the one.")

    def test_of_a_strangers_payment_nothing_is_told_and_nothing_is_done(self):
        """They verify as themselves and quote somebody else's code."""
        own = make_contract()
        case = self.opened("Where is MP240302AB12?")
        actions.sort_case(case.pk, customer_id=own.customer_id, by=AGENT, now=NOON)
        actions.confirm_link(case.links.get().pk, by=AGENT, now=NOON)
        actions.link(case.pk, kind="contract", object_id=self.contract.pk, by=AGENT, now=NOON)
        actions.verify(case.pk, strong_way="document", by=AGENT, now=NOON)
        case.refresh_from_db()
        told = facts_for(case, link_pairs(case.pk), NOON, channel="email")
        assert {fact.name.partition(".")[0] for fact, _ in told} == {"payment", "contract"}
        assert {why for _, why in told} == {identity.OTHERS}
        with pytest.raises(IdentityRefused, match="another customer"):
            self.answer(case, "We have your 50.00 GHS.")
        given = {
            "amount": ghs("50.00"), "reason": "overpaid", "note": "x", "payee_kind": "payer",
            "payee_name": "Ama", "payee_account": "233244123456", "rail": "mobile_money", "case_id": case.pk,
            "by": AGENT, "now": NOON,
        }  # fmt: skip
        with pytest.raises(IdentityRefused, match="another customer"):
            request_refund(self.payment.pk, **given)
        (nobodys,) = receive(make_source_account(name="Third"), row(3, "50.00", provider_ref="MP240302AB13"))
        with pytest.raises(IdentityRefused, match="Nobody knows yet"):
            request_refund(nobodys.pk, **given)
        with pytest.raises(IdentityRefused, match="another customer"):
            make_pay_link(
                self.contract.pk, case_id=case.pk, with_amount=True, words="", address="", by=AGENT, now=NOON
            )
        with pytest.raises(DoorRefused, match="another customer"):
            give_status_page(case.pk, kind="payment", object_id=self.payment.pk, by=AGENT, now=NOON)
        request_move(  # it was paid to the wrong account: that is for them to ask
            self.payment.pk, customer_id=own.customer_id, contract_id=own.pk, note="x", case_id=case.pk,
            by=AGENT, now=NOON,
        )  # fmt: skip
        actions.link(case.pk, kind="payment", object_id=nobodys.pk, by=AGENT, now=NOON)
        assert request_refund(nobodys.pk, **given).state == "requested"
