"""A signed-in person and a few payments, for the tests of the payment screens."""

from __future__ import annotations

from typing import Any

from django.test import Client, TestCase, override_settings

from paydesk.domain.payments.models import Payment
from paydesk.kernel.public_codes import code_of
from tests.browser.people import make_person
from tests.builders import make_contract, make_source_account, receive_today, row


def code(payment: Payment) -> str:
    return code_of("PAY", payment.pk)


# Nobody signs in by password here.
@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class OnTheDesk(TestCase):
    """One analyst of Ghana, one contract of Ama Mensah (10482937), one account with a provider."""

    def setUp(self) -> None:
        self.client = self.signed_in("AN")
        self.account = make_source_account()
        self.contract = make_contract(
            account_number="10482937", customer_name="Ama Mensah", phones=("0244123456",)
        )

    def signed_in(self, role: str, markets: str = "GH") -> Client:
        client = Client()
        client.force_login(
            make_person(
                f"{role} Person", role, email=f"{role}-{markets}@desk.example".lower(), markets=markets
            )
        )
        return client

    def get(self, path: str, **headers: str) -> str:
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def pay(self, amount: str = "50.00", **fields: Any) -> Payment:
        (payment,) = receive_today(self.account, row(fields.pop("line", 1), amount, **fields))
        return payment
