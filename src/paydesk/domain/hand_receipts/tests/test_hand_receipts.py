"""A receipt by hand: evidence, a second person, posted like any row, proven by the provider's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import TestCase

from paydesk.domain.hand_receipts.actions import HandReceiptRefused, approve_receipt, request_receipt
from paydesk.domain.hand_receipts.models import HandReceipt
from paydesk.domain.hand_receipts.queries import unproven
from paydesk.domain.payments.models import Payment
from paydesk.foundation.approvals.actions import reject_approval
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, ghs, make_contract, make_source_account, receive, row, store_lines

LEAD = Actor("person", 900_101, "Lead", rights_of(["TL"]), frozenset({"GH"}))


class ByHand(TestCase):
    def setUp(self):
        self.account = make_source_account()
        self.contract = make_contract()

    def asked(self, **fields) -> HandReceipt:
        values = {
            "amount": ghs("60.00"), "paid_at": NOON - timedelta(hours=2), "provider_ref": "MP77",
            "reference": self.contract.account_number, "phone": "0244123456", "payer_name": "Ama Mensah",
            "note": "Her SMS is attached.", "document_id": 1, "by": ANALYST, "now": NOON, **fields,
        }  # fmt: skip
        return request_receipt(self.account.pk, **values)

    def approved(self) -> HandReceipt:
        receipt = self.asked()
        return approve_receipt(self.waiting(receipt).pk, by=LEAD, now=NOON)

    def waiting(self, receipt: HandReceipt) -> Approval:
        return Approval.objects.get(subject_kind="hand_receipt", subject_id=receipt.pk)

    def tearDown(self):
        broken = [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows]
        assert broken == []

    def test_a_second_person_agrees_and_it_is_a_payment_like_any_other(self):
        receipt = self.asked()
        assert Payment.objects.count() == 0
        with pytest.raises(SamePersonRefused):
            approve_receipt(self.waiting(receipt).pk, by=ANALYST, now=NOON)
        receipt = approve_receipt(self.waiting(receipt).pk, by=LEAD, now=NOON)
        payment = Payment.objects.get(statement_line_id=receipt.line_id)
        assert (payment.contract_id, payment.allocated_minor, payment.rule) == (
            self.contract.pk, 60_00, "account_number",
        )  # fmt: skip

    def test_the_providers_own_row_proves_it_and_pays_nothing_twice(self):
        receipt = self.approved()
        assert [p.proof for p in unproven(LEAD, NOON)] == ["awaited"]
        assert [p.proof for p in unproven(LEAD, NOON + timedelta(days=4))] == ["overdue"]
        made = receive(self.account, row(1, "60.00", provider_ref="MP77"), row(2, "5.00", reference="x"))
        assert len(made) == 1
        assert unproven(LEAD, NOON) == []
        assert Payment.objects.filter(statement_line_id=receipt.line_id).count() == 1

    def test_a_row_of_another_amount_proves_nothing(self):
        self.approved()
        store_lines(self.account, row(1, "61.00", provider_ref="MP77"))
        assert len(unproven(LEAD, NOON)) == 1

    def test_if_the_row_came_meanwhile_nothing_is_received(self):
        receipt = self.asked()
        receive(self.account, row(1, "60.00", provider_ref="MP77"))
        with pytest.raises(HandReceiptRefused) as refused:
            approve_receipt(self.waiting(receipt).pk, by=LEAD, now=NOON)
        assert "has come meanwhile" in refused.value.text
        reject_approval(self.waiting(receipt).pk, note="It came", by=LEAD, now=NOON)
        receipt.refresh_from_db()
        assert receipt.state == "rejected"

    def test_what_is_missing_is_said(self):
        for fields, words in (
            ({"provider_ref": "x"}, "the provider's own code"),
            ({"note": " "}, "how you know"),
            ({"paid_at": NOON + timedelta(hours=1)}, "in the future"),
            ({"amount": ghs("0.00")}, "above zero"),
            ({"phone": "12"}, "not a phone number"),
        ):
            with pytest.raises(HandReceiptRefused) as refused:
                self.asked(**fields)
            assert words in refused.value.text
        receive(self.account, row(1, "60.00", provider_ref="MP77"))
        with pytest.raises(HandReceiptRefused) as refused:
            self.asked()
        assert "here already" in refused.value.text
        support = Actor("person", 5, "S", rights_of(["SU"]), frozenset({"GH"}))
        with pytest.raises(NotAllowedRefused):
            self.asked(by=support)
