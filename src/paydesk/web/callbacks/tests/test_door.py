"""The door for callbacks: who gets in, how much, what is said, and that it is said only after the commit."""

from __future__ import annotations

import http.client
import logging
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import owner_connection
from paydesk.domain.callbacks.tests.company import c2b, hubtel, hubtel_endpoint, mpesa_endpoint
from paydesk.domain.providers.actions import (
    CallbacksRefused,
    close_callbacks,
    limit_callbacks,
    open_callbacks,
    rotate_callback_secret,
)
from paydesk.domain.providers.models import CallbackEndpoint, CallbackSecret
from paydesk.domain.providers.queries import callback_addresses
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.inbox.models import Message
from paydesk.kernel.refused import NotAllowedRefused
from paydesk.web.callbacks import door
from tests.browser.server import serving
from tests.builders import ANALYST, WORKER, make_source_account


def address(endpoint: CallbackEndpoint, channel: str = "") -> str:
    secret = callback_addresses(endpoint, timezone.now())[0].secret
    return reverse(
        "callbacks_door:door",
        args=[secret, channel or {"hubtel": "payment", "mpesa": "confirmation"}[endpoint.dialect]],
    )


def post(path: str, body: bytes, **more: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(path, body, content_type="application/json", **more)


@pytest.fixture(autouse=True)
def _fresh_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "RATE", door.Rate())


@pytest.fixture(scope="module", autouse=True)
def _own_database(committed_module_db: str) -> None:
    """Real commits; every test has accounts of its own."""


@pytest.mark.parametrize(
    ("make", "channel", "body", "answer"),
    [
        (mpesa_endpoint, "confirmation", c2b(receipt="A1"), {"ResultCode": 0, "ResultDesc": "Accepted"}),
        (mpesa_endpoint, "validation", c2b(receipt="A1"), {"ResultCode": 0, "ResultDesc": "Accepted"}),
        (mpesa_endpoint, "push", b"{}", {"ResultCode": 0, "ResultDesc": "Accepted"}),
        (hubtel_endpoint, "payment", hubtel(), {"ResponseCode": "0000", "Message": "Received"}),
        (hubtel_endpoint, "payment", b"\x00 not even JSON", {"ResponseCode": "0000", "Message": "Received"}),
    ],
    ids=range(5),
)
def test_what_is_stored_is_answered_as_the_provider_expects(
    make: Any, channel: str, body: bytes, answer: dict[str, Any]
) -> None:
    endpoint = make(identifier=f"6{CallbackEndpoint.objects.count()}")
    found = post(address(endpoint, channel), body, headers={"User-Agent": "x", "Cookie": "a=b"})
    assert (found.status_code, found.json()) == (200, answer)
    message = Message.objects.get(source_id=endpoint.source_account_id)
    assert (bytes(message.body), message.channel, message.state) == (body, channel, "received")
    assert message.headers == {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "user-agent": "x",
    }


def test_a_wrong_secret_or_channel_is_not_found_and_nothing_is_logged(caplog: Any) -> None:
    endpoint = hubtel_endpoint()
    right = address(endpoint)
    before = Message.objects.count()
    with caplog.at_level(logging.DEBUG):
        for path in (right[:-10] + "0/payment", right.replace("payment", "confirmation"), "/in/x/payment"):
            for method in ("post", "get"):
                assert getattr(Client(), method)(path).status_code == 404
    assert Message.objects.count() == before
    assert "/in/" not in caplog.text


def test_only_post_and_only_with_a_body() -> None:
    path = address(hubtel_endpoint())
    assert Client().get(path).status_code == 405
    assert post(path, b"").status_code == 400


def test_a_body_above_the_limit_is_refused_unread_and_one_at_the_limit_is_taken(settings: Any) -> None:
    path = address(hubtel_endpoint())
    before = Message.objects.count()
    assert post(path, b"x" * (settings.CALLBACK_LIMIT_BYTES + 1)).status_code == 413
    assert post(path, b"x" * (10 * 1024 * 1024)).status_code == 413
    assert Message.objects.count() == before
    assert post(path, b"x" * settings.CALLBACK_LIMIT_BYTES).status_code == 200


def test_more_a_minute_than_is_set_is_put_off(settings: Any) -> None:
    settings.CALLBACKS_PER_MINUTE = 2
    path = address(hubtel_endpoint())
    assert [post(path, hubtel()).status_code for _ in range(3)] == [200, 200, 429]


def test_the_same_message_again_is_stored_once_and_counted() -> None:
    endpoint, body = hubtel_endpoint(), hubtel()
    assert [post(address(endpoint), body).status_code for _ in range(3)] == [200] * 3
    assert Message.objects.get(source_id=endpoint.source_account_id).repeats == 2


def test_only_addresses_that_are_allowed_get_in_also_behind_a_proxy(settings: Any) -> None:
    endpoint = hubtel_endpoint()
    path = address(endpoint)
    limit_callbacks(
        endpoint.pk, networks="203.0.113.0/24, 2001:db8::/32", also_numbers="", by=WORKER, now=timezone.now()
    )

    def status(address: str, forwarded: str = "") -> int:
        more = {"headers": {"X-Forwarded-For": forwarded}} if forwarded else {}
        return int(post(path, hubtel(), REMOTE_ADDR=address, **more).status_code)

    assert (status("203.0.113.9"), status("::ffff:203.0.113.9"), status("2001:db8::1")) == (200, 200, 200)
    assert (status("198.51.100.1"), status("")) == (404, 404)
    assert status("198.51.100.1", "203.0.113.9") == 404  # nobody vouches for what a stranger adds
    settings.TRUSTED_PROXIES = ["198.51.100.1"]
    assert status("198.51.100.1", "203.0.113.9") == 200
    assert status("198.51.100.1", "203.0.113.9, 192.0.2.1") == 404
    with pytest.raises(CallbacksRefused, match="no network"):
        limit_callbacks(endpoint.pk, networks="here", also_numbers="", by=WORKER, now=timezone.now())


