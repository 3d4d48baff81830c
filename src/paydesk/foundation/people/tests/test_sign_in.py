"""Signing in: no sign-up by visitors, and guessing is slowed down for everyone together."""

import pytest
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory

from paydesk.foundation.people.rules import initials_of, normal_email
from paydesk.foundation.people.sign_in import DeskSignIn

pytestmark = pytest.mark.django_db


def test_visitors_make_no_accounts():
    adapter = get_adapter()
    assert isinstance(adapter, DeskSignIn)
    assert adapter.is_open_for_signup(RequestFactory().get("/")) is False


def test_attempts_are_counted_in_the_database_where_all_web_processes_see_them():
    cache.set("attempts", [1.5, 2.5], 60)
    assert cache.get("attempts") == [1.5, 2.5]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_cache")
        assert cursor.fetchone() == (1,)


def test_the_sixth_wrong_password_is_not_even_looked_at():
    from allauth.account.adapter import get_adapter
    from django.core.exceptions import ValidationError

    request = RequestFactory().post("/", REMOTE_ADDR="127.0.0.1")
    credentials = {"email": "ama@demo.example", "password": "wrong"}
    for _ in range(5):
        get_adapter(request).authenticate(request, **credentials)
    with pytest.raises(ValidationError, match="Too many"):
        get_adapter(request).authenticate(request, **credentials)


@pytest.mark.parametrize(
    ("proxies", "sender", "header", "counted"),
    [
        ([], "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (["127.0.0.1"], "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (["127.0.0.1"], "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"),
        (["127.0.0.1"], "127.0.0.1", "", "127.0.0.1"),
        (["127.0.0.1"], "", "203.0.113.9", ""),
    ],
)
def test_attempts_count_by_where_they_come_from(settings, proxies, sender, header, counted):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().post("/", REMOTE_ADDR=sender, headers={"X-Forwarded-For": header})
    assert get_adapter(request).get_client_ip(request) == counted


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ama Mensah", "AM"),
        ("Ama", "A"),
        ("Ama Serwaa Mensah", "AM"),
        ("élodie d'Or", "ÉD"),
        ("123", "?"),
        ("", "?"),
    ],
)
def test_initials(name, initials):
    assert initials_of(name) == initials


@pytest.mark.parametrize("text", ["", "a", "a@b", "a b@c.d", "a@b.", "@b.c", "a@b@c.d", "x" * 250 + "@b.cd"])
def test_no_email(text):
    with pytest.raises(ValueError, match="not an e-mail"):
        normal_email(text)
