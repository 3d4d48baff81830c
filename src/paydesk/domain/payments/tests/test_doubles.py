"""A second similar payment within minutes is posted and shown, never dropped."""

from datetime import timedelta

from django.db import connection
from django.test import TestCase

from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries import payments, possible_doubles_count, similar_to
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

    def doubles(self):
        return set(payments(ANALYST, {"double": "1"}))

    def test_same_payer_amount_and_contract_within_five_minutes(self):
        first = self.pay()
        second = self.pay(minutes=5)
        self.notice()
        assert self.doubles() == {second}
        assert (similar_to(second), similar_to(first)) == ([first], [second])
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
        assert similar_to(later) == [earlier]
