"""The money of a dispute: only rows of the provider move it, in the books and on the payment."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from paydesk.domain.disputes import actions, queries
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.disputes.tests.company import LATER, LEAD, SUPPORT, Contested, days
from paydesk.domain.payments.actions import unexplain_row
from paydesk.domain.payments.explained_rows import ExplanationRefused
from paydesk.domain.refunds.actions import approve_refund, request_refund
from tests.builders import ANALYST, NOON, ghs, row


class Rows(Contested):
    def test_a_chargeback_row_opens_the_dispute_and_the_customer_keeps_what_they_paid_for(self):
        (taken,) = self.came(self.debit())
        dispute = Dispute.objects.get()
        assert (dispute.state, dispute.debited_minor, taken.explained_id) == ("opened", 120_00, dispute.pk)
        assert self.paid() == ("received", 120_00, 0)
        assert self.books("1020", "1300", "1310", "5030") == {"1300": 120_00}
        assert queries.chargeback_rows() == []

    def test_a_row_finds_the_dispute_that_is_open_and_one_that_names_only_its_reference(self):
        dispute = self.opened()
        self.came(self.debit())
        assert self.now(dispute).debited_minor == 120_00
        self.came(row(4, "30.00", kind="chargeback", text="Ours: CB-1AAA"))
        assert self.now(dispute).credited_minor == 0, "another reference"
        self.came(row(5, "30.00", kind="chargeback", provider_ref="CB-1"))
        assert self.now(dispute).credited_minor == 30_00
        assert self.books("1300") == {"1300": 90_00}

    def test_won_the_money_comes_back_by_its_row(self):
        dispute = self.opened()
        self.came(self.debit())
        won = self.decided(self.challenged(dispute), "won")
        assert self.books("1300", "5030") == {"1300": 120_00}, "no state moves money"
        self.came(self.credit())
        assert (self.now(won).credited_minor, self.books("1300", "1310", "5030")) == (120_00, {})
        assert self.paid() == ("received", 120_00, 0)
        assert self.books("1020") == {"1020": 120_00}

    def test_lost_it_comes_off_the_payment_so_that_it_is_owed_again(self):
        dispute = self.opened()
        self.came(self.debit())
        lost = self.decided(self.challenged(dispute), "lost")
        assert (lost.state, lost.lost_minor, lost.lost_of_payment_minor) == ("lost", 120_00, 120_00)
        assert self.paid() == ("charged_back", 0, 120_00)
        assert self.books("1020", "1300", "1310", "5030") == {}

    def test_what_the_payment_cannot_bear_is_our_loss(self):
        asked = request_refund(
            self.payment.pk, amount=ghs("100.00"), reason="overpaid", note="x", payee_kind="payer",
            payee_name="Ama Mensah", payee_account="233244123456", rail="mobile_money", by=SUPPORT, now=NOON,
        )  # fmt: skip
        approve_refund(self.waiting().pk, by=LEAD, now=NOON)
        lost = self.lost_at_once()
        assert (lost.lost_minor, lost.lost_of_payment_minor) == (120_00, 20_00)
        assert self.books("1300", "1310", "5030") == {"5030": 100_00}
        assert asked.pk

    def lost_at_once(self) -> Dispute:
        dispute = self.accepted(self.opened())
        (taken,) = self.came(row(2, "-120.00", kind="chargeback", text="no id of ours"))
        return actions.match_row(dispute.pk, taken.pk, by=ANALYST, now=LATER)

    def test_accepted_it_is_over_when_the_provider_took_the_money(self):
        dispute = self.accepted(self.opened())
        assert (dispute.state, self.books("1300", "5030")) == ("accepted", {})
        self.came(self.debit("50.00"))
        assert self.now(dispute).state == "accepted"
        self.came(self.debit("70.00", text="CARD00001 rest"))
        assert (self.now(dispute).state, self.paid()) == ("lost", ("charged_back", 0, 120_00))

    def test_a_part_is_won(self):
        dispute = self.opened()
        self.came(self.debit())
        won = self.decided(self.challenged(dispute), "won", won=ghs("70.00"))
        assert (won.lost_minor, self.paid()) == (50_00, ("received", 70_00, 50_00))
        assert self.books("1300") == {"1300": 70_00}
        self.came(self.credit("70.00"))
        assert self.books("1300", "1310") == {}

    def test_money_that_comes_back_after_a_loss_is_the_customers_again(self):
        dispute = self.opened()
        self.came(self.debit())
        lost = self.decided(self.challenged(dispute), "lost")
        self.came(self.credit("80.00"))
        assert (self.now(lost).lost_minor, self.paid()) == (40_00, ("received", 80_00, 40_00))
        assert self.books("1300", "5030") == {}

    def test_pre_arbitration_after_a_loss_claims_the_money_again(self):
        dispute = self.opened()
        self.came(self.debit())
        lost = self.decided(self.challenged(dispute), "lost")
        actions.go_on(lost.pk, notice_on=days(0), by=ANALYST, now=LATER)
        assert (self.books("1300"), self.paid()) == ({"1300": 120_00}, ("received", 120_00, 0))

    def test_a_fee_is_an_expense_of_its_own(self):
        dispute = self.opened()
        (taken,) = self.came(row(2, "-15.00", kind="adjustment", text="Dispute fee"))
        booked = actions.match_row(dispute.pk, taken.pk, is_fee=True, by=ANALYST, now=LATER)
        assert (booked.fee_minor, booked.debited_minor) == (15_00, 0)
        assert self.books("5040", "1300", "1310") == {"5040": 15_00}

    def test_a_row_that_cannot_be_of_it_is_refused_and_stays_recoverable(self):
        dispute = self.opened()
        other = self.came(row(2, "9.00", kind="chargeback", text="of nobody"))[0]
        with pytest.raises(ExplanationRefused, match="0.00 GHS of this dispute is with the provider"):
            actions.match_row(dispute.pk, other.pk, by=ANALYST, now=LATER)
        assert self.books("1310") == {"1310": -9_00}
        (taken,) = self.came(self.debit())
        with pytest.raises(ExplanationRefused, match="explained already"):
            actions.match_row(dispute.pk, taken.pk, by=ANALYST, now=LATER)

    def test_a_row_taken_off_again_leaves_everything_as_before(self):
        dispute = self.opened()
        (taken,) = self.came(self.debit())
        lost = self.decided(self.challenged(dispute), "lost")
        unexplain_row(taken.pk, note="Of another one.", by=ANALYST, now=LATER)
        assert (self.now(lost).debited_minor, self.now(lost).lost_minor, self.paid()[0]) == (0, 0, "received")
        assert self.books("1300", "1310", "5030") == {"1310": 120_00}
        assert queries.chargeback_rows() == [], "nothing finds it by itself any more"

    def test_what_came_back_keeps_the_row_that_took_it(self):
        dispute = self.opened()
        (taken,) = self.came(self.debit())
        self.came(self.credit())
        with pytest.raises(ExplanationRefused, match="was credited since"):
            unexplain_row(taken.pk, note="x", by=ANALYST, now=LATER)
        assert self.now(dispute).debited_minor == 120_00

    def test_the_database_refuses_funds_that_do_not_add_up(self):
        self.opened()
        for fields in (
            {"credited_minor": 1}, {"lost_minor": 1}, {"won_minor": 120_01}, {"state": "gone"},
            {"debited_minor": 2, "lost_minor": 1, "lost_of_payment_minor": 1}, {"scheme": "", "state": "won"},
        ):  # fmt: skip
            with pytest.raises(IntegrityError), transaction.atomic():
                Dispute.objects.update(**fields)
