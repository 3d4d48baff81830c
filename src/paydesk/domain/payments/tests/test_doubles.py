"""A second similar payment within minutes is posted and shown, never dropped."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import TestCase

from paydesk.domain.payments.actions import DoubleRefused, answer_double
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries import payments, possible_doubles_count, similar_to
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from tests.builders import ANALYST, NOON, TODAY, make_contract, make_source_account, receive, row


class PossibleDoubles(TestCase):
    def pay(self, minutes=0, amount="10.00", reference="10482937", phone="233209990001"):
        at = NOON + timedelta(minutes=minutes)
        return receive(self.account, row(1, amount, reference=reference, msisdn=phone, occurred_at=at))[0]

    def setUp(self):
        self.account = make_source_account()
        make_contract(account_number="10482937")
        make_contract(account_number="10482945")

    def notice(self, after=0):
        with connection.cursor() as cursor:
            cursor.execute("SELECT payments_learn_from(%s, 9000000000)", [after])

    def similar(self, payment):
        return [each.payment for each in similar_to(payment)]

    def doubles(self):
        return set(payments(ANALYST, {"double": "1"}))

    def test_same_payer_amount_and_contract_within_five_minutes(self):
        first = self.pay()
        second = self.pay(minutes=5)
        self.notice()
        assert self.doubles() == {second}
        assert (self.similar(second), self.similar(first)) == ([first], [second])
        assert possible_doubles_count(ANALYST, since=TODAY) == 1
        assert Payment.objects.filter(allocated_minor=10_00).count() == 2, "both are applied"

    def test_what_differs_is_no_double(self):
        self.pay()
        for differs in (
            {"minutes": 6},
            {"amount": "11.00"},
            {"reference": "10482945"},
            {"phone": "233209990002"},
        ):
            self.pay(**{"minutes": 1, **differs})
        self.notice()
        assert self.doubles() == set()

    def test_the_later_one_is_marked_also_when_it_came_first(self):
        later = self.pay(minutes=2)
        self.notice()
        earlier = self.pay()
        self.notice(after=later.pk)
        assert self.doubles() == {later}
        assert self.similar(later) == [earlier]

    def test_of_unknown_payers_the_phone_or_else_the_name_as_sent_says_who(self):
        def unknown(minutes, phone="", name="", amount="9.00"):
            at = NOON + timedelta(minutes=minutes)
            return receive(self.account, row(1, amount, msisdn=phone, payer_name=name, occurred_at=at))[0]

        by_phone = unknown(0, "233209990003"), unknown(3, "233209990003")
        by_name = unknown(60, name="Abena Invented"), unknown(61, "233209990004", " ABENA INVENTED")
        unknown(120, "233209990005", "Kwesi Invented")
        unknown(121, "233209990006", "Kwesi Invented")  # another phone
        unknown(180), unknown(181)  # nothing says who
        unknown(240, "233209990007"), unknown(246, "233209990007")
        unknown(300, "233209990008"), unknown(301, "233209990008", amount="9.50")
        self.notice()
        assert self.doubles() == {by_phone[1], by_name[1]}
        assert self.similar(by_name[0]) == [by_name[1]]

    def test_the_answer_that_it_was_meant_ends_the_hint_and_can_be_taken_back(self):
        first, second = self.pay(), self.pay(minutes=1)
        self.notice()
        for refused in (Actor("person", 1, "Auditor", rights_of(["AU"]), frozenset({"GH"})),
                        Actor("person", 2, "Elsewhere", rights_of(["AN"]), frozenset({"KE"}))):  # fmt: skip
            with pytest.raises(NotAllowedRefused):
                answer_double(first.pk, on_purpose=True, by=refused, now=NOON)
        with pytest.raises(DoubleRefused):
            answer_double(first.pk, on_purpose=False, by=ANALYST, now=NOON)
        assert answer_double(first.pk, on_purpose=True, by=ANALYST, now=NOON) == [second.pk]
        assert (self.doubles(), possible_doubles_count(ANALYST, since=TODAY)) == (set(), 0)
        (pair,) = similar_to(second)
        assert (pair.on_purpose_by, pair.on_purpose_at) == (ANALYST.label, NOON)
        (record,) = AuditRecord.objects.filter(verb="payment.double_on_purpose")
        assert (record.subject_id, record.changes) == (str(first.pk), {"similar": [second.pk]})
        with pytest.raises(DoubleRefused):
            answer_double(second.pk, on_purpose=True, by=ANALYST, now=NOON)
        self.notice()
        assert self.doubles() == set(), "noticed again, it stays answered"
        answer_double(second.pk, on_purpose=False, by=ANALYST, now=NOON)
        assert self.doubles() == {second}
