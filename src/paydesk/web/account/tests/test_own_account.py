"""One's own account: who one is, what one may do, keys on and off, the password."""

from __future__ import annotations

from django.core.cache import cache
from django.test import Client

from paydesk.foundation.people.authority import RIGHTS
from paydesk.foundation.people.models import Person
from paydesk.web.account.rights import RIGHT_WORDS, lacks, rights_in_words
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.browser.people import PASSWORD, make_person

NEW = "quite another long one"


class OwnAccount(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        cache.clear()
        self.person = Person.objects.get(email="an-gh@desk.example")

    def change(self, client: Client | None = None, **said: str) -> int:
        answer = (client or self.client).post(
            "/account/password", {"old": PASSWORD, "new": NEW, "again": NEW, **said}
        )
        self.answer = answer.content.decode()
        self.person.refresh_from_db()
        return answer.status_code

    def test_it_says_who_one_is_and_what_one_may_do(self):
        text = self.text("/account/")
        for words in (
            "AN Person",
            "Payments analyst",
            "Ghana",
            "Africa/Accra",
            "Apply a payment to a contract",
        ):
            assert words in text, words
        assert "Restrict a customer or an account" in text.split("You ask for")[1]

    def test_every_right_has_words(self):
        assert set(RIGHT_WORDS) == set(RIGHTS)
        checks = lacks("payments.move:check")
        assert checks.endswith(": Move a payment to another customer, as the second person.")
        assert lacks("ledger:view").endswith(": The books.")

    def test_two_roles_give_the_stronger_of_each_right(self):
        groups = dict(rights_in_words(["SU", "TL"]))
        applying = [right.words for right in groups["You do"]]
        assert "Apply a payment to a contract" in applying
        assert "Move a payment to another customer" in applying
        assert "Move a payment to another customer" not in [
            r.words for r in groups["You approve as the second person"]
        ]

    def test_keys_go_off_and_on_for_oneself(self):
        for on in ("0", "1"):
            assert self.client.post("/account/keys", {"on": on}).status_code == 302
            self.person.refresh_from_db()
            assert self.person.keyboard_shortcuts is (on == "1")
        assert 'data-keys="on"' in self.text("/account/")

    def test_a_new_password_needs_the_old_one_and_ends_other_sessions(self):
        elsewhere = Client()
        elsewhere.force_login(self.person)
        assert self.change() == 302
        assert self.person.check_password(NEW)
        self.text("/account/")
        assert elsewhere.get("/account/").status_code == 302, "to the sign-in screen"

    def test_what_is_wrong_stands_beside_its_field_and_nothing_changes(self):
        for said, words in (
            ({"old": "not this one at all"}, "This is not your password now"),
            ({"again": "something else again"}, "The two new passwords differ"),
            ({"new": "short", "again": "short"}, "too short"),
        ):
            assert self.change(**said) == 422
            assert words in self.answer
            assert PASSWORD not in self.answer, "a password is never sent back"
        assert self.person.check_password(PASSWORD)

    def test_guessing_the_old_password_is_stopped(self):
        codes = [self.change(old=f"guess number {n}") for n in range(7)]
        assert codes[0] == 422
        assert codes[-1] == 409
        assert "Too many tries" in self.answer

    def test_demo_people_keep_the_demo_password(self):
        demo = make_person("Demo Person", "AN", is_demo=True)
        client = Client()
        client.force_login(demo)
        assert "keep the demo password" in self.text("/account/", client=client)
        assert self.change(client) == 422
        demo.refresh_from_db()
        assert demo.check_password(PASSWORD)
