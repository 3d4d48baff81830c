"""Who pays for whom is learnt; automatic only while the phone has one live link that is strong enough."""

from datetime import timedelta

from django.db import connection
from django.test import TestCase

from paydesk.domain.contracts.models import Contract
from paydesk.domain.payments.actions import (
    apply_payment,
    approve_move,
    request_move,
    unapply_payment,
    undo_apply,
)
from paydesk.domain.payments.identified import PayerLink
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.rules import why
from paydesk.domain.payments.suggestion_rules import live_confirmations
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from tests.builders import ANALYST, NOON, TODAY, make_contract, make_source_account, receive, row

LEAD = Actor("person", 900002, "Lead", rights_of(["TL"]), frozenset({"GH"}))
AUNT = "233209990001"


def learn_all() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT payments_learn_from(0, 9000000000)")
        return cursor.fetchone()[0]


class PayerLinks(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.account = make_source_account()
        cls.contract = make_contract(account_number="10482937", phones=("0244123456",))
        cls.other = make_contract(account_number="10482945", phones=("0244000001",))

    def pay(self, reference="", phone=AUNT, amount="10.00", **fields):
        return receive(self.account, row(1, amount, reference=reference, msisdn=phone, **fields))[0]

    def by_hand(self, payment, contract=None):
        contract = contract or self.contract
        return apply_payment(
            payment.pk, customer_id=contract.customer_id, contract_id=contract.pk, by=ANALYST, now=NOON
        )

    def link(self, contract=None):
        return PayerLink.objects.get(contract=contract or self.contract)

    def test_two_confirmations_by_a_person_make_the_third_automatic(self):
        self.by_hand(self.pay())
        assert self.pay().rule == ""
        self.by_hand(Payment.objects.latest("id"))
        third = self.pay()
        assert (third.rule, third.contract_id, third.matched_key) == (
            "payer_link", self.contract.pk, AUNT,
        )  # fmt: skip
        assert "10482937 before and for no other" in why(
            third.rule, third.matched_key, account_number="10482937"
        )

    def test_numbers_that_payers_typed_are_learnt_from_and_own_phones_not(self):
        self.pay("10482937")
        self.pay("10482937")
        self.pay("10482937", phone="233244123456")
        assert learn_all() == 1
        assert (self.link().confirmations, self.link().msisdn) == (2, AUNT)
        assert self.pay().rule == "payer_link"

    def test_what_the_desk_decided_by_a_link_is_no_confirmation(self):
        self.by_hand(self.pay())
        self.by_hand(self.pay())
        self.pay()
        learn_all()
        assert self.link().confirmations == 2

    def test_one_live_link_alone_decides(self):
        for contract in (self.contract, self.other, self.contract, self.other):
            self.by_hand(self.pay(), contract)
        assert self.pay().customer_id is None
        Contract.objects.filter(pk=self.other.pk).update(state="completed")
        assert self.pay().contract_id == self.contract.pk

    def test_an_owner_who_also_pays_for_somebody_else_has_two_and_nothing_is_guessed(self):
        self.by_hand(self.pay())
        own = make_contract(account_number="10482952", phones=(AUNT,))
        assert self.pay().contract_id == own.pk, "one confirmation is no habit"
        PayerLink.objects.filter(contract=self.contract).update(confirmations=2)
        unclear = self.pay()
        assert (unclear.customer_id, unclear.rule) == (None, "")
        claims = {(claim.contract_id, claim.rule) for claim in unclear.claims.all()}
        assert claims == {(own.pk, "msisdn"), (self.contract.pk, "payer_link")}
        Contract.objects.filter(pk=self.contract.pk).update(state="completed")
        assert self.pay().contract_id == own.pk

    def test_other_markets_and_currencies_do_not_count(self):
        self.by_hand(self.pay())
        self.by_hand(self.pay())
        kenya = make_source_account(market="KE", currency="KES", time_zone="Africa/Nairobi")
        (payment,) = receive(kenya, row(1, "10.00", msisdn=AUNT, currency="KES"))
        assert (payment.market, payment.customer_id) == ("KE", None)

    def test_links_fade(self):
        self.by_hand(self.pay())
        self.by_hand(self.pay())
        later = TODAY + timedelta(days=90)
        assert self.pay(booked_on=later, value_on=later).customer_id is None
        (still,) = receive(
            self.account, row(1, "10.00", msisdn=AUNT, value_on=later - timedelta(days=1), booked_on=later)
        )
        assert still.rule == "payer_link"

    def test_taking_off_lowers_and_undoing_that_restores(self):
        first = self.by_hand(self.pay())
        self.by_hand(self.pay())
        unapply_payment(first.pk, contract_id=self.contract.pk, by=ANALYST, now=NOON)
        assert self.link().confirmations == 1
        assert self.pay().customer_id is None
        undo_apply(first.pk, by=ANALYST, now=NOON)
        assert self.link().confirmations == 2

    def test_undoing_an_application_takes_its_lesson_back(self):
        payment = self.by_hand(self.pay())
        undo_apply(payment.pk, by=ANALYST, now=NOON)
        assert (self.link().confirmations, self.link().revoked_at) == (0, NOON)

    def test_a_move_revokes_and_teaches_the_new_contract(self):
        self.by_hand(self.pay())
        self.by_hand(self.pay())
        wrong = self.pay()
        approval = request_move(
            wrong.pk, customer_id=self.other.customer_id, contract_id=self.other.pk, note="Aunt called.",
            by=ANALYST, now=NOON,
        )  # fmt: skip
        approve_move(approval.pk, by=LEAD, now=NOON)
        assert (self.link().confirmations, self.link().revoked_at) == (0, NOON)
        assert self.link(self.other).confirmations == 1
        assert self.pay().customer_id is None

    def test_the_database_halves_as_the_rule_does(self):
        with connection.cursor() as cursor:
            for confirmations, days in ((1, 0), (2, 89), (2, 90), (7, 200), (1000, 899), (3, -5), (9, 9999)):
                on = TODAY + timedelta(days=days)
                cursor.execute("SELECT payments_link_weight(%s, %s, %s)", [confirmations, TODAY, on])
                assert cursor.fetchone()[0] == live_confirmations(confirmations, TODAY, on), (
                    confirmations, days,
                )  # fmt: skip

    def test_learning_waits_for_older_transactions(self):
        self.pay("10482937")
        with connection.cursor() as cursor:
            # This transaction itself is still under way, so its payments are left for the next time.
            for _ in range(2):
                cursor.execute("SELECT payments_learn(1000)")
                assert cursor.fetchone()[0] == 0
            cursor.execute("SELECT through_id, head_id > 0 FROM payments_learning")
            assert cursor.fetchone() == (0, True)
            cursor.execute("UPDATE payments_learning SET head_xid = 0")
            cursor.execute("SELECT payments_learn(9000000)")
            assert cursor.fetchone()[0] == 1
            cursor.execute("UPDATE payments_learning SET head_xid = 0")
            cursor.execute("SELECT payments_learn(9000000)")
            assert cursor.fetchone()[0] == 0
        assert self.link().confirmations == 1
