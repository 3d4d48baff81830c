"""Signing in comes first, rights come before verbs, and a rule that says no is answered in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from paydesk.foundation.people.models import Market, Person, PersonRole
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, needs, who_can

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/payments/?q=7"}


def too_much(request: HttpRequest) -> HttpResponse:
    raise Refused("Applying 150.00 GHS refused: 120.00 GHS is outstanding.", code="allocation.too_large")


@needs("payments.allocate")
def allocate(request: HttpRequest) -> HttpResponse:
    return HttpResponse("allocated")


def clock(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(timezone.get_current_timezone()))


def who(request: HttpRequest) -> HttpResponse:
    assert actor_of(request) is actor_of(request)
    return HttpResponse(", ".join(sorted(actor_of(request).markets or ["all"])))


urlpatterns = [
    path("", who), path("too-much", too_much), path("allocate", allocate), path("clock", clock),
    path("", include("paydesk.web.urls")),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


def make_person(role: str, zone: str = "Africa/Lagos") -> Person:
    person = Person.objects.create(
        name="Priya Nair", email="priya@desk.example", initials="PN", time_zone=zone,
        created_at=datetime(2026, 1, 5, tzinfo=UTC),
    )  # fmt: skip
    PersonRole.objects.create(person=person, role=role)
    market = Market.objects.create(
        code="NG", name="Nigeria", currency="NGN", time_zone="Africa/Lagos", calendar_country="NG"
    )
    person.markets.add(market)
    return person


def signed_in(role: str, **fields: str) -> Client:
    client = Client()
    client.force_login(make_person(role, **fields))
    return client


@pytest.mark.django_db
class TestSignIn:
    def test_every_page_leads_to_the_sign_in_screen_and_back(self):
        answer = Client().get("/allocate?x=1")
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/allocate%3Fx%3D1")

    def test_a_swap_sends_the_whole_page_to_sign_in_and_back_to_where_it_was(self):
        answer = Client().get("/allocate", headers=HTMX)
        assert answer["HX-Redirect"] == "/sign-in/?next=/payments/%3Fq%3D7"

    def test_health_and_sign_in_are_open(self):
        assert Client().get("/health").json() == {"status": "ok"}
        assert Client().get("/sign-in/").status_code == 200

    def test_nobody_can_sign_up_by_themselves(self):
        assert Client().get("/sign-up/").status_code in {302, 404}
        assert b"ign up" not in Client().get("/sign-in/").content

    def test_times_are_shown_in_the_zone_of_the_person_and_not_of_the_last_one(self):
        client = signed_in("AN", zone="Africa/Nairobi")
        assert client.get("/clock").content == b"Africa/Nairobi"
        Client().get("/sign-in/")
        assert timezone.get_current_timezone_name() == "UTC"

    def test_a_zone_nobody_knows_is_utc(self):
        assert signed_in("AN", zone="Mars/Base").get("/clock").content == b"UTC"

    def test_the_page_forbids_inline_script_and_style(self):
        policy = Client().get("/sign-in/")["Content-Security-Policy"]
        assert "script-src 'self';" in policy + ";"
        assert "style-src 'self';" in policy + ";"
        assert "unsafe" not in policy


@pytest.mark.django_db
class TestRefused:
    def test_a_refusal_is_a_page_with_its_sentence_and_status_409(self):
        answer = signed_in("AN").get("/too-much")
        assert (answer.status_code, answer["X-Refused"]) == (409, "allocation.too_large")
        assert "120.00 GHS is outstanding" in answer.content.decode()
        assert "<h1>This was refused</h1>" in answer.content.decode()

    def test_a_swap_gets_only_the_box(self):
        answer = signed_in("AN").get("/too-much", headers=HTMX)
        assert answer.status_code == 409
        assert answer.content.decode().startswith('<div class="refused" role="alert"')

    def test_a_missing_right_says_who_has_it(self):
        answer = signed_in("AU").get("/allocate")
        assert answer.status_code == 403
        page = answer.content.decode()
        assert "Your role lacks this right: Apply a payment to a contract." in page
        assert "Payments analyst, Support agent or Team lead can." in page
        assert "payments.allocate" not in page

    def test_the_right_lets_through(self):
        assert signed_in("AN").get("/allocate").content == b"allocated"


@pytest.mark.django_db
def test_who_acts_is_asked_of_the_database_once(django_assert_num_queries):
    client = signed_in("AN")
    with django_assert_num_queries(2):  # session, person with roles and markets
        assert client.get("/").content == b"NG"


@pytest.mark.django_db
def test_what_is_not_there_is_told_in_the_words_of_the_desk():
    answer = signed_in("AN").get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


@pytest.mark.django_db
def test_our_own_error_is_told_without_leaking_it(settings):
    client = signed_in("AN")
    client.raise_request_exception = False
    settings.ROOT_URLCONF = "paydesk.web.tests.breaking"
    answer = client.get("/")
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "Something broke on our side" in text
    assert "on purpose" not in text


def test_who_can_reads_as_a_sentence():
    assert who_can("settings.manage") == "Administrator can."
    assert who_can("nothing.there") == "No role has this right."
