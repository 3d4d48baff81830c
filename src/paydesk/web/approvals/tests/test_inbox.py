"""The inbox: what waits by batch, evidence beside, approve, reject, take back, all green ones together."""

import re
from datetime import timedelta

from django.utils import timezone

from paydesk.domain.contracts.models import DueItem
from paydesk.domain.payments.models import Payment
from paydesk.foundation.approvals.actions import delegate
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.public_codes import code_of
from paydesk.web.approvals.tests.desk import HTMX, WithALead
from tests.builders import make_contract, make_source_account, receive_today, row


class Inbox(WithALead):
    def page(self, client, path="/approvals/", **headers):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def open(self, client, approval):
        return self.page(client, f"/approvals/?open={code_of('APR', approval.pk)}")

    def test_an_empty_inbox_says_so(self):
        assert "Nothing waits for a second person." in self.page(self.as_lead)

    def test_what_is_asked_stands_with_its_evidence_and_what_it_changes(self):
        approval = self.asked_move()
        page = self.open(self.as_lead, approval)
        for words in (
            "Moves to another customer", "Typed it wrong", "asked by SU Person", "Ama Mensah", "Kofi Boateng",
            "falls back", "Days past due", "The row in the file", "10482937", "20482945", "Unlocked through",
        ):  # fmt: skip
            assert words in page, words
        assert f'href="{self.path(approval, "approve")}"' in page
        payment = Payment.objects.get(pk=approval.subject_id)
        assert payment.customer_id == self.contract.customer_id, "looking changes nothing"

    def test_who_may_not_decide_is_told_why_and_who_can(self):
        approval = self.asked_move()
        own = self.open(self.as_support, approval)
        assert "You asked for this yourself. A second person has to decide." in own
        assert "Team lead" in own
        assert "Take back my request" in own
        other = self.open(self.client, approval)
        assert "Your role does not decide on this." in other

    def test_approving_asks_with_the_amount_then_moves_the_money(self):
        approval = self.asked_move()
        asking = self.page(self.as_lead, self.path(approval, "approve"))
        assert "Approve: move 150.00 GHS" in asking
        answer = self.post(self.as_lead, self.path(approval, "approve"), note="Right")
        assert "Approved" in answer["HX-Trigger"]
        payment = Payment.objects.get(pk=approval.subject_id)
        assert (payment.customer_id, payment.contract_id) == (self.other.customer_id, self.other.pk)
        page = self.page(self.client, f"/payments/{code_of('PAY', payment.pk)}/")
        for words in ("Moved from Ama Mensah to Kofi Boateng", "TL Person approved it", "Typed it wrong"):
            assert words in page, words
        assert "approved it" in self.page(self.as_lead, self.path(approval))

    def test_who_comes_second_gets_a_calm_sentence_and_nothing_is_done_twice(self):
        approval = self.asked_move()
        second = self.client_of(self.person("FC"))
        self.post(self.as_lead, self.path(approval, "approve"))
        moved = AuditRecord.objects.filter(verb="payment.moved").count()
        again = self.post(self.as_lead, self.path(approval, "approve"))
        assert (again.status_code, again["X-Refused"]) == (409, "approval.decided")
        assert "You approved it at" in again.content.decode()
        other = self.post(second, self.path(approval, "reject"), note="no")
        assert other.status_code == 409
        assert AuditRecord.objects.filter(verb="payment.moved").count() == moved == 1

    def test_the_same_person_and_a_wrong_role_change_nothing(self):
        approval = self.asked_move()
        for client in (self.as_support, self.client):
            for verb in ("approve", "reject"):
                assert self.post(client, self.path(approval, verb), note="x").status_code == 409
        approval.refresh_from_db()
        assert approval.state == "pending"
        assert Payment.objects.get(pk=approval.subject_id).customer_id == self.contract.customer_id

    def test_a_payment_that_changed_since_is_refused_with_what_to_do(self):
        approval = self.asked_move()
        path = f"/payments/{code_of('PAY', approval.subject_id)}/take-off"
        payment = Payment.objects.get(pk=approval.subject_id)
        code = code_of("CON", self.contract.pk)
        assert self.post(self.client, path, contract=code, version=payment.version).status_code == 200
        assert "The payment changed since this was asked for." in self.open(self.as_lead, approval)
        answer = self.post(self.as_lead, self.path(approval, "approve"))
        assert (answer.status_code, answer["X-Refused"]) == (409, "approval.stale")
        assert self.post(self.as_lead, self.path(approval, "reject"), note="Changed").status_code == 200

    def test_rejecting_needs_a_reason_and_the_asking_person_reads_it(self):
        approval = self.asked_move()
        assert self.post(self.as_lead, self.path(approval, "reject"), note=" ").status_code == 422
        assert self.post(self.as_lead, self.path(approval, "reject"), note="Show the slip").status_code == 200
        assert "Show the slip" in self.page(self.as_support, "/approvals/asked/")
        assert "Show the slip" in self.page(self.as_lead, "/approvals/decided/")
        assert Payment.objects.get(pk=approval.subject_id).customer_id == self.contract.customer_id

    def test_only_who_asked_takes_it_back(self):
        approval = self.asked_move()
        assert self.post(self.as_lead, self.path(approval, "withdraw")).status_code == 409
        assert self.post(self.as_support, self.path(approval, "withdraw")).status_code == 200
        approval.refresh_from_db()
        assert approval.state == "withdrawn"

    def test_a_stand_in_decides_by_date_in_the_name_of_the_absent_person(self):
        approval = self.asked_move()
        analyst, today = self.analyst(), timezone.now().date()
        delegate(
            self.lead.pk, stands_in_id=analyst.pk, from_on=today, through_on=today + timedelta(1),
            by=self.lead.actor(), now=timezone.now(),
        )  # fmt: skip
        rail = self.page(self.client, "/payments/").split('href="/approvals/"')[1].split("</a>")[0]
        assert "waiting" in rail
        assert self.post(self.client, self.path(approval, "approve")).status_code == 200
        assert "for TL Person" in self.page(self.as_lead, "/approvals/decided/")

    def test_another_market_is_not_there(self):
        approval = self.asked_move()
        stranger = self.signed_in("TL", markets="KE")
        assert code_of("APR", approval.pk) not in self.page(stranger)
        assert stranger.get(self.path(approval)).status_code == 404
        assert self.post(stranger, self.path(approval, "approve")).status_code == 404

    def test_the_rail_counts_what_waits_for_this_person(self):
        self.asked_move()
        assert ">1<span" in self.page(self.as_lead, "/trail/")
        for client in (self.as_support, self.client):
            rail = self.page(client, "/payments/").split('href="/approvals/"')[1].split("</a>")[0]
            assert "waiting" not in rail

    def test_all_green_of_a_batch_go_each_by_itself_and_the_rest_is_told(self):
        greens = [self.asked_write_off(f"30000{n}") for n in (101, 102, 103)]
        amber = self.asked_move(self.misdirected(line=7))
        page = self.page(self.as_lead)
        assert "Approve 3 green" in page
        codes = [code_of("APR", each.pk) for each in greens]
        asking = self.page(self.as_lead, "/approvals/approve?" + "&".join(f"id={code}" for code in codes))
        assert "Approve 3: 1.50 GHS" in asking
        # One contract is paid in the meantime, and somebody slips an amber one in.
        receive_today(self.account, row(900, "5.00", reference="30000102"))
        answer = self.post(self.as_lead, "/approvals/approve", id=[*codes, code_of("APR", amber.pk)])
        page = answer.content.decode()
        assert "2 approved, 2 not" in page
        assert "Amber: look at it by itself." in page
        assert "has changed since" in page
        states = {each.pk: each.state for each in Approval.objects.all()}
        assert [states[each.pk] for each in greens] == ["approved", "pending", "approved"]
        assert states[amber.pk] == "pending"
        assert AuditRecord.objects.filter(verb="due_item.written_off").count() == 2
        open_minor = [
            item.amount_minor - item.allocated_minor
            for item in DueItem.objects.filter(pk__in=[each.subject_id for each in greens])
        ]
        assert sorted(open_minor) == [0, 0, 0]

    def test_amounts_of_different_currencies_are_never_added(self):
        make_source_account(market="KE", currency="KES")
        wide = self.client_of(self.lead)
        self.lead.works_in_all_markets = True
        self.lead.save()
        self.asked_move()
        Approval.objects.create(
            kind="payment.move", market="KE", subject_kind="payment", subject_id=9001, payload={"version": 1},
            payload_hash="0" * 64, right="payments.move:check", batch="basket", amount_minor=700,
            flag="green", currency="KES", asked_by="system:tests", asked_at=timezone.now(),
            expires_at=timezone.now() + timedelta(1),
        )  # fmt: skip
        Approval.objects.create(
            kind="payment.move", market="KE", subject_kind="payment", subject_id=9002, payload={"version": 1},
            payload_hash="0" * 64, right="payments.move:check", batch="basket", amount_minor=900,
            flag="green", currency="GHS", asked_by="system:tests", asked_at=timezone.now(),
            expires_at=timezone.now() + timedelta(1),
        )  # fmt: skip
        page = self.page(wide)
        assert not re.search(r"\b16\.00 [A-Z]{3}", page)
        assert "basket" in page

    def test_filters_stand_in_the_address_and_lists_can_be_exported(self):
        self.asked_move()
        assert "Nothing that waits matches" in self.page(self.as_lead, "/approvals/?flag=green")
        assert "Moves to another customer" in self.page(self.as_lead, "/approvals/?who=me&flag=amber")
        part = self.page(self.as_lead, "/approvals/?who=me", **{**HTMX, "HX-Target": "approvals-list"})
        assert "<html" not in part
        for tab in ("inbox", "asked", "decided"):
            answer = self.as_support.get(f"/approvals/{tab}/export.csv")
            text = b"".join(answer.streaming_content).decode()
            assert ("Typed it wrong" in text) is (tab != "decided"), tab
        assert self.as_lead.get("/approvals/inbox/export.xlsx").status_code == 200

    def test_it_has_an_owner_a_next_step_and_an_age_as_other_queues_have(self):
        approval = self.asked_move()
        Approval.objects.filter(pk=approval.pk).update(asked_at=timezone.now() - timedelta(days=3))
        page = self.open(self.as_lead, approval)
        assert "needs an owner" in page.lower()
        assert "Team lead decides." in page, "what comes next, as long as nobody planned anything else"
        code = code_of("APR", approval.pk)
        assert "2–3 days<span" in page
        assert "Nothing that waits matches" in self.page(self.as_lead, "/approvals/?age=today")
        assert "Nothing that waits matches" in self.page(self.as_lead, "/approvals/?whose=mine")
        assert self.post(self.as_lead, f"/work/{code}/take", version=0).status_code == 200
        assert "<b>Yours</b>" in self.open(self.as_lead, approval)
        assert "Typed it wrong" in self.page(self.as_lead, "/approvals/?whose=mine&age=days")
        assert self.as_lead.get(f"/work/{code}/ask-payer").status_code == 409
        taken = self.as_support.get("/approvals/inbox/export.csv?age=days")
        assert "TL Person" in b"".join(taken.streaming_content).decode()

    def test_more_approvals_cost_no_more_queries(self):
        self.asked_move()
        self.page(self.as_lead)
        with self.assertNumQueries(23):
            self.page(self.as_lead)
        for n in (104, 105):
            self.asked_write_off(f"30000{n}")
        with self.assertNumQueries(23):
            self.page(self.as_lead)


