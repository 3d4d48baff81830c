"""A refund from the request to the payee: reserved, approved, released, paid or handed back."""

from __future__ import annotations

import pytest
from django.test import TestCase

from paydesk.domain.cases import asks
from paydesk.domain.contracts.models import Contract
from paydesk.domain.ledger.queries import balances_of, control_balance
from paydesk.domain.ledger.steps import Entry, Leg, post_entries
from paydesk.domain.payments.actions import undo_apply
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.steps import take_back
from paydesk.domain.refunds import queries
from paydesk.domain.refunds.actions import (
    ChecksChangedRefused,
    RefundChangedRefused,
    RefundRefused,
    approve_refund,
    approve_release,
    approve_resolution,
    bounce_refund,
    cancel_refund,
    change_payee,
    look_again,
    lose_track_of_refund,
    put_payout_file_aside,
    read_results,
    record_outcome,
    request_refund,
    request_release,
    request_resolution,
    send_payout_file,
    try_refund_again,
)
from paydesk.domain.refunds.models import PayoutFile, Refund
from paydesk.domain.refunds.queries import code
from paydesk.foundation.approvals.actions import reject_approval
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import ApprovalRefused, SamePersonRefused
from paydesk.foundation.clocks.queries import earliest_of
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import NotAllowedRefused, Refused, TransitionRefused
from paydesk.reporting.invariants import check_all
from tests.builders import (
    ANALYST,
    NOON,
    TODAY,
    WORKER,
    ghs,
    make_contract,
    make_source_account,
    receive,
    row,
)


def person(number: int, *roles: str) -> Actor:
    return Actor("person", 900_000 + number, f"Person {number}", rights_of(roles), frozenset({"GH"}))


LEAD, CONTROLLER, RISK, SUPPORT = person(2, "TL"), person(3, "FC"), person(4, "RK"), person(5, "SU")
PHONE = "233244123456"


