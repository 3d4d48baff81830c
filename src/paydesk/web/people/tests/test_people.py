"""Administering people: who may, what is refused, what is recorded; nobody raises their own rights."""

from __future__ import annotations

from django.test import Client

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.models import Person
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.browser.people import make_person

LONG = "a long enough first word"


class People(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.admin = self.signed_in("AD")
        self.oneself = Person.objects.get(email="ad-gh@desk.example")
        self.other = make_person("Ngozi Okonkwo", "SU", markets="GH")
        self.page = f"/people/{self.other.pk}/"

    def post(
        self, what: str, client: Client | None = None, person: Person | None = None, **said: object
    ) -> int:
        path = f"/people/{(person or self.other).pk}/{what}/"
        answer = (client or self.admin).post(path, said)
        self.answer = answer.content.decode()
        self.other.refresh_from_db()
        return answer.status_code

    def verbs(self) -> list[str]:
        return list(AuditRecord.objects.order_by("id").values_list("verb", flat=True))

    def test_the_list_finds_by_name_role_and_account(self):
        assert "Ngozi Okonkwo" in self.text("/people/?text=okon", client=self.admin)
        assert "Ngozi Okonkwo" not in self.text("/people/?role=TL", client=self.admin)
        assert "Ngozi Okonkwo" in self.text("/people/?state=bare", client=self.admin)
        assert "Ngozi Okonkwo" not in self.text("/people/?state=closed", client=self.admin)

    def test_the_list_costs_the_same_however_many_people(self):
        self.client = self.admin
        before = self.queries("/people/")
        for number in range(5):
            make_person(f"P{number} More", "CO", markets="GH")
        assert self.queries("/people/") == before

    def test_somebody_new_can_sign_in_and_is_recorded(self):
        said = {"name": "Kojo Antwi", "email": "kojo@desk.example", "time_zone": "Africa/Accra"}
        answer = self.admin.post(
            "/people/new/", {**said, "password": LONG, "roles": ["AN"], "markets": ["GH"]}
        )
        added = Person.objects.get(email="kojo@desk.example")
        assert answer["Location"] == f"/people/{added.pk}/"
        assert (added.role_codes, added.check_password(LONG)) == (["AN"], True)
        assert self.verbs() == ["person.created"]
        again = self.admin.post("/people/new/", {**said, "password": LONG})
        assert again.status_code == 422
        assert "in use by another person" in again.content.decode()
        short = self.admin.post("/people/new/", {**said, "email": "x@desk.example", "password": "short"})
        assert "too short" in short.content.decode()

    def test_roles_and_markets_change(self):
        assert self.post("roles", roles=["AN", "TL"]) == 302
        assert self.post("markets", everywhere="on") == 302
        person = Person.objects.get(pk=self.other.pk)
        assert (person.role_codes, person.works_in_all_markets) == (["AN", "TL"], True)
        assert self.verbs() == ["person.roles_set", "person.markets_set"]

    def test_nobody_raises_their_own_rights(self):
        assert self.post("roles", person=self.oneself, roles=["AD", "AN"]) == 422
        assert "You cannot change your own roles" in self.answer
        assert self.post("markets", person=self.oneself, everywhere="on") == 422
        assert self.post("reset", person=self.oneself, reason="I lost it") == 422
        assert Person.objects.get(pk=self.oneself.pk).role_codes == ["AD"]
        assert self.verbs() == []
        assert "Nobody changes their own roles" in self.text(f"/people/{self.oneself.pk}/", client=self.admin)

    def test_the_last_administrator_stays(self):
        second = make_person("Second Admin", "AD", markets="GH")
        assert self.post("close", person=second) == 302
        client = Client()
        client.force_login(make_person("Third Admin", "AD", markets="GH"))
        assert self.post("close", person=self.oneself, client=client) == 302
        third = Person.objects.get(name="Third Admin")
        assert self.post("close", person=third, client=client) == 422, "not oneself"
        assert Person.objects.filter(roles__role="AD", is_active=True).count() == 1

    def test_a_closed_account_signs_nobody_in_and_opens_again(self):
        theirs = Client()
        theirs.force_login(self.other)
        assert self.post("close") == 302
        assert theirs.get("/account/").status_code == 302
        assert self.post("open") == 302
        assert self.other.is_active
        assert self.verbs() == ["person.deactivated", "person.reactivated"]

    def test_sessions_end_and_a_new_password_is_given(self):
        for what, said in (("sign-out", {}), ("password", {"password": LONG})):
            theirs = Client()
            theirs.force_login(self.other)
            assert self.post(what, **said) == 302
            assert theirs.get("/account/").status_code == 302, what
        assert self.post("password", password="short") == 422
        assert self.other.check_password(LONG)

    def test_a_reset_takes_a_reason(self):
        assert self.post("reset", reason=" ") == 422
        assert "Say how you know" in self.answer
        assert self.post("reset", reason="Came to the office") == 302
        assert AuditRecord.objects.get(verb="person.second_factor_reset").note == "Came to the office"

    def test_who_may_look_changes_nothing_and_the_desk_says_who_can(self):
        auditor = self.signed_in("AU")
        text = self.text(self.page, client=auditor)
        assert "Your role cannot do this. Administrator can." in text
        for what in ("roles", "markets", "password", "close", "open", "sign-out", "reset"):
            assert self.post(what, client=auditor) == 403, what
        assert auditor.get("/people/new/").status_code == 403
        assert self.verbs() == []
        self.text("/people/", 403, client=self.signed_in("SU", markets="KE"))

    def test_nobody_is_at_an_address_of_nobody(self):
        assert self.admin.get("/people/999999/").status_code == 404
        assert self.admin.post("/people/999999/close/").status_code == 404

    def test_what_was_done_to_an_account_stands_beside_it(self):
        self.post("roles", roles=["AN"])
        text = self.text(self.page, client=self.admin)
        assert "Changed a person&#x27;s roles" in text
        assert "AD Person" in text
