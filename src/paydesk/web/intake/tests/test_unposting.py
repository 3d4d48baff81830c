"""A wrong file: asked to be un-posted, approved, undone by the worker, and handed over again."""

from __future__ import annotations

import io

from django.test import Client, TestCase, override_settings
from django.utils import timezone

from paydesk.domain.contracts.models import DueItem
from paydesk.domain.payments.actions import unpost_file
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.actions import upload_file
from paydesk.domain.statements.models import SourceFile, StatementLine
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.invariants import check_all
from paydesk.web.intake.tests.company import DESK, code, make_person, paid, posted, table
from tests.builders import NOON, WORKER, make_contract, make_source_account

HTMX = {"HX-Request": "true"}


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class UnpostAFile(TestCase):
    def setUp(self):
        self.account = make_source_account()
        self.contract = make_contract(account_number="10482937", customer_name="Ama Mensah", deposit_minor=0)
        self.content = table(paid(1), paid(2, "20.00"), paid(3, "5.00", reference="who?"))
        self.file = posted(self.account, self.content)
        self.analyst, self.lead = self.client_of("AN"), self.client_of("TL")

    def client_of(self, role: str) -> Client:
        client = Client()
        client.force_login(
            make_person(f"{role} Person", role, email=f"{role}@desk.example".lower(), markets="GH")
        )
        return client

    def allocated(self) -> int:
        return sum(DueItem.objects.values_list("allocated_minor", flat=True))

    def ask(self, reason="The wrong month"):
        return self.analyst.post(f"/intake/{code(self.file)}/unpost/", {"reason": reason}, headers=HTMX)

    def approve(self):
        approval = Approval.objects.get(kind="file.unpost", state="pending")
        return self.lead.post(f"/approvals/{code_of('APR', approval.pk)}/approve", {"note": ""}, headers=HTMX)

    def text(self, client, path, **headers):
        return client.get(path, headers=headers).content.decode()

    def test_the_whole_circle_and_the_books_hold(self):
        path = f"/intake/{code(self.file)}/"
        before = self.allocated()
        assert "Payments undone" in self.text(self.analyst, f"{path}unpost/")
        assert self.ask().status_code == 200
        page = self.text(self.analyst, path)
        assert "waits for a second person" in page
        assert "asked for already" in page
        shown = self.text(self.lead, f"/approvals/?open={code_of('APR', Approval.objects.get().pk)}")
        for words in (
            "3 payments are undone",
            "30.00",
            "By the account number the payer typed",
            "wrong month",
        ):
            assert words in shown, words
        assert self.approve().status_code == 200
        assert "Being un-posted" in self.text(self.analyst, path)
        unpost_file(self.file.pk, by=WORKER, now=timezone.now())
        assert "upload the same file again" in self.text(self.analyst, path)
        assert {p.state for p in Payment.objects.all()} == {"unposted"}
        assert self.allocated() == 0

        again = posted(self.account, self.content)
        assert again.pk != self.file.pk
        assert (again.state, again.new_count, again.known_count, again.payment_count) == ("posted", 3, 0, 3)
        assert self.allocated() == before
        assert StatementLine.objects.filter(withdrawn=False).count() == 3
        assert Payment.objects.filter(state="received").count() == 3
        assert upload_file(io.BytesIO(self.content), filename="x.csv", by=DESK, now=NOON).already_here
        assert [f.sentence for f in check_all(most_rows=3, own_snapshot=False) if f.rows] == []

    def test_a_file_that_only_confirmed_its_rows_can_come_again_and_then_they_are_its_own(self):
        wider = table(paid(1), paid(2, "20.00"), paid(4, "7.00"))
        other = posted(self.account, wider, "wider.csv")
        assert (other.new_count, other.known_count) == (1, 2)
        link = f'<a href="/intake/{code(other)}/">wider.csv</a>'
        assert link in self.text(self.analyst, f"/intake/{code(self.file)}/unpost/")
        self.ask()
        assert "wider.csv holds some of the same rows" in self.text(
            self.lead, f"/approvals/{code_of('APR', Approval.objects.get().pk)}/"
        )
        self.approve()
        unpost_file(self.file.pk, by=WORKER, now=timezone.now())
        assert link in self.text(self.analyst, f"/intake/{code(self.file)}/")
        again = posted(self.account, wider, "wider.csv")
        assert (again.new_count, again.known_count) == (2, 1)
        # Once more it is the same file again: nothing of it was withdrawn since.
        SourceFile.objects.filter(pk=again.pk).update(uploaded_at=timezone.now())
        outcome = upload_file(io.BytesIO(wider), filename="wider.csv", by=DESK, now=timezone.now())
        assert (outcome.already_here, outcome.file.pk) == (True, again.pk)

    def test_a_wrong_role_the_same_person_and_a_second_press_change_nothing(self):
        for role in ("SU", "FC"):
            client = self.client_of(role)
            assert client.post(f"/intake/{code(self.file)}/unpost/", {"reason": "x"}).status_code == 403
        assert self.ask(" ").status_code == 409
        self.ask()
        assert self.ask().status_code == 409
        approval = Approval.objects.get()
        own = self.analyst.post(
            f"/approvals/{code_of('APR', approval.pk)}/approve", {"note": ""}, headers=HTMX
        )
        assert own.status_code == 409
        self.approve()
        assert (
            self.lead.post(f"/approvals/{code_of('APR', approval.pk)}/approve", {"note": ""}).status_code
            == 409
        )
        assert SourceFile.objects.get(pk=self.file.pk).state == "unposting"

    def test_a_rejected_request_can_be_asked_anew_and_says_so(self):
        self.ask()
        approval = Approval.objects.get()
        self.lead.post(
            f"/approvals/{code_of('APR', approval.pk)}/reject", {"note": "It is right"}, headers=HTMX
        )
        assert "a second person said no" in self.text(self.analyst, f"/intake/{code(self.file)}/")
        assert self.ask().status_code == 200