class Refunds(TestCase):
    def setUp(self):
        self.account = make_source_account()
        self.contract = make_contract()
        (self.payment,) = receive(
            self.account,
            row(1, "120.00", reference=self.contract.account_number, msisdn=PHONE, payer_name="Ama Mensah"),
        )

    def asked(self, amount="50.00", by=SUPPORT, **fields) -> Refund:
        values = {
            "amount": ghs(amount), "reason": "overpaid", "note": "Paid too much, says she.",
            "payee_kind": "payer", "payee_name": "Ama Mensah", "payee_account": PHONE,
            "rail": "mobile_money", "again": True, "by": by, "now": NOON, **fields,
        }  # fmt: skip
        return request_refund(self.payment.pk, **values)

    def approved(self, amount="50.00", **fields) -> Refund:
        return self.approve(self.asked(amount, **fields))

    def approve(self, refund: Refund, by=LEAD) -> Refund:
        waiting = Approval.objects.get(subject_kind="refund", subject_id=refund.pk, state="pending")
        return approve_refund(waiting.pk, by=by, now=NOON)

    def released(self, refund: Refund) -> PayoutFile:
        """Put together; waits for a second person."""
        return request_release(
            [refund.pk], source_account_id=self.account.pk, format="mobile_money_csv", by=ANALYST, now=NOON
        )

    def sent(self, refund: Refund) -> Refund:
        payout = self.released(refund)
        waiting = Approval.objects.get(subject_kind="payout_file", subject_id=payout.pk, state="pending")
        approve_release(waiting.pk, by=CONTROLLER, now=NOON)
        send_payout_file(payout.pk, by=ANALYST, now=NOON)
        refund.refresh_from_db()
        return refund

    def swept(self, amount: int) -> list[Leg]:
        return [Leg("1025", self.account.pk, amount, "GHS"), Leg("1020", self.account.pk, -amount, "GHS")]

    def owed(self, refund: Refund) -> int:
        return -sum(m.amount_minor for m in control_balance("2050", refund.pk))

    def in_transit(self) -> int:
        return -sum(m.amount_minor for m in control_balance("1030", self.account.pk))

    def payment_now(self) -> Payment:
        self.payment.refresh_from_db()
        return self.payment

    def tearDown(self):
        broken = [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows]
        assert broken == []

    def test_all_the_way_to_the_payee(self):
        refund = self.asked()
        payment = self.payment_now()
        assert (payment.reserved_minor, payment.allocated_minor, payment.open_minor) == (50_00, 70_00, 0)
        assert any("days bought" in reason for reason in refund.reasons)
        self.approve(refund)
        payment = self.payment_now()
        assert (payment.reserved_minor, payment.refunded_minor, self.owed(refund)) == (0, 50_00, 50_00)
        refund = self.sent(refund)
        assert (refund.state, self.owed(refund), self.in_transit()) == ("sent", 0, 50_00)
        with open_document(refund.payout_file.document_id).file as file:
            kept = file.read().decode()
        assert kept.splitlines() == [
            "MSISDN,Amount,Reference,Name",
            f"{PHONE},50.00,{queries.code(refund)},Ama Mensah",
        ]
        lines = read_results(
            f"Our reference;Status;Transaction ID\n{queries.code(refund)};Successful;P77\n".encode(),
            by=ANALYST, now=NOON,
        )  # fmt: skip
        assert [(line.line, line.outcome) for line in lines] == [(2, "paid")]
        refund.refresh_from_db()
        assert (refund.state, refund.provider_ref, self.in_transit()) == ("paid", "P77", 0)
        assert [m.amount_minor for m in control_balance("1020", self.account.pk)] == [70_00]
        refund.payout_file.refresh_from_db()
        assert refund.payout_file.state == "closed"

    def test_a_plain_one_is_green_and_each_doubt_turns_it_amber(self):
        (self.payment,) = receive(
            self.account, row(2, "20.00", reference="nobody", msisdn=PHONE, payer_name="MENSAH, Ama")
        )
        plain = self.asked("20.00", reason="not_ours", by=SUPPORT)
        assert plain.reasons == []
        assert Approval.objects.get(subject_id=plain.pk, subject_kind="refund").flag == "green"
        with pytest.raises(RefundRefused) as refused:
            self.asked("1.00", reason="not_ours")
        assert "Up to 0.00 GHS" in refused.value.text

    def test_a_text_refers_to_one_by_its_code(self):
        refund = self.asked()
        found = asks.references_in(f"You wrote {code(refund).lower()}. When?", SUPPORT, "GH")
        assert [(each.link, each.is_certain) for each in found] == [(("refund", refund.pk), True)]
        assert asks.references_in(f"And {code(refund)}X", SUPPORT, "GH") == []

    def test_rejected_money_goes_back_to_the_contract_it_came_from(self):
        before = self.payment_now().allocated_minor
        refund = self.asked()
        waiting = Approval.objects.get(subject_kind="refund", subject_id=refund.pk)
        with pytest.raises(ApprovalRefused):
            reject_approval(waiting.pk, note="  ", by=LEAD, now=NOON)
        reject_approval(waiting.pk, note="She owes it.", by=LEAD, now=NOON)
        refund.refresh_from_db()
        payment = self.payment_now()
        assert (refund.state, payment.reserved_minor, payment.allocated_minor) == ("rejected", 0, before)
        with pytest.raises(TransitionRefused):
            approve_refund(waiting.pk, by=LEAD, now=NOON)

    def test_cancelled_after_approval_it_is_owed_no_more(self):
        refund = self.approved()
        cancel_refund(refund.pk, note="She keeps it on the account.", by=ANALYST, now=NOON)
        payment = self.payment_now()
        assert (payment.refunded_minor, payment.allocated_minor, self.owed(refund)) == (0, 120_00, 0)

    def test_nobody_decides_on_their_own_request_nor_releases_what_they_approved(self):
        lead_and_analyst = person(7, "TL", "AN", "FC")
        refund = self.asked(by=lead_and_analyst)
        waiting = Approval.objects.get(subject_kind="refund", subject_id=refund.pk)
        with pytest.raises(SamePersonRefused):
            approve_refund(waiting.pk, by=lead_and_analyst, now=NOON)
        with pytest.raises(ApprovalRefused):
            approve_refund(waiting.pk, by=SUPPORT, now=NOON)
        approve_refund(waiting.pk, by=LEAD, now=NOON)
        payout = self.released(refund)
        release = Approval.objects.get(subject_kind="payout_file", subject_id=payout.pk)
        with pytest.raises(SamePersonRefused):
            approve_release(release.pk, by=LEAD, now=NOON)
        approve_release(release.pk, by=CONTROLLER, now=NOON)

    def test_above_the_limit_the_controller_decides_and_for_a_third_person_risk(self):
        (self.payment,) = receive(self.account, row(3, "900.00", reference="nobody", msisdn=PHONE))
        large = self.asked("600.00", reason="not_ours")
        with pytest.raises(ApprovalRefused):
            self.approve(large, LEAD)
        self.approve(large, CONTROLLER)
        third = self.asked("10.00", payee_kind="third_person", reason="not_ours")
        with pytest.raises(ApprovalRefused):
            self.approve(third, LEAD)
        self.approve(third, RISK)

    def test_money_taken_back_since_is_neither_approved_nor_released(self):
        refund = self.asked("120.00")
        take_back(self.payment.pk, 70_00, by=WORKER, at=NOON)
        with pytest.raises(RefundRefused, match="70.00 GHS of its payment was taken back"):
            self.approve(refund)
        refund.refresh_from_db()
        assert (refund.state, self.owed(refund)) == ("requested", 0)

    def test_what_is_approved_is_looked_at_again_before_it_goes_out(self):
        refund = self.approved()
        payout = self.released(refund)
        take_back(self.payment.pk, 120_00, by=WORKER, at=NOON)
        release = Approval.objects.get(subject_kind="payout_file", subject_id=payout.pk)
        with pytest.raises(RefundRefused, match="cannot go out"):
            approve_release(release.pk, by=CONTROLLER, now=NOON)
        assert PayoutFile.objects.get().state == "asked"

    def test_more_to_look_at_than_when_it_was_asked_turns_the_release_amber(self):
        (self.payment,) = receive(
            self.account, row(2, "20.00", reference="nobody", msisdn=PHONE, payer_name="Ama Mensah")
        )
        refund = self.approved("20.00", reason="not_ours")
        payout = self.released(refund)
        (self.payment,) = receive(
            self.account, row(3, "20.00", reference="nobody", msisdn=PHONE, payer_name="Ama Mensah")
        )
        self.asked("20.00", reason="not_ours")
        release = Approval.objects.get(subject_kind="payout_file", subject_id=payout.pk)
        with pytest.raises(ChecksChangedRefused, match="about to, within a day"):
            approve_release(release.pk, by=CONTROLLER, now=NOON)
        assert look_again(release.pk, by=CONTROLLER, now=NOON)
        assert look_again(release.pk, by=CONTROLLER, now=NOON) == [], "once is enough"
        release.refresh_from_db()
        assert release.flag == "amber"
        approve_release(release.pk, by=CONTROLLER, now=NOON)

    def test_what_a_payout_file_carries_is_not_cancelled(self):
        refund = self.approved()
        payout = self.released(refund)
        with pytest.raises(RefundRefused, match="Take it out of the file first"):
            cancel_refund(refund.pk, note="She keeps it.", by=ANALYST, now=NOON)
        release = Approval.objects.get(subject_kind="payout_file", subject_id=payout.pk)
        approve_release(release.pk, by=CONTROLLER, now=NOON)
        with pytest.raises(RefundRefused, match="put it aside first"):
            cancel_refund(refund.pk, note="She keeps it.", by=ANALYST, now=NOON)
        assert self.owed(refund) == 50_00
        put_payout_file_aside(payout.pk, note="Portal is down.", by=ANALYST, now=NOON)
        cancel_refund(refund.pk, note="She keeps it.", by=ANALYST, now=NOON)

    def test_every_act_is_held_to_the_version_that_was_seen(self):
        refund = self.approved()
        old = refund.version - 1
        said = {"version": old, "by": ANALYST, "now": NOON}
        for act in (
            lambda: cancel_refund(refund.pk, note="x", **said),
            lambda: try_refund_again(refund.pk, **said),
            lambda: record_outcome(refund.pk, outcome="paid", **said),
            lambda: lose_track_of_refund(refund.pk, note="x", **said),
            lambda: bounce_refund(refund.pk, note="x", **said),
            lambda: request_resolution(refund.pk, outcome="paid", provider_ref="", note="x", **said),
            lambda: change_payee(
                refund.pk,
                payee_kind="payer",
                payee_name="A",
                payee_account=PHONE,
                rail="bank",
                note="x",
                **said,
            ),
        ):
            with pytest.raises(RefundChangedRefused):
                act()
        cancel_refund(refund.pk, note="She keeps it.", version=refund.version, by=ANALYST, now=NOON)

    def test_the_same_again_within_a_day_is_refused(self):
        refund = self.asked("10.00")
        with pytest.raises(RefundRefused) as refused:
            self.asked("10.00")
        assert queries.code(refund) in refused.value.text

    def test_more_than_the_account_holds_is_not_released(self):
        refund = self.approved()
        post_entries(
            [
                Entry(
                    "test.swept", "GH", NOON.date(), NOON.date(), "test", 1, "swept",
                    self.swept(100_00),
                )
            ],
            by=WORKER, at=NOON,
        )  # fmt: skip
        with pytest.raises(RefundRefused) as refused:
            self.sent(refund)
        assert "holds 20.00 GHS, the file needs 50.00 GHS" in refused.value.text
        post_entries(
            [
                Entry(
                    "test.swept_back", "GH", NOON.date(), NOON.date(), "test", 1, "swept-back",
                    self.swept(-100_00),
                )
            ],
            by=WORKER, at=NOON,
        )  # fmt: skip

    def test_failed_goes_out_again_or_to_another_payee_decided_anew(self):
        refund = self.sent(self.approved())
        record_outcome(refund.pk, outcome="failed", failure="Wallet is full", by=ANALYST, now=NOON)
        refund.refresh_from_db()
        assert (refund.state, self.owed(refund), self.in_transit()) == ("failed", 50_00, 0)
        try_refund_again(refund.pk, by=ANALYST, now=NOON)
        refund = self.sent(Refund.objects.get(pk=refund.pk))
        record_outcome(refund.pk, outcome="failed", by=ANALYST, now=NOON)
        changed = change_payee(
            refund.pk, payee_kind="relative", payee_name="Yaw Mensah", payee_account="233209999999",
            rail="mobile_money", note="Her brother, by letter.", by=SUPPORT, now=NOON,
        )  # fmt: skip
        assert changed.state == "under_review"
        assert changed.reasons[0].startswith("The payee was changed")
        self.approve(changed)
        refund = self.sent(Refund.objects.get(pk=refund.pk))
        record_outcome(refund.pk, outcome="paid", by=ANALYST, now=NOON)
        assert self.owed(refund) == 0

    def test_without_an_answer_it_is_not_sent_again_until_two_people_settle_it(self):
        refund = self.sent(self.approved())
        lose_track_of_refund(refund.pk, note="No row in the result file", by=ANALYST, now=NOON)
        for attempt in (
            lambda: try_refund_again(refund.pk, by=ANALYST, now=NOON),
            lambda: record_outcome(refund.pk, outcome="failed", by=ANALYST, now=NOON),
            lambda: self.sent(refund),
        ):
            with pytest.raises(Refused):
                attempt()
        approval = request_resolution(
            refund.pk, outcome="paid", provider_ref="P1", note="On her statement", by=ANALYST, now=NOON
        )
        with pytest.raises(SamePersonRefused):
            approve_resolution(approval.pk, by=ANALYST, now=NOON)
        approve_resolution(approval.pk, by=LEAD, now=NOON)
        refund.refresh_from_db()
        assert (refund.state, self.in_transit()) == ("paid", 0)

    def test_money_that_comes_back_after_it_was_paid_is_payable_again(self):
        refund = self.sent(self.approved())
        record_outcome(refund.pk, outcome="paid", by=ANALYST, now=NOON)
        bounce_refund(refund.pk, note="Row B77 of the portal", by=ANALYST, now=NOON)
        refund.refresh_from_db()
        assert (refund.state, self.owed(refund)) == ("failed", 50_00)
        assert refund.pk in earliest_of("refund", [refund.pk]), "the payer waits again, so a clock runs again"
        assert [m.amount_minor for m in control_balance("1020", self.account.pk)] == [120_00]

    def test_a_file_that_is_put_aside_frees_its_refunds(self):
        refund = self.approved()
        payout = self.released(refund)
        with pytest.raises(RefundRefused):
            request_release(
                [refund.pk],
                source_account_id=self.account.pk,
                format="mobile_money_csv",
                by=ANALYST,
                now=NOON,
            )
        release = Approval.objects.get(subject_kind="payout_file", subject_id=payout.pk)
        reject_approval(release.pk, note="Wrong account", by=CONTROLLER, now=NOON)
        payout = self.released(refund)
        release = Approval.objects.get(subject_kind="payout_file", subject_id=payout.pk)
        approve_release(release.pk, by=CONTROLLER, now=NOON)
        put_payout_file_aside(payout.pk, note="The portal is down", by=ANALYST, now=NOON)
        self.sent(Refund.objects.get(pk=refund.pk))

    def test_a_result_file_says_row_by_row_what_it_could_not_take(self):
        refund = self.sent(self.approved())
        code = queries.code(refund)
        lines = read_results(
            f"reference,status,amount\n{code},Completed,49.00\nREF-000009X,ok,1\n{code},dunno,50\n"
            f"{code},processing,50\n{code},Completed,50.00\n{code},success,50\n".encode(),
            by=ANALYST, now=NOON,
        )  # fmt: skip
        assert [line.outcome for line in lines] == [
            "rejected", "rejected", "rejected", "pending", "paid", "known",
        ]  # fmt: skip
        assert "we sent 50.00 GHS" in lines[0].said
        with pytest.raises(RefundRefused):
            read_results(b"hello\nworld\n", by=ANALYST, now=NOON)
        with pytest.raises(NotAllowedRefused):
            read_results(b"reference,status\n", by=SUPPORT, now=NOON)

    def test_what_a_provider_takes_back_while_a_refund_runs_is_recoverable(self):
        self.approved("120.00", by=SUPPORT)
        take_back(self.payment.pk, 120_00, by=WORKER, at=NOON)
        payment = self.payment_now()
        assert (payment.state, payment.shortfall_minor, payment.refunded_minor) == (
            "reversed",
            120_00,
            120_00,
        )
        assert balances_of(payment.customer_id, ["1310"]) == [("1310", Money(120_00, "GHS"))]

    def test_money_let_go_after_a_provider_took_it_back_makes_that_good(self):
        refund = self.asked("120.00")
        take_back(self.payment.pk, 70_00, by=WORKER, at=NOON)
        assert self.payment_now().shortfall_minor == 70_00
        waiting = Approval.objects.get(subject_kind="refund", subject_id=refund.pk)
        reject_approval(waiting.pk, note="It was taken back.", by=LEAD, now=NOON)
        payment = self.payment_now()
        assert (payment.shortfall_minor, payment.reserved_minor, payment.allocated_minor) == (0, 0, 50_00)
        assert balances_of(payment.customer_id, ["1310"]) == []

    def test_a_reserved_payment_is_not_undone_behind_the_refund(self):
        self.asked()
        with pytest.raises(Refused):
            undo_apply(self.payment.pk, by=ANALYST, now=NOON)
        assert Contract.objects.get(pk=self.contract.pk).state == "active"


class NamedByTheirAccount(Refunds):
    IBAN = "GB82WEST12345698765432"

    def found(self, text, customer_id):
        named = asks.named_by_account(text, SUPPORT, "GH", customer_id=customer_id, today=TODAY)
        return {each.link: (each.found_as, each.is_certain) for each in named}

    def test_where_it_goes_finds_it_for_its_customer_and_by_the_whole_account_for_anybody(self):
        refund = self.asked(
            "40.00", payee_account=self.IBAN, rail="bank", payee_kind="relative", payee_name="Esi"
        )
        mine, link = self.contract.customer_id, ("refund", refund.pk)
        assert self.found("to the account ending 5432", mine) == {
            link: ("end of a bank account alone: weak", False)
        }
        assert self.found("40.00 to the account ending 5432", mine) == {
            link: ("end of a bank account and amount", True)
        }
        assert self.found("to the account ending 5432", None) == {}
        assert self.found("40.00 to the account ending 5432", make_contract().customer_id) == {}
        assert self.found(f"to {self.IBAN}", None) == {link: ("bank account", False)}
        named = asks.named_by_account(self.IBAN, SUPPORT, "KE", customer_id=None, today=TODAY)
        assert named == []
