"""What is asked for from a case: whoever asks is known as well as the table says, on every screen."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions, identity
from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.cases.queries import code
from paydesk.domain.marketplace.case_answers import TELLS_BALANCE
from paydesk.domain.refunds.actions import record_outcome
from paydesk.foundation.approvals.models import Approval
from paydesk.web.addresses import code_in
from paydesk.web.cases.tests.at_the_inbox import OnTheInbox
from tests.builders import WORKER, make_contract, receive_today, row

REF = "MP260302ZZ99"


class Proving(OnTheInbox):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        (cls.lost,) = receive_today(cls.account, row(2, "40.00", reference="no such", provider_ref=REF))

    def about(self, thing: Any, **fields: Any) -> Case:
        case = self.opened(**fields, customer_id=self.contract.customer_id)
        kind = "refund" if hasattr(thing, "payee_kind") else "payment"
        known = CaseLink.objects.filter(case=case, kind=kind, object_id=thing.pk).first()
        if known is None:
            actions.link(case.pk, kind=kind, object_id=thing.pk, by=WORKER, now=timezone.now())
        elif known.state == "proposed":
            actions.confirm_link(known.pk, by=WORKER, now=timezone.now())
        return case

    def verify(self, case: Case, **said: Any) -> None:
        self.act("SU", case, "verify", **said)

    def test_a_payment_is_applied_from_a_case_for_whoever_is_known_by_two_facts(self) -> None:
        case = self.about(self.lost, text=f"Where is it? {REF}")
        prove = f"{reverse('cases:act', args=[code(case), 'verify'])}?for=payment.name_payer"
        assert prove in self.page("SU", case)
        assert "Two facts only they know show it" in self.get("SU", prove)
        apply = reverse("payments:apply", args=[self.lost.pk])
        for address in (f"{apply}?case={code(case)}", f"{apply}?at={quote(self.inbox_of(case))}"):
            page = self.get("SU", address)
            assert "Verify who asks by two facts first: this says whose a payment is" in page, address
            assert "Find the contract" not in page
        said = {
            "at": self.inbox_of(case), "version": str(self.lost.version),
            "contract": code_in("contract", self.contract.pk),
        }  # fmt: skip
        refused = self.post("SU", apply, said, 409)
        assert reverse("cases:act", args=[code(case), "verify"]) in refused
        self.verify(case, facts=["account_number", "last_payment"])
        assert "Find the contract" in self.get("SU", f"{apply}?case={code(case)}")
        self.post("SU", apply, said)
        self.lost.refresh_from_db()
        assert self.lost.customer_id == self.contract.customer_id

    def inbox_of(self, case: Case) -> str:
        return f"{reverse('cases:inbox')}?view=team&open={code(case)}"

    def test_money_moves_from_a_case_for_whoever_is_known_in_a_strong_way(self) -> None:
        case = self.about(self.payment)
        self.verify(case, facts=["account_number", "last_payment"])
        move = reverse("payments:move", args=[self.payment.pk])
        other = make_contract(account_number="10482999", customer_name="Yaw Boateng")
        assert "first: this moves money to another customer" in self.get("SU", f"{move}?case={code(case)}")
        said = {
            "case": code(case), "version": str(self.payment.version), "note": "It was meant for him.",
            "contract": code_in("contract", other.pk),
        }  # fmt: skip
        self.post("SU", move, said, 409)
        assert not Approval.objects.exists()
        self.verify(case, strong_way="callback")
        self.post("SU", move, said)
        assert Approval.objects.get().kind == "payment.move"

    def test_another_payee_is_named_from_a_case_for_whoever_is_known_in_a_strong_way(self) -> None:
        refund = self.approved()
        self.sent(refund)
        record_outcome(
            refund.pk, outcome="failed", failure="Wallet closed", by=self.people["AN"].actor(),
            now=timezone.now(),
        )  # fmt: skip
        case = self.about(refund)
        address = reverse("refunds:payee", args=[code_in("refund", refund.pk)])
        assert "for=refund.change_payee" in self.page("SU", case)
        assert "this changes who is paid" in self.get("SU", f"{address}?case={code(case)}")
        said = {
            "case": code(case), "payee_kind": "relative", "payee_name": "Yaw Mensah", "rail": "mobile_money",
            "payee_account": "0209999999", "note": "Her own is closed.",
            "version": str(self.now(refund).version),
        }  # fmt: skip
        self.post("SU", address, said, 409)
        self.verify(case, strong_way="document")
        assert f"{address}?case={code(case)}" in self.page("SU", case)
        self.post("SU", address, said)
        assert self.now(refund).state == "under_review"

    def test_for_a_third_person_nothing_is_done_and_no_proof_helps(self) -> None:
        case = self.about(self.payment)
        actions.sort_case(case.pk, party_role="third_party", by=WORKER, now=timezone.now())
        page = self.page("SU", case)
        assert identity.THIRD_PERSON in page
        assert "verify?for=" not in page
        refused = self.get("SU", f"{reverse('payments:move', args=[self.payment.pk])}?case={code(case)}")
        assert identity.THIRD_PERSON in refused

    def test_the_statement_and_a_sellers_balance_are_told_as_the_table_says(self) -> None:
        case = self.about(self.payment)
        self.press(case, "whose", customer=code_in("customer", self.payment.customer_id))
        page = self.get("SU", reverse("cases:attach", args=[code(case)]))
        assert "first: this tells everything that was paid and is owed" in page
        assert TELLS_BALANCE == identity.VERBS["seller.tell_balance"].level > identity.Level.UNVERIFIED
