"""A support agent, a team lead and an analyst of Ghana, and a payment that went to the wrong customer."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from paydesk.domain.payments.actions import request_move, request_write_off
from paydesk.domain.payments.models import Payment
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from paydesk.web.payments.tests.desk import OnTheDesk
from tests.browser.people import make_person
from tests.builders import make_contract

HTMX = {"HX-Request": "true"}


class WithALead(OnTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.support, self.lead = self.person("SU"), self.person("TL")
        self.as_support, self.as_lead = self.client_of(self.support), self.client_of(self.lead)
        self.other = make_contract(account_number="20482945", customer_name="Kofi Boateng")

    def person(self, role: str, **fields: Any) -> Person:
        return make_person(
            f"{role} Person", role, email=f"{role}@desk.example".lower(), markets="GH", **fields
        )

    def client_of(self, person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def misdirected(self, amount: str = "150.00", line: int = 1) -> Payment:
        return self.pay(amount, reference="10482937", line=line)

    def asked_move(self, payment: Payment | None = None) -> Approval:
        payment = payment or self.misdirected()
        return request_move(
            payment.pk, customer_id=self.other.customer_id, contract_id=self.other.pk, note="Typed it wrong",
            by=self.support.actor(), now=timezone.now(),
        )  # fmt: skip

    def asked_write_off(self, account_number: str, asking: Person | None = None) -> Approval:
        """A green one: a contract of which 0.50 is left open of an instalment."""
        contract = make_contract(account_number=account_number, deposit_minor=0)
        first = contract.due_items.order_by("due_on", "id").first()
        assert first is not None
        left = (first.amount_minor - 50) / 100
        self.pay(f"{left:.2f}", reference=account_number, line=int(account_number[-3:]))
        asking = asking or self.analyst()
        return request_write_off(first.pk, note="", by=asking.actor(), now=timezone.now())

    def analyst(self) -> Person:
        return Person.objects.get(email="an-gh@desk.example")

    def path(self, approval: Approval, verb: str = "") -> str:
        return f"/approvals/{code_of('APR', approval.pk)}/{verb}"

    def post(self, client: Client, path: str, **said: Any) -> HttpResponse:
        answer: Any = client.post(path, said, headers=HTMX)
        return answer
