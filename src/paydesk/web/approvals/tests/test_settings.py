"""Limits, absences and close accounts: small forms, for those who may."""

from __future__ import annotations

from django.utils import timezone

from paydesk.foundation.approvals.models import Delegation, Limit, Relation
from paydesk.foundation.approvals.queries import related
from paydesk.foundation.audit.models import AuditRecord
from paydesk.web.approvals.tests.desk import WithALead


class Settings(WithALead):
    def setUp(self) -> None:
        super().setUp()
        self.admin = self.person("AD")
        self.as_admin = self.client_of(self.admin)
        self.today = timezone.localdate().isoformat()

    def test_an_administrator_sets_a_limit_and_others_only_see_it(self):
        said = {"right": "refunds.entitle", "market": "GH", "amount": "1,250.50"}
        assert self.as_admin.post("/approvals/limits/", said).status_code == 302
        assert Limit.objects.get().amount_minor == 1250_50
        page = self.as_lead.get("/approvals/limits/").content.decode()
        assert "1,250.50" in page
        assert "AD Person" in page
        assert "Administrator can." in page
        assert self.as_lead.post("/approvals/limits/", said).status_code == 403
        assert self.client.get("/approvals/limits/").status_code == 403
        for amount in ("", "-1", "1.005", "much"):
            assert self.as_admin.post("/approvals/limits/", {**said, "amount": amount}).status_code == 422
        assert Limit.objects.get().amount_minor == 1250_50

    def test_each_money_moving_decision_has_its_limit_by_currency_with_who_decides(self):
        page = self.as_admin.get("/approvals/limits/").content.decode()
        for words in (
            "Move a payment to another customer",
            "Reverse a payment",
            "Take a posted file back",
            "Release a payout",
            "Write off a small difference",
            "reversal request",
        ):
            assert words in page, words
        said = {"right": "payments.move", "market": "GH", "amount": "75", "currency": "USD"}
        assert self.as_admin.post("/approvals/limits/", said).status_code == 302
        assert (Limit.objects.get().currency, Limit.objects.get().amount_minor) == ("USD", 75_00)
        assert "75.00" in self.as_admin.get("/approvals/limits/").content.decode()

    def test_one_says_who_stands_in_for_oneself_and_comes_back(self):
        said = {
            "person": self.lead.pk, "stands_in": self.analyst().pk, "from_on": self.today,
            "through_on": self.today,
        }  # fmt: skip
        assert self.as_lead.post("/approvals/absences/", said).status_code == 302
        (kept,) = Delegation.objects.all()
        assert (kept.person_id, kept.stands_in_id) == (self.lead.pk, self.analyst().pk)
        assert "TL Person" in self.client.get("/approvals/absences/").content.decode()
        assert self.client.post(f"/approvals/absences/{kept.pk}/end").status_code == 403
        assert self.as_lead.post(f"/approvals/absences/{kept.pk}/end").status_code == 302
        assert self.as_lead.post("/approvals/absences/77/end").status_code == 404
        kept.refresh_from_db()
        assert kept.ended_at is not None

    def test_not_for_others_unless_one_manages_people_and_not_backwards(self):
        said = {
            "person": self.lead.pk, "stands_in": self.support.pk, "from_on": self.today,
            "through_on": self.today,
        }  # fmt: skip
        assert self.client.post("/approvals/absences/", said).status_code == 422
        assert not Delegation.objects.exists()
        backwards = self.as_lead.post("/approvals/absences/", {**said, "through_on": "2026-01-01"})
        assert backwards.status_code == 422
        assert "last day must not be before" in backwards.content.decode()
        assert self.as_admin.post("/approvals/absences/", said).status_code == 302
        assert Delegation.objects.count() == 1

    def test_one_declares_an_account_one_is_close_to(self):
        for account in ("10482937", f"{self.contract.account_number}"):
            assert self.as_support.post("/approvals/relations/", {"account": account}).status_code == 302
        relation = Relation.objects.get()
        assert (relation.person_id, relation.party_id) == (self.support.pk, self.contract.customer_id)
        assert self.as_support.post("/approvals/relations/", {"account": "nobody"}).status_code == 422
        assert "declared" in self.as_support.get("/approvals/relations/").content.decode()

    def test_an_administrator_ends_what_another_declared_with_a_reason_and_not_their_own(self):
        for client in (self.as_support, self.as_admin):
            assert client.post("/approvals/relations/", {"account": "10482937"}).status_code == 302
        theirs, own = Relation.objects.order_by("id")
        page = self.as_admin.get("/approvals/relations/").content.decode()
        assert "SU Person" in page
        assert "Everybody" not in self.as_support.get("/approvals/relations/").content.decode()
        path = f"/approvals/relations/{theirs.pk}/end"
        assert self.as_support.post(path, {"note": "I may"}).status_code == 403
        assert self.as_admin.post(path, {"note": " "}).status_code == 422
        assert self.as_admin.post(f"/approvals/relations/{own.pk}/end", {"note": "x"}).status_code == 409
        assert related(self.support.pk, "customer", [self.contract.customer_id])
        assert self.as_admin.post(path, {"note": "They parted ways"}).status_code == 302
        assert self.as_admin.post(path, {"note": "Once more"}).status_code == 302
        assert not related(self.support.pk, "customer", [self.contract.customer_id])
        record = AuditRecord.objects.get(verb="approval.relation_ended")
        assert (record.subject_id, record.note) == (str(self.support.pk), "They parted ways")
        again = self.as_support.post("/approvals/relations/", {"account": "10482937"})
        assert again.status_code == 302, "it may be declared again"
        assert Relation.objects.filter(person_id=self.support.pk).count() == 2
