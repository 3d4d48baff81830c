"""Applying by hand: from suspense or unapplied cash to a contract, refused with a sentence, never twice."""

import pytest
from django.test import TestCase

from paydesk.domain.payments.actions import ApplyRefused, apply_payment
from paydesk.domain.payments.models import Allocation, Payment
from paydesk.domain.payments.steps import PaymentRefused
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, ghs, make_contract, make_source_account, receive, row


class ApplyByHand(TestCase):
    def setUp(self):
        self.account = make_source_account()
        self.contract = make_contract()
        (self.payment,) = receive(self.account, row(1, "120.00", reference="who?"))

    def apply(self, **fields) -> Payment:
        values = {
            "customer_id": self.contract.customer_id,
            "contract_id": self.contract.pk,
            "by": ANALYST,
            "now": NOON,
            **fields,
        }
        return apply_payment(self.payment.pk, **values)

    def refused(self, refusal=PaymentRefused, **fields) -> str:
        before = AuditRecord.objects.count()
        with pytest.raises(refusal) as caught:
            self.apply(**fields)
        self.payment.refresh_from_db()
        assert (self.payment.customer_id, self.payment.open_minor) == (None, 120_00)
        assert AuditRecord.objects.count() == before
        return caught.value.text

    def test_money_in_suspense_is_identified_and_applied_in_one_act(self):
        payment = self.apply()
        assert (payment.customer_id, payment.rule, payment.open_minor) == (
            self.contract.customer_id,
            "by_hand",
            0,
        )
        record = AuditRecord.objects.get(verb="payment.identified")
        assert record.changes["open_minor"] == [120_00, 0]
        assert [f.sentence for f in check_all_in_test() if f.rows] == []

    def test_the_payer_alone_can_be_named_and_the_money_applied_in_parts(self):
        payment = self.apply(contract_id=None)
        assert (payment.customer_id, payment.contract_id, payment.open_minor) == (
            self.contract.customer_id, None, 120_00,
        )  # fmt: skip
        self.apply(amount=ghs("20.00"))
        payment = self.apply(amount=ghs("30.00"))
        assert (payment.allocated_minor, payment.open_minor, payment.contract_id) == (
            50_00,
            70_00,
            self.contract.pk,
        )
        assert Allocation.objects.count() == 2
        assert [f.sentence for f in check_all_in_test() if f.rows] == []

    def test_applying_again_is_refused_once_nothing_is_open(self):
        self.apply()
        with pytest.raises(ApplyRefused, match="all of it is applied"):
            self.apply()
        assert Allocation.objects.count() == 2

    def test_more_than_is_open_is_refused_with_what_is_possible(self):
        assert "up to 120.00 GHS" in self.refused(amount=ghs("120.01"))

    def test_a_contract_of_somebody_else_is_refused(self):
        assert "another customer" in self.refused(contract_id=make_contract().pk)

    def test_a_stale_page_is_refused(self):
        assert "Reload" in self.refused(version=self.payment.version + 1)

    def test_a_contract_in_another_currency_is_refused(self):
        other = make_contract(currency="USD")
        assert "in USD" in self.refused(customer_id=other.customer_id, contract_id=other.pk)

    def test_who_has_no_right_or_not_this_market_is_refused(self):
        self.refused(NotAllowedRefused, by=Actor("person", 5, "Viewer", frozenset(), None))
        self.refused(NotAllowedRefused, by=Actor("person", 6, "Kenya", ANALYST.rights, frozenset({"KE"})))


def check_all_in_test():
    """The invariants, read inside the transaction of a test."""
    return check_all(most_rows=5, own_snapshot=False)
