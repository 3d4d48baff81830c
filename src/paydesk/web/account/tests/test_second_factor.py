"""Signing in with a second factor: set up at first, asked for afterwards, lost, reset, limited."""

from __future__ import annotations

import base64
import re
import time
from datetime import timedelta
from unittest import mock

from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, TestCase, override_settings
from django.utils import timezone

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.actions import deactivate, reset_second_factor, set_password
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.queries import factors_of, recovery_codes_left
from paydesk.foundation.people.rules import TOTP_SECONDS, totp_code
from paydesk.kernel.actor import system
from tests.browser.people import PASSWORD, make_person
from tests.pages import without_secrets

DESK = system("tests")


def code_of(letters: str, steps: int = 0) -> str:
    """What an authenticator app with this secret shows, now or some steps on."""
    return totp_code(base64.b32decode(letters.replace(" ", "")), int(time.time()) // TOTP_SECONDS + steps)


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class SecondFactor(TestCase):
    def setUp(self) -> None:
        cache.clear()
        self.client = Client()
        self.person = make_person("Priya Nair", "AN", markets="GH")

    def sign_in(self, client: Client | None = None, **said: str) -> HttpResponse:
        form = {"login": self.person.email, "password": PASSWORD, **said}
        return (client or self.client).post("/sign-in/", form)

    def letters(self, client: Client | None = None, path: str = "/sign-in/set-up/") -> str:
        page = (client or self.client).get(path).content.decode()
        found = re.search(r'class="code letters">([A-Z2-7 ]+)<', page)
        assert found, page
        return found.group(1)

    def set_up(self) -> tuple[str, list[str]]:
        """The app's letters and the recovery codes of a person who went through their first sign-in."""
        assert self.sign_in()["Location"] == "/sign-in/set-up/"
        letters = self.letters()
        page = self.client.post("/sign-in/set-up/", {"code": code_of(letters)}).content.decode()
        codes = re.findall(r'<li class="code">(\d{4} \d{4})</li>', page)
        assert len(codes) == 10, page
        assert self.client.post("/sign-in/go-on/").status_code == 302
        return letters, codes

    def is_in(self, client: Client | None = None) -> bool:
        return (client or self.client).get("/account/").status_code == 200

    def verbs(self) -> list[str]:
        return list(AuditRecord.objects.order_by("id").values_list("verb", flat=True))

    def test_a_password_alone_opens_nothing(self):
        self.sign_in()
        for path in ("/", "/account/", "/customers/"):
            assert self.client.get(path)["Location"].startswith("/sign-in/"), path

    def test_the_first_sign_in_sets_a_factor_up_and_shows_the_codes_once(self):
        letters, codes = self.set_up()
        assert self.is_in()
        assert self.verbs() == ["person.factor_added", "person.signed_in"]
        assert AuditRecord.objects.get(verb="person.signed_in").changes == {"ways": ["password", "totp"]}
        page = without_secrets(self.client.get("/account/"))
        assert "Authenticator app" in page
        assert "10 of 10 not used yet" in page
        assert codes[0] not in page
        assert letters not in page

    def test_what_is_stored_does_not_tell_the_secret(self):
        letters, _ = self.set_up()
        assert letters.replace(" ", "") not in str(factors_of(self.person.pk)[0].data)

    def test_afterwards_the_code_is_asked_for(self):
        letters, _ = self.set_up()
        other = Client()
        assert self.sign_in(other)["Location"] == "/sign-in/code/"
        assert not self.is_in(other)
        assert other.post("/sign-in/code/", {"code": code_of(letters, 1)}).status_code == 302
        assert self.is_in(other)

    def test_a_code_counts_once(self):
        letters, _ = self.set_up()
        code = code_of(letters, 1)
        for expected in (302, 422):
            other = Client()
            self.sign_in(other)
            assert other.post("/sign-in/code/", {"code": code}).status_code == expected
        assert self.verbs()[-1] == "person.code_refused"

    def test_the_code_of_set_up_opens_nothing_again(self):
        assert self.sign_in().status_code == 302
        letters = self.letters()
        code = code_of(letters)
        self.client.post("/sign-in/set-up/", {"code": code})
        other = Client()
        self.sign_in(other)
        assert other.post("/sign-in/code/", {"code": code}).status_code == 422

    def test_an_old_code_is_wrong(self):
        letters, _ = self.set_up()
        other = Client()
        self.sign_in(other)
        assert other.post("/sign-in/code/", {"code": code_of(letters, -3)}).status_code == 422

    def test_a_wrong_code_at_set_up_sets_nothing_up(self):
        self.sign_in()
        self.letters()
        answer = self.client.post("/sign-in/set-up/", {"code": "000000"})
        assert answer.status_code == 422
        assert "not the code the app shows now" in answer.content.decode()
        assert self.client.post("/sign-in/go-on/")["Location"] == "/sign-in/set-up/"
        assert not self.is_in()
        assert factors_of(self.person.pk) == []

    def test_a_recovery_code_opens_once_and_is_recorded(self):
        _, codes = self.set_up()
        for expected in (302, 422):
            other = Client()
            self.sign_in(other)
            assert other.post("/sign-in/code/", {"code": codes[3]}).status_code == expected
        assert recovery_codes_left(self.person.pk) == 9
        record = AuditRecord.objects.get(verb="person.recovery_code_used")
        assert (record.changes, record.actor) == ({"codes_left": 9}, f"person:{self.person.pk}")

    def test_guessing_codes_is_stopped_and_the_right_one_waits_too(self):
        letters, _ = self.set_up()
        other = Client()
        self.sign_in(other)
        for _ in range(5):
            other.post("/sign-in/code/", {"code": "000000"})
        answer = other.post("/sign-in/code/", {"code": code_of(letters, 1)})
        assert answer.status_code == 422
        assert "Too many tries" in answer.content.decode()
        assert not self.is_in(other)
        assert self.verbs().count("person.code_refused") == 5

    def test_guessing_passwords_is_stopped_and_recorded_without_the_address(self):
        for _ in range(6):
            self.sign_in(password="not this one at all")
        assert self.verbs() == ["person.sign_in_refused"] * 5
        record = AuditRecord.objects.first()
        assert (record.subject_id, record.changes, record.note) == (str(self.person.pk), {}, "")
        assert "Too many" in self.sign_in().content.decode()

    def test_the_session_gets_a_new_name_when_one_is_in(self):
        self.sign_in()
        before = self.client.cookies["sessionid"].value
        letters = self.letters()
        self.client.post("/sign-in/set-up/", {"code": code_of(letters)})
        self.client.post("/sign-in/go-on/")
        assert self.client.cookies["sessionid"].value != before
        stale = Client()
        stale.cookies["sessionid"] = before
        assert not self.is_in(stale)

    def test_whoever_is_closed_between_the_steps_stays_out(self):
        letters, _ = self.set_up()
        other = Client()
        self.sign_in(other)
        deactivate(self.person.pk, by=DESK, now=timezone.now())
        other.post("/sign-in/code/", {"code": code_of(letters, 1)})
        assert not self.is_in(other)

    def test_the_second_step_is_nowhere_without_the_first(self):
        for path in ("/sign-in/code/", "/sign-in/set-up/"):
            assert self.client.get(path)["Location"] == "/sign-in/"
            assert self.client.post(path, {"code": "123456"})["Location"] == "/sign-in/"

    def test_an_administrator_resets_it_with_a_reason_and_the_person_sets_up_anew(self):
        self.set_up()
        reset_second_factor(self.person.pk, reason="Lost the phone", by=DESK, now=timezone.now())
        assert not self.is_in(), "sessions end"
        assert self.sign_in()["Location"] == "/sign-in/set-up/"
        record = AuditRecord.objects.get(verb="person.second_factor_reset")
        assert record.changes == {"factors": ["recovery_codes", "totp"]}
        assert record.note == "Lost the phone"

    def test_the_last_factor_stays(self):
        self.set_up()
        answer = self.client.post(f"/account/factors/{factors_of(self.person.pk)[0].pk}/remove")
        assert answer.status_code == 409
        assert len(factors_of(self.person.pk)) == 1

    def test_a_factor_of_another_person_is_out_of_reach(self):
        self.set_up()
        factor = factors_of(self.person.pk)[0]
        other = make_person("Other Person", "AN", email="other@desk.example", markets="GH")
        client = Client()
        client.force_login(other)
        with mock.patch("paydesk.web.account.confirming._is_recent", return_value=True):
            client.post(f"/account/factors/{factor.pk}/remove")
        assert factors_of(self.person.pk) == [factor]

    def test_new_recovery_codes_replace_the_old(self):
        _, codes = self.set_up()
        page = self.client.post("/account/codes").content.decode()
        fresh = re.findall(r'<li class="code">(\d{4} \d{4})</li>', page)
        assert len(fresh) == 10
        assert fresh != codes
        other = Client()
        self.sign_in(other)
        assert other.post("/sign-in/code/", {"code": codes[0]}).status_code == 422
        assert other.post("/sign-in/code/", {"code": fresh[0]}).status_code == 302

    def test_changing_factors_asks_again_after_a_while(self):
        letters, _ = self.set_up()
        later = time.time() + timedelta(minutes=11).total_seconds()
        with mock.patch("paydesk.web.account.confirming.time.time", return_value=later):
            answer = self.client.post("/account/codes")
            assert answer["Location"] == "/account/confirm?next=%2Faccount%2F"
        assert recovery_codes_left(self.person.pk) == 10
        wrong = self.client.post("/account/confirm", {"code": "000000", "next": "/account/"})
        assert wrong.status_code == 422
        said = {"code": code_of(letters, 1), "next": "//elsewhere.example"}
        right = self.client.post("/account/confirm", said)
        assert right["Location"] == "/account/", "and leads nowhere else"

    def test_demo_people_are_marked_and_not_asked(self):
        demo = make_person("Demo Person", "AN", is_demo=True, markets="GH")
        assert self.sign_in(login=demo.email)["Location"] == "/"
        page = without_secrets(self.client.get("/account/"))
        assert "Demo data" in page
        assert "Demo people are not asked for a second factor" in page
        letters = self.letters(path="/account/app")
        answer = self.client.post("/account/app", {"code": code_of(letters)})
        assert "their password is shown to everyone" in answer.content.decode()
        assert factors_of(demo.pk) == []

    def test_signing_out_elsewhere_ends_the_other_sessions_only(self):
        letters, _ = self.set_up()
        other = Client()
        self.sign_in(other)
        other.post("/sign-in/code/", {"code": code_of(letters, 1)})
        self.client.post("/account/sign-out-elsewhere")
        assert self.is_in()
        assert not self.is_in(other)
        assert "person.signed_out_everywhere" in self.verbs()

    def test_another_secret_key_of_the_desk_refuses_in_words(self):
        letters, _ = self.set_up()
        with override_settings(SECRET_KEY="another key of this desk"):  # noqa: S106
            other = Client()
            self.sign_in(other)
            answer = other.post("/sign-in/code/", {"code": code_of(letters, 1)})
        assert answer.status_code == 422
        assert "An administrator can reset it" in answer.content.decode()

    def test_records_of_signing_in_hold_nothing_personal(self):
        self.set_up()
        set_password(self.person.pk, "quite another long one", by=DESK, now=timezone.now())
        for record in AuditRecord.objects.all():
            assert self.person.email not in f"{record.changes}{record.note}"
            assert "Priya" not in f"{record.changes}{record.note}{record.actor}"

    def test_a_passkey_answer_that_is_none_is_refused(self):
        for sent in ("", "[]", "{}", '{"id": "x", "response": {}}'):
            answer = self.client.post("/sign-in/passkey/", {"credential": sent})
            assert answer.status_code == 409, sent
        asked = self.client.post("/sign-in/passkey/ask/").json()
        assert asked["publicKey"]["userVerification"] == "required"
        assert Person.objects.filter(last_login__isnull=False).count() == 0