class PlainPages(WithALead):
    def test_every_dialog_is_a_page_without_script(self):
        approval = self.asked_move()
        payment = f"/payments/{code_of('PAY', approval.subject_id)}"
        for client, path in (
            (self.as_lead, self.path(approval, "approve")),
            (self.as_lead, self.path(approval, "reject")),
            (self.as_support, self.path(approval, "withdraw")),
            (self.as_lead, "/approvals/approve"),
            (self.as_lead, "/approvals/absences/"),
            (self.as_lead, "/approvals/relations/"),
            (self.as_lead, "/approvals/limits/"),
            (self.client, f"{payment}/take-back"),
            (self.client, f"{payment}/take-off"),
            (self.client, f"{payment}/move"),
        ):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert "<html" in answer.content.decode(), path
        answer = self.as_lead.post(self.path(approval, "approve"), {"note": ""}, follow=True)
        assert "Approved: move to another customer" in answer.content.decode()

    def test_a_contract_of_another_customer_only(self):
        payment = self.misdirected()
        make_contract(account_number="30482937", customer_name="Ama Other")
        page = self.as_support.get(f"/payments/{code_of('PAY', payment.pk)}/move?q=ama").content.decode()
        assert "30482937" in page
        assert "10482937</span>" not in page.split("apply-found")[1]
