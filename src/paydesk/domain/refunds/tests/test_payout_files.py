"""A payout file until it is sent: two people at once, a refund taken out of it."""

from __future__ import annotations

import pytest
from django.test import TestCase

from paydesk.domain.ledger.queries import control_balance
from paydesk.domain.refunds import queries
from paydesk.domain.refunds.actions import (
    PayoutFileChangedRefused,
    RefundRefused,
    approve_refund,
    approve_release,
    put_payout_file_aside,
    request_refund,
    request_release,
    send_payout_file,
    take_refund_out,
)
from paydesk.domain.refunds.models import PayoutFile, Refund
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import ApprovalRefused
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.documents.models import Document
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused, TransitionRefused
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, ghs, make_contract, make_source_account, receive, row


def person(number: int, *roles: str) -> Actor:
    return Actor("person", 900_000 + number, f"Person {number}", rights_of(roles), frozenset({"GH"}))


LEAD, CONTROLLER, SUPPORT, OTHER = person(2, "TL"), person(3, "FC"), person(5, "SU"), person(6, "AN")
PHONE = "233244123456"


class PayoutFiles(TestCase):
    def setUp(self) -> None:
        self.account = make_source_account()
        contract = make_contract()
        (self.payment,) = receive(
            self.account,
            row(1, "120.00", reference=contract.account_number, msisdn=PHONE, payer_name="Ama Mensah"),
        )
        self.fifty, self.twenty = self.approved("50.00"), self.approved("20.00")
        self.payout = request_release(
            [self.fifty.pk, self.twenty.pk], source_account_id=self.account.pk, format="mobile_money_csv",
            by=ANALYST, now=NOON,
        )  # fmt: skip

    def tearDown(self) -> None:
        broken = [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows]
        assert broken == []

    def approved(self, amount: str) -> Refund:
        refund = request_refund(
            self.payment.pk, amount=ghs(amount), reason="overpaid", note="Paid too much.", payee_kind="payer",
            payee_name="Ama Mensah", payee_account=PHONE, rail="mobile_money", again=True,
            by=SUPPORT, now=NOON,
        )  # fmt: skip
        waiting = Approval.objects.get(subject_kind="refund", subject_id=refund.pk, state="pending")
        return approve_refund(waiting.pk, by=LEAD, now=NOON)

    def release(self) -> PayoutFile:
        waiting = Approval.objects.get(subject_kind="payout_file", state="pending")
        self.payout = approve_release(waiting.pk, by=CONTROLLER, now=NOON)
        return self.payout

    def take_out(self, **said) -> PayoutFile:
        values = {"note": "Her wallet is closed", "by": ANALYST, "now": NOON, **said}
        return take_refund_out(self.payout.pk, values.pop("refund", self.fifty).pk, **values)

    def content(self) -> str:
        self.payout.refresh_from_db()
        with open_document(self.payout.document_id).file as file:
            return file.read().decode()

    def in_transit(self) -> int:
        return -sum(m.amount_minor for m in control_balance("1030", self.account.pk))

    def test_two_people_with_the_same_page_before_them(self):
        seen = self.release().version
        send_payout_file(self.payout.pk, version=seen, by=ANALYST, now=NOON)
        with pytest.raises(PayoutFileChangedRefused):
            put_payout_file_aside(self.payout.pk, note="Not sent", version=seen, by=OTHER, now=NOON)
        with pytest.raises(PayoutFileChangedRefused, match="stop one of the two"):
            send_payout_file(self.payout.pk, version=seen, by=OTHER, now=NOON)
        with pytest.raises(PayoutFileChangedRefused):
            self.take_out(version=seen)
        send_payout_file(self.payout.pk, version=seen, by=ANALYST, now=NOON)  # a double submit is one
        assert (self.in_transit(), Refund.objects.get(pk=self.fifty.pk).tries) == (70_00, 1)

    def test_what_was_put_aside_meanwhile_is_not_sent_from_an_old_page(self):
        seen = self.release().version
        put_payout_file_aside(self.payout.pk, note="Portal is down", version=seen, by=OTHER, now=NOON)
        with pytest.raises(PayoutFileChangedRefused):
            send_payout_file(self.payout.pk, version=seen, by=ANALYST, now=NOON)
        assert self.in_transit() == 0

    def test_one_refund_is_taken_out_and_the_file_made_again_without_it(self):
        seen = self.release().version
        first = self.payout.document_id
        for refused, said in (
            (NotAllowedRefused, {"by": SUPPORT}),
            (RefundRefused, {"note": " "}),
            (PayoutFileChangedRefused, {"version": seen - 1}),
        ):
            with pytest.raises(refused):
                self.take_out(**said)
        assert self.content().count("REF-") == 2
        payout = self.take_out(version=seen)
        assert (payout.count, payout.total_minor, payout.state) == (1, 20_00, "released")
        assert self.content().splitlines()[1:] == [f"{PHONE},20.00,{queries.code(self.twenty)},Ama Mensah"]
        assert payout.document_id != first
        assert Document.objects.get(pk=first), "what was made first is kept"
        out = Refund.objects.get(pk=self.fifty.pk)
        assert (out.state, out.payout_file) == ("approved", None)
        record = AuditRecord.objects.get(verb="payout_file.refund_taken_out")
        assert (record.changes["total_minor"], record.note) == ([70_00, 20_00], "Her wallet is closed")
        with pytest.raises(PayoutFileChangedRefused):
            send_payout_file(payout.pk, version=seen, by=OTHER, now=NOON)
        with pytest.raises(RefundRefused, match="not in this file"):
            self.take_out()
        with pytest.raises(RefundRefused, match="put the file aside"):
            self.take_out(refund=self.twenty)
        send_payout_file(payout.pk, by=ANALYST, now=NOON)
        assert self.in_transit() == 20_00
        with pytest.raises(RefundRefused, match="not sent yet"):
            self.take_out(refund=self.twenty)
        request_release(
            [out.pk], source_account_id=self.account.pk, format="mobile_money_csv", by=ANALYST, now=NOON
        )

    def test_while_it_waits_who_put_it_together_asks_for_the_rest(self):
        asked = Approval.objects.get(subject_kind="payout_file", state="pending")
        with pytest.raises(ApprovalRefused, match="Only who asked"):
            self.take_out(by=OTHER)
        self.take_out()
        again = Approval.objects.get(subject_kind="payout_file", state="pending")
        assert (again.amount_minor, again.asked_by) == (20_00, ANALYST.label)
        with pytest.raises(TransitionRefused):
            approve_release(asked.pk, by=CONTROLLER, now=NOON)
        self.release()
        assert (self.payout.count, self.payout.total_minor) == (1, 20_00)
        assert self.content().count("REF-") == 1
        assert Refund.objects.get(pk=self.fifty.pk).state == "approved"
