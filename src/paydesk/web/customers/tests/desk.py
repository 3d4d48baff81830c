"""People of one role who look at a small company, for the tests of these screens."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client, TestCase, override_settings
from django.test.utils import CaptureQueriesContext

from tests.browser.people import make_person

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS)
class AtTheDesk(TestCase):
    """An analyst of Ghana is signed in; `signed_in` gives others."""

    def setUp(self) -> None:
        self.client = self.signed_in("AN")

    def signed_in(self, role: str, markets: str = "GH") -> Client:
        client = Client()
        email = f"{role}-{markets.replace(' ', '-')}@desk.example".lower()
        client.force_login(make_person(f"{role} Person", role, email=email, markets=markets))
        return client

    def text(self, path: str, status: int = 200, client: Client | None = None, **options: Any) -> str:
        answer = (client or self.client).get(path, **options)
        assert answer.status_code == status, (path, answer.status_code)
        return body(answer).decode("utf-8-sig")

    def queries(self, path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            self.text(path)
        return len(captured)


def body(answer: HttpResponse) -> bytes:
    """What was answered, also where it is streamed."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
