"""Something is asked of the platform: by two where money moves, told in a file, answered by its event."""

from __future__ import annotations

import pytest
from django.test import TestCase

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import CaseLink
from paydesk.domain.cases.steps import IdentityRefused
from paydesk.domain.marketplace.actions import (
    AskRefused,
    approve_ask,
    ask_platform,
    take_events,
    tell_platform,
)
from paydesk.domain.marketplace.case_answers import facts_of_withdrawal
from paydesk.domain.marketplace.models import PlatformAsk, Withdrawal
from paydesk.domain.marketplace.queries import balances_of
from paydesk.domain.marketplace.rules import Event
from paydesk.domain.parties.models import Party
from paydesk.domain.risk.actions import enforce
from paydesk.foundation.approvals.actions import reject_approval
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.documents.queries import open_document
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from paydesk.reporting.invariants import check_all
from tests.browser.people import make_person
from tests.builders import NOON, WORKER, ghs, make_source_account

WHY = "The wallet is corrected."


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class Asking(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.by: dict[str, Actor] = {
            role: make_person(f"{role} Person", role, markets="GH").actor()
            for role in ("AN", "SU", "TL", "RK", "QA")
        }
        cls.account = make_source_account(role="evidence")
        cls.told = 0
        cls.tell(cls, "order_paid", "100.00", order_ref="O-901")
        cls.tell(cls, "order_available", "100.00", order_ref="O-901")
        cls.tell(cls, "withdrawal_requested", "60.00")
        cls.tell(cls, "withdrawal_failed", "60.00", reason_code="name", reason="Another name")
        cls.withdrawal = Withdrawal.objects.get()
        cls.party_id = cls.withdrawal.party_id

    def tell(self, kind: str, amount: str, **fields: str) -> None:
        self.told += 1
        if kind.startswith("withdrawal"):
            fields["withdrawal_ref"] = "W-901"
        event = Event(self.told, f"E{self.told}", kind, NOON, "S-1", "seller", "Invented", "GHS",
                      ghs(amount).amount_minor, **fields)  # fmt: skip
        done = take_events(self.account.pk, [event], by=WORKER, now=NOON)
        assert not done.rejected, done.rejected

    def ask(self, kind: str, by: str = "SU", amount: str = "", **more: int) -> PlatformAsk:
        withdrawal = {} if amount else {"withdrawal_id": self.withdrawal.pk}
        return ask_platform(
            kind, self.party_id, amount=ghs(amount) if amount else None, reason=WHY, by=self.by[by],
            now=NOON, **withdrawal, **more,
        )  # fmt: skip

    def decide(self, by: str = "TL") -> PlatformAsk:
        return approve_ask(Approval.objects.latest("pk").pk, by=self.by[by], now=NOON)

    def test_from_a_case_it_is_paid_out_again_by_two_and_the_books_follow_the_platform(self) -> None:
        case = cases.open_case(
            market="GH", channel="email", contact="x@mail.example", text="Where is W-901?",
            party_role="seller", by=WORKER, now=NOON,
        )  # fmt: skip
        cases.confirm_link(CaseLink.objects.get(case=case).pk, by=self.by["SU"], now=NOON)
        with pytest.raises(IdentityRefused, match="pays a balance out"):
            self.ask("again", case_id=case.pk)
        with pytest.raises(NotAllowedRefused):
            self.ask("again", "QA")
        assert not PlatformAsk.objects.exists()
        cases.verify(case.pk, strong_way="callback", by=self.by["SU"], now=NOON)
        other = Party.objects.create(
            market="GH", kind="seller", name="Kofi", external_ref="S-77", opened_at=NOON, created_by="test"
        )
        cases.link(case.pk, kind="seller", object_id=other.pk, by=self.by["SU"], now=NOON)
        with pytest.raises(IdentityRefused, match="two sellers"):
            self.ask("again", case_id=case.pk)
        cases.reject_link(CaseLink.objects.get(case=case, kind="seller").pk, by=self.by["SU"], now=NOON)
        ask = self.ask("again", case_id=case.pk)
        with pytest.raises(AskRefused, match="asked already"):
            self.ask("again", "AN")
        with pytest.raises(AskRefused, match="Nothing waits"):
            tell_platform("GH", by=self.by["AN"], now=NOON)
        assert self.decide().state == "approved"
        assert (
            "to pay it out again"
            in [fact.value for fact in facts_of_withdrawal(self.withdrawal.pk, NOON)][-1]
        )
        file = tell_platform("GH", by=self.by["AN"], now=NOON)
        rows = open_document(file.pk).file.read().decode().splitlines()
        assert rows[1:] == [f"ASK-{ask.pk},again,S-1,W-901,60.00,GHS"]
        (balance,) = balances_of([self.party_id])[self.party_id]
        assert balance.available == ghs("100.00")  # nothing moved yet: the platform's event moves it
        self.tell("withdrawal_requested", "60.00")
        self.withdrawal.refresh_from_db()
        ask.refresh_from_db()
        assert (self.withdrawal.state, self.withdrawal.reason_code, ask.state) == (
            "in_transit",
            "",
            "answered",
        )
        asked = self.ask("where", "AN")  # nothing moves: nobody decides on it
        assert asked.state == "approved"
        self.tell("withdrawal_paid", "60.00")
        asked.refresh_from_db()
        assert (asked.state, asked.answer.kind) == ("answered", "withdrawal_paid")
        (balance,) = balances_of([self.party_id])[self.party_id]
        assert balance.available == ghs("40.00")
        assert [each for each in check_all(most_rows=5, own_snapshot=False) if each.rows] == []
        verbs = set(AuditRecord.objects.filter(verb__startswith="platform.").values_list("verb", flat=True))
        assert verbs == {"platform.asked", "platform.approved", "platform.told"}

    def test_what_is_free_is_held_back_and_set_free_as_far_as_it_is_there(self) -> None:
        with pytest.raises(AskRefused, match=r"100\.00 GHS of the seller is free"):
            self.ask("hold", amount="100.01")
        ask = self.ask("hold", amount="30.00")
        reject_approval(Approval.objects.get().pk, note="No ground for it", by=self.by["TL"], now=NOON)
        ask.refresh_from_db()
        assert ask.state == "rejected"
        ask = self.ask("hold", "RK", amount="30.00")
        self.decide()
        self.tell("held", "30.00")
        ask.refresh_from_db()
        assert ask.state == "answered"
        with pytest.raises(AskRefused, match=r"30\.00 GHS of the seller is held"):
            self.ask("release", amount="31.00")
        enforce(
            market="GH", party_kind="seller", party=self.party_id, kind="hold", scope="money_out",
            reason="disputes", note="x", expires_at=NOON.replace(month=5), by=self.by["RK"], now=NOON,
        )  # fmt: skip
        for kind, amount in (("release", "30.00"), ("again", "")):
            with pytest.raises(AskRefused, match="Seller or creator under a hold by risk"):
                self.ask(kind, amount=amount)
