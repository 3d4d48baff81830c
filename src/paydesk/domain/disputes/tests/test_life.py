"""A dispute from its notice to its end: two people answer, its clock runs, silence loses it."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.actions.working import NotReadyRefused
from paydesk.domain.cases.models import CaseLink
from paydesk.domain.disputes import actions, queries
from paydesk.domain.disputes.actions import DisputeChangedRefused, DisputeRefused
from paydesk.domain.disputes.models import Dispute, Evidence
from paydesk.domain.disputes.reason_codes import ANYTHING
from paydesk.domain.disputes.tests.company import (
    CONTROLLER,
    LATER,
    LEAD,
    RISK,
    SUPPORT,
    Contested,
    days,
    person,
)
from paydesk.domain.goodwill.actions import GoodwillRefused, give_goodwill
from paydesk.domain.refunds.actions import approve_refund, request_refund
from paydesk.domain.refunds.steps import RefundRefused
from paydesk.domain.retention.forgetting import person as person_forgotten
from paydesk.foundation.approvals.actions import reject_approval, set_limit
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import ApprovalRefused, SamePersonRefused
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.due_times.actions import approve_due, ask_due
from paydesk.kernel.refused import NotAllowedRefused, TransitionRefused
from tests.browser.people import make_market
from tests.builders import ANALYST, NOON, WORKER, ghs


class Opening(Contested):
    def test_a_notice_starts_the_clock_two_business_days_before_the_last_day(self):
        dispute = self.opened(told_by=days(7))
        assert (dispute.state, dispute.answer_by) == ("evidence_due", days(7))
        due = self.clock(dispute).due_at
        assert due == datetime(2026, 3, 4, 17, tzinfo=UTC), "Friday is a holiday of Ghana"
        assert queries.count_unanswered(SUPPORT) == 1

    def test_too_late_for_that_it_is_due_on_the_last_day_and_past_it_has_no_clock(self):
        assert self.clock(self.opened(told_by=days(1))).due_at.date() == days(1)

    def test_an_inquiry_becomes_a_chargeback_with_its_notice(self):
        dispute = self.opened(is_inquiry=True)
        assert (dispute.state, dispute.answer_by) == ("inquiry", None)
        taken = actions.take_notice(
            dispute.pk, scheme="mastercard", reason_code="4853", notice_on=days(0), by=ANALYST, now=LATER
        )
        assert (taken.state, taken.answer_by) == ("evidence_due", days(45))
        with pytest.raises(TransitionRefused):
            actions.take_notice(
                dispute.pk, scheme="visa", reason_code="13.1", notice_on=days(0), by=ANALYST, now=LATER
            )

    def test_what_makes_no_sense_is_refused_and_nothing_is_opened(self):
        for fields, words in (
            ({"amount": "120.01"}, "Up to 120.00 GHS"),
            ({"reason_code": "99"}, "from the list"),
            ({"notice_on": days(1)}, "day to come"),
            ({"scheme": "other", "reason_code": ANYTHING}, "Give the last day"),
        ):
            with pytest.raises(DisputeRefused, match=words):
                self.opened(**fields)
        with pytest.raises(NotAllowedRefused):
            self.opened(by=CONTROLLER)
        assert (Dispute.objects.count(), AuditRecord.objects.filter(verb="dispute.opened").count()) == (0, 0)

    def test_a_payment_is_contested_once_at_a_time_and_a_reference_is_of_one(self):
        dispute = self.opened()
        with pytest.raises(DisputeRefused, match=queries.code(dispute)):
            self.opened(provider_ref="CB-2")
        actions.decide(
            dispute.pk, outcome="withdrawn", note="", document_id=self.document(), by=ANALYST, now=LATER
        )
        with pytest.raises(DisputeRefused, match="bears this reference"):
            self.opened()
        assert self.opened(provider_ref="CB-2").state == "evidence_due"
        with pytest.raises(IntegrityError), transaction.atomic():
            Dispute.objects.update(provider_ref="CB-1")

    def test_from_a_case_it_hangs_on_that_and_keeps_it_open(self):
        case = cases.open_case(market="GH", channel="phone", text="x", by=SUPPORT, now=NOON)
        other = cases.open_case(market="GH", channel="phone", text="x", by=SUPPORT, now=NOON)
        cases.link(other.pk, kind="payment", object_id=self.payment.pk, by=SUPPORT, now=NOON)
        dispute = self.opened(case_id=case.pk)
        about = CaseLink.objects.filter(kind="dispute", object_id=dispute.pk)
        assert set(about.values_list("case_id", flat=True)) == {case.pk, other.pk}
        with pytest.raises(NotReadyRefused, match="no answer of ours"):
            cases.resolve(case.pk, by=SUPPORT, now=NOON)
        self.challenged(dispute)
        with pytest.raises(NotReadyRefused) as left:
            cases.resolve(case.pk, by=SUPPORT, now=LATER)
        assert "no answer of ours" not in left.value.text


class Answering(Contested):
    def test_challenged_with_all_evidence_the_pack_is_kept_and_its_evidence_fixed(self):
        dispute = self.challenged(self.opened())
        assert (dispute.state, self.clock(dispute).ended_as) == ("challenged", "met")
        with open_document(dispute.pack_id).file as file, zipfile.ZipFile(file) as pack:
            names, manifest = pack.namelist(), json.loads(pack.read("manifest.json"))
            summary = pack.read("summary.html").decode()
        assert [name for name in names if "delivery_proof" in name], names
        assert "Nobody kept it." in summary
        assert "Mensah" not in summary
        assert manifest["of"] == queries.code(dispute)
        with pytest.raises(DisputeRefused, match="fixed after it"):
            actions.give_evidence(
                dispute.pk, kind="something_else", absent_because="x", by=SUPPORT, now=LATER
            )
        for change in (
            lambda: Evidence.objects.update(document_id=7, absent_because=""),
            lambda: Evidence.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_it_is_sent_once_and_complete(self):
        dispute = self.opened()
        with pytest.raises(DisputeRefused, match="Proof of delivery, Record of use"):
            actions.request_challenge(dispute.pk, note="x", by=SUPPORT, now=LATER)
        self.challenged(dispute)
        with pytest.raises(TransitionRefused):
            actions.request_challenge(dispute.pk, note="Again", by=SUPPORT, now=LATER)

    def test_evidence_is_one_thing_of_the_list_and_a_message_is_of_a_case_about_it(self):
        dispute = self.opened()
        case = cases.open_case(market="GH", channel="phone", text="I have it", by=SUPPORT, now=NOON)
        said = case.messages.get()
        for given, words in (
            ({}, "or say why"),
            ({"document_id": self.document(), "absent_because": "x"}, "or say why"),
            ({"document_id": 0}, "no such document"),
            ({"message_id": said.pk}, "of no case about"),
        ):
            with pytest.raises(DisputeRefused, match=words):
                actions.give_evidence(dispute.pk, kind="customer_messages", **given, by=SUPPORT, now=LATER)
        with pytest.raises(DisputeRefused, match="from the list"):
            actions.give_evidence(dispute.pk, kind="whim", absent_because="x", by=SUPPORT, now=LATER)
        cases.link(case.pk, kind="payment", object_id=self.payment.pk, by=SUPPORT, now=NOON)
        actions.give_evidence(dispute.pk, kind="customer_messages", message_id=said.pk, by=SUPPORT, now=LATER)
        actions.give_evidence(
            dispute.pk, kind="customer_messages", absent_because="Wrong one", by=SUPPORT, now=LATER
        )
        assert [each.message_id for each in Evidence.objects.all()] == [None]

    def test_two_people_answer(self):
        dispute, both = self.opened(), person(6, "AN", "TL")
        approval = actions.request_acceptance(dispute.pk, note="x", by=both, now=LATER)
        for by, refusal in ((both, SamePersonRefused), (RISK, ApprovalRefused), (SUPPORT, ApprovalRefused)):
            with pytest.raises(refusal):
                actions.approve_acceptance(approval.pk, by=by, now=LATER)
        assert actions.approve_acceptance(approval.pk, by=LEAD, now=LATER).state == "accepted"

    def test_above_the_limit_the_controller_decides(self):
        set_limit("disputes.answer", market="GH", limit=ghs("119.99"), by=person(8, "AD"), now=NOON)
        approval = actions.request_acceptance(self.opened().pk, note="x", by=SUPPORT, now=LATER)
        with pytest.raises(ApprovalRefused):
            actions.approve_acceptance(approval.pk, by=LEAD, now=LATER)
        assert actions.approve_acceptance(approval.pk, by=CONTROLLER, now=LATER).state == "accepted"

    def test_one_answer_is_asked_for_at_a_time_and_evidence_rests_meanwhile(self):
        dispute = self.opened()
        actions.request_acceptance(dispute.pk, note="x", by=SUPPORT, now=LATER)
        with pytest.raises(DisputeRefused, match="waits for a second person"):
            actions.request_acceptance(dispute.pk, note="x", by=SUPPORT, now=LATER)
        with pytest.raises(DisputeRefused, match="waits for a second person"):
            self.gathered(dispute)
        reject_approval(self.waiting().pk, note="Fight it.", by=LEAD, now=LATER)
        assert self.challenged(dispute).state == "challenged"

    def test_somebody_was_first(self):
        dispute = self.opened()
        self.gathered(dispute)
        with pytest.raises(DisputeChangedRefused):
            actions.request_challenge(dispute.pk, note="x", version=dispute.version, by=SUPPORT, now=LATER)

    def test_silence_loses_it_after_the_last_day_and_not_before(self):
        dispute = self.opened(told_by=days(7))
        actions.request_acceptance(dispute.pk, note="x", by=SUPPORT, now=LATER)
        last = datetime(2026, 3, 9, 23, 59, tzinfo=UTC)
        assert actions.expire_unanswered(by=WORKER, now=last) == 0
        assert actions.expire_unanswered(by=WORKER, now=last + timedelta(minutes=1)) == 1
        assert actions.expire_unanswered(by=WORKER, now=last + timedelta(minutes=1)) == 0
        assert self.now(dispute).state == "expired"
        assert self.clock(dispute).breached_at is not None
        assert not Approval.objects.filter(state="pending").exists()

    def test_more_time_that_two_people_gave_counts(self):
        dispute = self.opened(told_by=days(7))
        asked = ask_due(
            self.clock(dispute).pk, NOON + timedelta(days=9), reason="Their mail.", by=LEAD, now=LATER
        )
        approve_due(asked.pk, by=person(7, "TL"), now=LATER)
        assert actions.expire_unanswered(by=WORKER, now=NOON + timedelta(days=8)) == 0
        assert actions.expire_unanswered(by=WORKER, now=NOON + timedelta(days=10)) == 1


class Outcomes(Contested):
    def test_a_win_may_come_back_and_ends_in_arbitration(self):
        dispute = actions.pass_on(self.challenged(self.opened()).pk, by=ANALYST, now=LATER)
        first = dispute.pack_id
        won = self.decided(dispute, "won")
        assert (won.state, won.won_minor) == ("won", 120_00)
        again = actions.go_on(won.pk, notice_on=days(0), by=ANALYST, now=LATER)
        assert (again.state, again.answer_by, again.pack_id) == ("pre_arbitration", days(30), None)
        assert self.clock(again).ended_as == ""
        final = self.challenged(again)
        assert final.state == "arbitration"
        assert final.pack_id not in (None, first)
        assert self.decided(final, "won").state == "won_for_good"
        with pytest.raises(TransitionRefused):
            actions.go_on(dispute.pk, notice_on=days(0), by=ANALYST, now=LATER)

    def test_nothing_is_decided_without_what_the_provider_says(self):
        dispute = self.challenged(self.opened())
        for fields, words in (
            ({"document_id": None}, "Attach"),
            ({"won": ghs("120.01")}, "Up to 120.00 GHS"),
            ({"won": ghs("0.00")}, "Up to 120.00 GHS"),
        ):
            with pytest.raises(DisputeRefused, match=words):
                self.decided(dispute, "won", **fields)
        with pytest.raises(DisputeRefused, match="from the list"):
            self.decided(dispute, "whim")
        assert self.now(dispute).state == "challenged"
        with pytest.raises(TransitionRefused):
            self.decided(self.now(dispute), "won") and self.decided(self.now(dispute), "lost")

    def test_nothing_else_is_given_while_it_is_open(self):
        make_market("GH")
        case = cases.open_case(
            market="GH", channel="phone", text="x", customer_id=self.payment.customer_id, by=SUPPORT, now=NOON
        )
        cases.link(case.pk, kind="payment", object_id=self.payment.pk, by=SUPPORT, now=NOON)
        cases.verify(case.pk, strong_way="callback", by=SUPPORT, now=NOON)
        asked = self.refund_asked()
        dispute = self.opened()
        for refused, act in (
            (RefundRefused, lambda: self.refund_asked("11.00")),
            (RefundRefused, lambda: approve_refund(self.waiting().pk, by=LEAD, now=LATER)),
            (GoodwillRefused, lambda: give_goodwill(
                case.pk, amount=ghs("1.00"), reason="late", note="x", contract_id=None, again=True,
                by=SUPPORT, now=LATER)),
        ):  # fmt: skip
            with pytest.raises(refused, match=f"contested .{queries.code(dispute)}.*nothing is given"):
                act()
        asked.refresh_from_db()
        assert asked.state == "requested"
        self.decided(dispute, "withdrawn")
        assert approve_refund(self.waiting().pk, by=LEAD, now=LATER).state == "approved"

    def refund_asked(self, amount="10.00"):
        return request_refund(
            self.payment.pk, amount=ghs(amount), reason="overpaid", note="x", payee_kind="payer",
            payee_name="Ama Mensah", payee_account="233244123456", rail="mobile_money", again=True,
            by=SUPPORT, now=LATER,
        )  # fmt: skip


class Erasing(Contested):
    def test_what_people_wrote_about_a_dispute_goes_with_the_customer(self):
        dispute = self.decided(self.challenged(self.opened(note="Says Ama")), "won", note="Ama was told")
        person_forgotten(self.payment.customer_id, WORKER, LATER)
        dispute.refresh_from_db()
        assert (dispute.note, dispute.answer_note, dispute.outcome_note) == ("", "", "")
        assert {each.absent_because for each in Evidence.objects.all()} == {"", "Erased"}
        assert dispute.provider_ref == "CB-1", "what was paid and decided stays"
