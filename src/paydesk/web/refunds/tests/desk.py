"""People of every part of a refund, a payment of Ama Mensah, and the way of a refund by the screens."""

from __future__ import annotations

from typing import Any

from django.test import Client, TestCase, override_settings
from django.urls import reverse

from paydesk.domain.payments.models import Payment
from paydesk.domain.refunds.models import PayoutFile, Refund
from paydesk.domain.refunds.queries import code
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from tests.browser.people import make_person
from tests.builders import make_contract, make_source_account, receive_today, row
from tests.pages import without_secrets

HTMX = {"HX-Request": "true"}
PHONE = "233244123456"


class Clients(dict[str, Client]):
    """The client of each role, signed in when it is first asked for."""

    def __init__(self, people: dict[str, Person]) -> None:
        super().__init__()
        self._people = people

    def __missing__(self, role: str) -> Client:
        client = self[role] = Client()
        client.force_login(self._people[role])
        return client


# Nobody signs in by password here.
@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class OnTheRefundDesk(TestCase):
    """Support, analyst, lead and controller of Ghana; 120.00 GHS paid by Ama Mensah from her phone."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = {
            role: make_person(f"{role} Person", role, email=f"{role}@desk.example".lower(), markets="GH")
            for role in ("SU", "AN", "TL", "FC", "RK", "AU", "SD", "AD")
        }
        cls.account = make_source_account(name="MoMo payouts")
        cls.contract = make_contract(account_number="10482937", customer_name="Ama Mensah")
        (cls.payment,) = receive_today(
            cls.account, row(1, "120.00", reference="10482937", msisdn=PHONE, payer_name="Ama Mensah")
        )

    def setUp(self) -> None:
        self.clients = Clients(self.people)

    def get(self, role: str, path: str, query: dict[str, Any] | None = None, status: int = 200) -> str:
        answer = self.clients[role].get(path, query or {})
        assert answer.status_code == status, (path, answer.status_code)
        return without_secrets(answer)

    def post(self, role: str, path: str, said: dict[str, Any] | None = None, status: int = 302) -> str:
        answer = self.clients[role].post(path, said or {})
        assert answer.status_code == status, (path, answer.status_code, without_secrets(answer)[-2500:])
        return without_secrets(answer)

    def said(self, payment: Payment | None = None, **fields: str) -> dict[str, str]:
        """The form of a request as its page sends it."""
        payment = Payment.objects.get(pk=(payment or self.payment).pk)
        return {
            "version": str(payment.version), "amount": "", "reason": "overpaid", "payee_kind": "payer",
            "payee_name": "", "payee_account": "", "rail": "mobile_money", "note": "She paid too much.",
            "again": "on",
            **fields,
        }  # fmt: skip

    def asked(self, amount: str = "50.00", role: str = "SU", **fields: str) -> Refund:
        path = reverse("refunds:ask", args=[self.payment.pk])
        self.post(role, path, self.said(amount=amount, **fields))
        return Refund.objects.latest("pk")

    def decided(self, kind: str, subject_id: int, role: str) -> None:
        waits = Approval.objects.get(subject_kind=kind, subject_id=subject_id, state="pending")
        self.post(role, reverse("approvals:approve", args=[code_of("APR", waits.pk)]), {"note": ""})

    def approved(self, amount: str = "50.00", **fields: str) -> Refund:
        refund = self.asked(amount, **fields)
        self.decided("refund", refund.pk, "TL")
        return self.now(refund)

    def in_file(self, *refunds: Refund) -> PayoutFile:
        said = {"id": [code(refund) for refund in refunds], "account": str(self.account.pk)}
        self.post("AN", reverse("refunds:release"), said)
        return PayoutFile.objects.latest("pk")

    def released(self, *refunds: Refund) -> PayoutFile:
        payout = self.in_file(*refunds)
        self.decided("payout_file", payout.pk, "FC")
        payout.refresh_from_db()
        return payout

    def sent(self, *refunds: Refund) -> PayoutFile:
        payout = self.released(*refunds)
        self.post("AN", reverse("refunds:sent", args=[self.file_code(payout)]), {"version": payout.version})
        return payout

    def act(self, role: str, refund: Refund, deed: str, status: int = 302, **said: str) -> str:
        said = {"version": str(self.now(refund).version), **said}
        return self.post(role, reverse("refunds:act", args=[code(refund), deed]), said, status)

    def page(self, role: str, refund: Refund) -> str:
        """The refund as it opens from its code."""
        answer = self.clients[role].get(reverse("refunds:page", args=[code(refund)]), follow=True)
        assert answer.status_code == 200
        return without_secrets(answer)

    def now(self, refund: Refund) -> Refund:
        return Refund.objects.get(pk=refund.pk)

    def file_code(self, payout: PayoutFile) -> str:
        return code_of("POF", payout.pk)
