"""A reversal request from the provider's message to its row: held, agreed to or contested by two people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import TestCase

from paydesk.domain.ledger.queries import balances_of
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.steps import take_back
from paydesk.domain.refunds.actions import request_refund
from paydesk.domain.reversal_requests import queries
from paydesk.domain.reversal_requests.actions import (
    ReversalRequestRefused,
    approve_acceptance,
    approve_contest,
    record_request,
    release_request,
    request_acceptance,
    request_contest,
    settle_reversed,
)
from paydesk.domain.reversal_requests.models import ReversalRequest
from paydesk.foundation.approvals.actions import reject_approval
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import ApprovalRefused, SamePersonRefused
from paydesk.foundation.clocks.queries import clocks_of
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused, TransitionRefused
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, WORKER, ghs, make_contract, make_source_account, receive, row

PHONE = "233244123456"
LATER = NOON + timedelta(hours=1)


def person(number: int, *roles: str) -> Actor:
    return Actor("person", 910_000 + number, f"Person {number}", rights_of(roles), frozenset({"GH"}))


LEAD, RISK, SUPPORT, CONTROLLER = person(2, "TL"), person(3, "RK"), person(4, "SU"), person(5, "FC")


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class Requests(TestCase):
    def setUp(self):
        self.account = make_source_account()
        self.contract = make_contract()
        (self.payment,) = receive(
            self.account,
            row(1, "120.00", reference=self.contract.account_number, msisdn=PHONE, payer_name="Ama Mensah"),
        )

    def recorded(self, amount="50.00", **fields) -> ReversalRequest:
        values = {
            "amount": ghs(amount), "case_number": "RV-1", "reason": "wrong_recipient", "requested_at": NOON,
            "by": SUPPORT, "now": LATER, **fields,
        }  # fmt: skip
        return record_request(self.payment.pk, **values)

    def accepted(self, request: ReversalRequest, by=LEAD) -> ReversalRequest:
        approval = request_acceptance(request.pk, note="She proved it.", by=ANALYST, now=LATER)
        return approve_acceptance(approval.pk, by=by, now=LATER)

    def contested(self, request: ReversalRequest, **fields) -> ReversalRequest:
        approval = self.contest_asked(request, **fields)
        return approve_contest(approval.pk, by=LEAD, now=LATER)

    def contest_asked(self, request: ReversalRequest, contest_reason="value_given") -> Approval:
        return request_contest(
            request.pk, contest_reason=contest_reason, note="See the proof.", by=ANALYST, now=LATER
        )

    def taken(self, amount: str) -> None:
        take_back(self.payment.pk, ghs(amount).amount_minor, by=WORKER, at=LATER)

    def payment_now(self) -> Payment:
        return Payment.objects.select_related("source_account", "statement_line").get(pk=self.payment.pk)

    def figures(self) -> tuple[int, int, int, int]:
        payment = self.payment_now()
        return (
            payment.reserved_minor, payment.allocated_minor, payment.reversed_minor, payment.shortfall_minor
        )  # fmt: skip

    def clock(self, request: ReversalRequest) -> str:
        (clock,) = clocks_of("reversal_request", request.pk)
        return clock.ended_as

    def tearDown(self):
        broken = [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows]
        assert broken == []

    def test_accepted_the_money_is_held_until_the_providers_row_takes_it(self):
        request = self.recorded()
        assert (request.state, request.held_minor, self.figures()) == ("locked", 50_00, (50_00, 70_00, 0, 0))
        assert self.accepted(request).state == "accepted"
        assert self.figures() == (50_00, 70_00, 0, 0)
        assert settle_reversed(by=WORKER, now=LATER) == 0
        self.taken("50.00")
        assert settle_reversed(by=WORKER, now=LATER) == 1
        assert settle_reversed(by=WORKER, now=LATER) == 0
        request.refresh_from_db()
        assert (request.state, request.held_minor, self.figures()) == ("reversed", 0, (0, 70_00, 50_00, 0))
        assert balances_of(self.payment.customer_id, ["1310"]) == []

    def test_all_of_a_payment_that_is_taken_while_held_makes_its_shortfall_good(self):
        request = self.accepted(self.recorded("120.00"))
        self.taken("120.00")
        assert self.figures() == (120_00, 0, 120_00, 120_00)
        settle_reversed(by=WORKER, now=LATER)
        request.refresh_from_db()
        assert (request.state, self.figures()) == ("reversed", (0, 0, 120_00, 0))
        assert balances_of(self.payment.customer_id, ["1310"]) == []

    def test_a_provider_that_does_not_wait_ends_it_and_the_answer_that_was_asked_for(self):
        request = self.recorded()
        approval = self.contest_asked(request)
        self.taken("50.00")
        assert settle_reversed(by=WORKER, now=LATER) == 1
        approval.refresh_from_db()
        request.refresh_from_db()
        assert (request.state, approval.state, self.clock(request)) == ("reversed", "expired", "waived")

    def test_contested_the_money_is_back_at_once_and_the_proof_is_kept(self):
        request = self.contested(self.recorded())
        assert (request.state, request.held_minor, self.figures()) == ("contested", 0, (0, 120_00, 0, 0))
        assert self.clock(request) == "met"
        with open_document(request.proof_id).file as file:
            assert file.read(5) == b"%PDF-"
        released = release_request(request.pk, note="Case closed for us.", by=ANALYST, now=LATER)
        assert (released.state, self.figures()) == ("released", (0, 120_00, 0, 0))
        with pytest.raises(TransitionRefused):
            release_request(request.pk, note="Again", by=ANALYST, now=LATER)

    def test_what_the_provider_takes_after_we_said_no_ends_it_too(self):
        request = self.contested(self.recorded(), contest_reason="no_consent")
        self.taken("50.00")
        assert settle_reversed(by=WORKER, now=LATER) == 1
        request.refresh_from_db()
        assert (request.state, self.figures()) == ("reversed", (0, 70_00, 50_00, 0))

    def test_the_proof_shows_what_the_money_had_bought_before_it_was_held(self):
        request = self.recorded("120.00")
        assert self.payment_now().allocated_minor == 0
        bought = queries.bought_with(request.payment, request.recorded_at)
        assert [(b.kind, str(b.applied), b.days) for b in bought] == [
            ("deposit", "100.00 GHS", None), ("instalment", "20.00 GHS", 2),
        ]  # fmt: skip

    def test_a_rejected_answer_leaves_it_held_and_another_can_be_asked_for(self):
        request = self.recorded()
        approval = request_acceptance(request.pk, note="Give it.", by=ANALYST, now=LATER)
        with pytest.raises(ReversalRequestRefused):
            self.contest_asked(request)
        with pytest.raises(ReversalRequestRefused):
            release_request(request.pk, note="She took it back.", by=ANALYST, now=LATER)
        reject_approval(approval.pk, note="She used the phone.", by=LEAD, now=LATER)
        request.refresh_from_db()
        assert (request.state, self.figures()[0], self.clock(request)) == ("locked", 50_00, "")
        assert self.contested(request).state == "contested"

    def test_two_people_and_their_rights(self):
        with pytest.raises(NotAllowedRefused):
            self.recorded(by=CONTROLLER)
        both = person(6, "AN", "TL")
        request = self.recorded(by=both)
        approval = request_acceptance(request.pk, note="Give it.", by=both, now=LATER)
        for by, refusal in ((both, SamePersonRefused), (SUPPORT, ApprovalRefused), (RISK, ApprovalRefused)):
            with pytest.raises(refusal):
                approve_acceptance(approval.pk, by=by, now=LATER)
        assert approve_acceptance(approval.pk, by=LEAD, now=LATER).state == "accepted"

    def test_fraud_is_decided_by_risk(self):
        request = self.recorded(reason="fraud")
        with pytest.raises(ApprovalRefused):
            self.accepted(request)
        waiting = Approval.objects.get(subject_kind="reversal_request", subject_id=request.pk)
        assert approve_acceptance(waiting.pk, by=RISK, now=LATER).state == "accepted"

    def test_money_that_is_not_with_us_any_more_is_not_held_and_only_contested(self):
        request_refund(
            self.payment.pk, amount=ghs("100.00"), reason="overpaid", note="Paid too much, says she.",
            payee_kind="payer", payee_name="Ama Mensah", payee_account=PHONE, rail="mobile_money",
            by=SUPPORT, now=NOON,
        )  # fmt: skip
        request = self.recorded("50.00")
        assert (request.state, request.held_minor, self.figures()[0]) == ("requested", 0, 100_00)
        with pytest.raises(ReversalRequestRefused) as refused:
            self.accepted(request)
        assert "no money to give" in refused.value.text
        assert self.contested(request, contest_reason="gone_back").state == "contested"

    def test_the_same_again_and_what_makes_no_sense_is_refused(self):
        request = self.recorded()
        for fields, words in (
            ({}, queries.code(request)),
            ({"case_number": "RV-2"}, "already"),
            ({"case_number": "x"}, "case number"),
            ({"requested_at": LATER + timedelta(hours=1)}, "in the future"),
            ({"requested_at": NOON - timedelta(days=1)}, "before it was paid"),
            ({"amount": "121.00"}, "Up to 120.00 GHS"),
            ({"reason": "whim"}, "from the list"),
        ):
            with pytest.raises(ReversalRequestRefused) as refused:
                self.recorded(**fields)
            assert words in refused.value.text, refused.value.text

    def test_days_that_were_given_up_count_while_it_runs_and_come_back(self):
        request = self.recorded("120.00")
        assert queries.count_unanswered(ANALYST) == 1
        self.contested(request)
        assert queries.count_unanswered(ANALYST) == 0
        assert queries.counts_by_state(ANALYST) == {"contested": 1}
        assert self.payment_now().allocated_minor == 120_00