def test_after_a_rotation_the_old_address_is_good_for_its_grace_and_no_longer() -> None:
    endpoint = hubtel_endpoint()
    old = address(endpoint)
    rotate_callback_secret(endpoint.pk, grace_hours=24, by=WORKER, now=timezone.now())
    new = address(endpoint)
    assert old != new
    assert (post(old, hubtel()).status_code, post(new, hubtel()).status_code) == (200, 200)
    rotate_callback_secret(endpoint.pk, grace_hours=1, by=WORKER, now=timezone.now() - timedelta(hours=2))
    assert (post(old, hubtel()).status_code, post(new, hubtel()).status_code) == (404, 404)
    assert post(address(endpoint), hubtel()).status_code == 200
    verbs = AuditRecord.objects.filter(subject_id=str(endpoint.source_account_id)).values_list(
        "verb", flat=True
    )
    assert list(verbs) == ["callbacks.opened"] + ["callbacks.secret_rotated"] * 2


def test_a_closed_address_is_closed_at_once_and_opened_anew() -> None:
    endpoint = hubtel_endpoint()
    old = address(endpoint)
    close_callbacks(endpoint.pk, by=WORKER, now=timezone.now())
    close_callbacks(endpoint.pk, by=WORKER, now=timezone.now())
    assert post(old, hubtel()).status_code == 404
    with pytest.raises(CallbacksRefused, match="closed"):
        rotate_callback_secret(endpoint.pk, grace_hours=0, by=WORKER, now=timezone.now())
    open_callbacks(endpoint.source_account_id, dialect="hubtel", by=WORKER, now=timezone.now())
    assert (post(old, hubtel()).status_code, post(address(endpoint), hubtel()).status_code) == (404, 200)


def test_who_may_open_an_address_and_for_what() -> None:
    kenya = make_source_account(provider="mpesa", market="KE")
    with pytest.raises(NotAllowedRefused):
        open_callbacks(kenya.pk, dialect="mpesa", by=ANALYST, now=timezone.now())
    bank = make_source_account(role="settles")
    with pytest.raises(CallbacksRefused, match="does not originate"):
        open_callbacks(bank.pk, dialect="hubtel", by=WORKER, now=timezone.now())
    with pytest.raises(CallbacksRefused, match="not understood"):
        open_callbacks(make_source_account().pk, dialect="pigeon", by=WORKER, now=timezone.now())
    assert not CallbackEndpoint.objects.filter(source_account__in=[kenya, bank]).exists()


def test_the_secret_is_in_no_table_and_in_no_word_that_mpesa_refuses() -> None:
    endpoint = hubtel_endpoint()
    secret = callback_addresses(endpoint, timezone.now())[0].secret
    row = CallbackSecret.objects.filter(endpoint=endpoint).values().get()
    assert secret not in str(row)
    assert set(secret) <= set("0123456789abcdef")
    assert len(secret) == 40


def test_with_another_key_of_the_installation_the_address_works_but_is_shown_no_more(settings: Any) -> None:
    endpoint = hubtel_endpoint()
    path = address(endpoint)
    settings.SECRET_KEY = "another"
    assert callback_addresses(endpoint, timezone.now())[0].secret == ""
    assert post(path, hubtel()).status_code == 200


def test_a_database_that_is_away_is_503_and_its_log_tells_no_secret(caplog: Any, monkeypatch: Any) -> None:
    path = address(hubtel_endpoint())

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("with personal data")

    monkeypatch.setattr(door, "keep_callback", broken)
    found = post(path, hubtel(reference="personal"))
    assert (found.status_code, found["Retry-After"]) == (503, "60")
    assert "RuntimeError" in caplog.text
    assert "personal" not in caplog.text
    assert "/in/" not in caplog.text


def test_every_other_address_still_asks_for_the_form_token() -> None:
    """Nothing but the door is open without one."""
    assert post(reverse("account_login"), b"{}").status_code == 403


@pytest.mark.server
def test_a_live_server_answers_only_after_the_commit() -> None:
    """While the table is locked the message cannot be stored, so the provider hears nothing."""
    path = address(hubtel_endpoint())
    body = hubtel(id="L1")
    answers: list[int] = []

    def send(url: str) -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answers.append(connection.getresponse().status)
        connection.close()

    connections.close_all()
    with serving() as url, owner_connection() as owner:
        owner.execute("LOCK TABLE inbox_message IN EXCLUSIVE MODE")
        sender = threading.Thread(target=send, args=(url,))
        sender.start()
        sender.join(0.7)
        assert answers == []
        owner.rollback()
        sender.join(20)
        assert answers == [200]
        stored = owner.execute("SELECT body FROM inbox_message WHERE body = %s", [body]).fetchall()
    assert [bytes(row[0]) for row in stored] == [body]
