"""A person says which payment a provider's row takes back, and where money in transit came from."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import TestCase

from paydesk.domain.payments.actions import (
    CorrectionRefused,
    approve_original,
    join_transit,
    match_original,
    part_transit,
    request_original,
    unmatch_original,
)
from paydesk.domain.payments.models import Payment, ReversalRow, SettlementBatch, TransitRow
from paydesk.domain.payments.previews import join_entries, part_entries, unmatch_effects
from paydesk.domain.payments.steps import locked, take_back
from paydesk.domain.payments.tests.test_provider_cash import books, broken, post, unpost
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.refused import NotAllowedRefused
from tests.browser.people import make_person
from tests.builders import NOON, make_contract, make_source_account, row


class ByHand(TestCase):
    def setUp(self) -> None:
        self.account = make_source_account()
        self.contract = make_contract(account_number="10482937", deposit_minor=0)
        self.analyst = make_person("Ana", "AN", email="an@desk.example").actor()
        self.lead = make_person("Tom", "TL", email="tl@desk.example").actor()

    def taken_back(self, reference: str = "10482937", back: str = "50.00") -> tuple[Payment, ReversalRow]:
        """A payment, and a row that takes money back without naming it."""
        self.lines = post(
            self.account,
            row(1, "50.00", reference=reference, provider_ref="ABC123"),
            row(2, f"-{back}", kind="reversal", provider_ref="R9", text="Correction"),
        )
        return Payment.objects.get(), ReversalRow.objects.get()

    def ask(self, line: ReversalRow, payment: Payment):
        return request_original(line.pk, payment.pk, note="Their call of Monday", by=self.analyst, now=NOON)

    def test_money_of_a_customer_is_taken_by_two_people_and_taken_apart_again(self):
        payment, line = self.taken_back()
        with pytest.raises(CorrectionRefused, match="second person"):
            match_original(line.pk, payment.pk, version=None, by=self.analyst, now=NOON)
        approval = self.ask(line, payment)
        assert books("1310") == {("1310", 0): 50_00}, "nothing changes yet"
        with pytest.raises(SamePersonRefused):
            approve_original(approval.pk, by=self.analyst, now=NOON)
        approve_original(approval.pk, by=self.lead, now=NOON)
        payment.refresh_from_db()
        line.refresh_from_db()
        assert (payment.state, line.state, line.reason) == ("reversed", "matched", "by_hand")
        assert books("1020", "1310", "2010") == {}
        assert broken() == []

        unmatch_original(line.pk, note="It was another", by=self.analyst, now=NOON)
        payment.refresh_from_db()
        line.refresh_from_db()
        assert (payment.state, payment.allocated_minor, line.state) == ("received", 50_00, "open")
        assert books("1020", "1310") == {("1310", 0): 50_00}, "the provider has the money back"
        assert broken() == []
        post(self.account, row(9, "7.00", reference="10482937", provider_ref="ZZZ999"))
        line.refresh_from_db()
        assert line.state == "open", "nothing finds it by itself any more"

        approve_original(self.ask(line, Payment.objects.get(pk=payment.pk)).pk, by=self.lead, now=NOON)
        line.refresh_from_db()
        assert (line.state, Payment.objects.get(pk=payment.pk).state) == ("matched", "reversed"), "as before"
        assert books("1020", "1310", "2010") == {("1020", self.account.pk): 7_00}
        assert broken() == []
        assert AuditRecord.objects.filter(verb="reversal_row.matched").count() == 2

        effects, posted = unmatch_effects(line.pk, by=self.analyst, now=NOON)
        assert effects is not None
        assert effects.contracts[0].changes, "the contract has the money again"
        assert {leg.code for entry in posted for leg in entry.postings} >= {"1020", "1310", "2010"}
        assert ReversalRow.objects.get().state == "matched", "looking changes nothing"
        unmatch_original(line.pk, note="Again another", by=self.analyst, now=NOON)
        assert Payment.objects.get(pk=payment.pk).allocated_minor == 50_00
        assert books("1020", "1310") == {("1020", self.account.pk): 7_00, ("1310", 0): 50_00}
        assert broken() == []
        approve_original(self.ask(line, Payment.objects.get(pk=payment.pk)).pk, by=self.lead, now=NOON)
        unpost(self.lines)
        assert books("1020", "1310", "2020") == {("1020", self.account.pk): 7_00}
        assert broken() == []

    def test_what_only_confirmed_a_reversal_of_ours_is_taken_apart_and_the_reversal_stays(self):
        payment, line = self.taken_back()
        locked(payment.pk)
        take_back(payment.pk, 50_00, by=self.lead, at=NOON)
        match_original(line.pk, payment.pk, version=None, by=self.analyst, now=NOON)
        assert ReversalRow.objects.get().state == "confirmed"
        assert books("1020", "1310") == {}
        unmatch_original(line.pk, note="Another one", by=self.analyst, now=NOON)
        assert Payment.objects.get().state == "reversed"
        assert books("1020", "1310") == {("1020", self.account.pk): -50_00, ("1310", 0): 50_00}
        assert broken() == []

    def test_a_reversal_outlives_the_file_of_its_payment_and_finds_it_in_the_next(self):
        wrong = post(self.account, row(1, "50.00", reference="10482937", provider_ref="ABC123"))
        post(self.account, row(1, "-50.00", kind="reversal", text="Reversal of ABC123"))
        assert books("1020", "1310") == {}
        unpost(wrong)
        assert books("1020", "1310") == {("1020", self.account.pk): -50_00, ("1310", 0): 50_00}
        assert broken() == []
        post(self.account, row(1, "50.00", reference="10482937", provider_ref="ABC123"))
        assert books("1020", "1310", "2010") == {}
        assert ReversalRow.objects.get().payment_id == Payment.objects.order_by("-id")[0].pk
        assert broken() == []

    def test_money_of_nobody_known_is_taken_by_one_and_the_file_can_still_be_unposted(self):
        payment, line = self.taken_back(reference="nobody")
        match_original(line.pk, payment.pk, version=payment.version, by=self.analyst, now=NOON)
        assert books("1020", "1310", "2020") == {}
        assert broken() == []
        unpost(self.lines)
        assert books("1020", "1310", "2020") == {}
        assert broken() == []

    def test_the_guard_nothing_gets_round(self):
        payment, line = self.taken_back(back="50.01")
        with pytest.raises(CorrectionRefused, match="50.00 GHS is left"):
            self.ask(line, payment)
        post(make_source_account(name="Other"), row(5, "80.00", reference="nobody", provider_ref="OTH1"))
        other = Payment.objects.exclude(pk=payment.pk).get()
        with pytest.raises(CorrectionRefused, match="another account"):
            match_original(line.pk, other.pk, version=None, by=self.analyst, now=NOON)
        with pytest.raises(NotAllowedRefused):
            match_original(
                line.pk,
                other.pk,
                version=None,
                by=make_person("Q", "QA", email="q@d.example").actor(),
                now=NOON,
            )
        with pytest.raises(CorrectionRefused, match="Only what a person matched"):
            unmatch_original(line.pk, note="x y z", by=self.analyst, now=NOON)
        assert broken() == []

    def test_an_arrival_is_joined_to_what_left_or_to_its_batch(self):
        bank = make_source_account(provider="bank", role="settles", ledger_code="1010")
        post(
            self.account,
            row(1, "-70.00", kind="sweep"), row(2, "-70.00", kind="sweep"),
            row(3, "100.00", fee=Decimal("1.50"), batch_key="STL-1180-260302", reference="nobody"),
        )  # fmt: skip
        later = {"occurred_at": NOON + timedelta(days=1)}
        post(bank, row(1, "70.00", text="SETTLEMENT", **later), row(2, "98.00", text="CREDIT", **later))
        left = TransitRow.objects.filter(amount_minor=-70_00).first()
        seventy, credit = (
            TransitRow.objects.get(amount_minor=70_00),
            TransitRow.objects.get(amount_minor=98_00),
        )
        batch = SettlementBatch.objects.get()
        with pytest.raises(CorrectionRefused, match="same market, currency and amount"):
            join_transit(credit.pk, left_id=left.pk, by=self.analyst, now=NOON)
        (shown,) = join_entries(seventy.pk, left_id=left.pk, by=self.analyst, now=NOON)
        assert [(leg.code, leg.key_id, str(leg.debit or "")) for leg in shown.postings] == [
            ("1025", bank.pk, "70.00 GHS"), ("1025", self.account.pk, ""),
        ]  # fmt: skip
        join_transit(seventy.pk, left_id=left.pk, by=self.analyst, now=NOON)
        join_transit(credit.pk, batch_id=batch.pk, by=self.analyst, now=NOON)
        assert books("1025") == {("1025", self.account.pk): 70_00}, "the other sweep is still on its way"
        assert broken() == []
        post(bank, row(5, "1.00", text="CREDIT", **later))
        with pytest.raises(CorrectionRefused, match="0.50 GHS is left to settle"):
            join_transit(
                TransitRow.objects.get(amount_minor=1_00).pk, batch_id=batch.pk, by=self.analyst, now=NOON
            )

    def test_two_ends_joined_by_hand_are_taken_apart_and_joined_otherwise(self):
        bank = make_source_account(provider="bank", role="settles", ledger_code="1010")
        sent = post(self.account, row(1, "-70.00", kind="sweep"), row(2, "-70.00", kind="sweep"))
        post(bank, row(1, "70.00", text="SETTLEMENT", occurred_at=NOON + timedelta(days=1)))
        wrong, right = TransitRow.objects.filter(amount_minor=-70_00).order_by("pk")
        arrived = TransitRow.objects.get(amount_minor=70_00)
        both_ways = books("1025")
        controller = make_person("F", "FC", email="fc@desk.example").actor()
        for left in (wrong, right, wrong):
            join_transit(arrived.pk, left_id=left.pk, by=self.analyst, now=NOON)
            assert books("1025") == {("1025", self.account.pk): 70_00}
            assert broken() == []
            with pytest.raises(NotAllowedRefused):
                part_transit(arrived.pk, note="No", by=controller, now=NOON)
            (shown,) = part_entries(left.pk, by=self.analyst, now=NOON)
            assert len(shown.postings) == 2
            part_transit(left.pk, note="It was the other", by=self.analyst, now=NOON)
            assert books("1025") == both_ways
            assert broken() == []
        with pytest.raises(CorrectionRefused, match="Only what a person joined"):
            part_transit(arrived.pk, note="Again", by=self.analyst, now=NOON)
        join_transit(arrived.pk, left_id=wrong.pk, by=self.analyst, now=NOON)
        unpost(sent)
        assert books("1025") == {("1025", bank.pk): -70_00}, "only the arrival is left"
        assert broken() == []
        post(self.account, row(1, "-70.00", kind="sweep"))
        assert books("1025") == {}, "the amount alone tells, and a person did not say otherwise of this one"
        part_transit(arrived.pk, note="Not that one", by=self.analyst, now=NOON)
        post(self.account, row(3, "5.00", reference="nobody"))
        arrived.refresh_from_db()
        assert arrived.state == "open", "nothing joins them by itself any more"
        assert broken() == []
