"""Verbs on people: who may, what is refused, what is recorded."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.actions import (
    DEMO_PEOPLE,
    add_market,
    create_person,
    deactivate,
    make_demo_people,
    set_keyboard_shortcuts,
    set_language,
    set_market_time_zone,
    set_markets,
    set_password,
    set_roles,
)
from paydesk.foundation.people.authority import ROLES
from paydesk.foundation.people.models import Market, Person
from paydesk.foundation.people.queries import DEMO_PASSWORD, demo_sign_ins, people_in_team, person_by_id
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.refused import NotAllowedRefused, Refused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DESK = system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ghana_and_kenya():
    add_market("GH", name="Ghana", currency="GHS", time_zone="Africa/Accra", by=DESK, now=NOON)
    add_market("KE", name="Kenya", currency="KES", time_zone="Africa/Nairobi", by=DESK, now=NOON)
    AuditRecordCount.start = AuditRecord.objects.count()


class AuditRecordCount:
    start = 0

    @classmethod
    def new(cls) -> int:
        return AuditRecord.objects.count() - cls.start


def make_person(**other) -> Person:
    fields = {
        "email": "ama@desk.example",
        "name": "Ama Mensah",
        "password": None,
        "roles": ["AN"],
        "markets": ["GH"],
    }
    return create_person(**(fields | other), by=DESK, now=NOON)


class TestCreate:
    def test_a_person_can_sign_in_and_acts_with_the_rights_and_markets_given(self, client):
        person = make_person(
            email=" Ama@Desk.Example ",
            password="a long enough secret",
            roles=["TL", "AN"],
            team="Payments Accra",
        )
        assert (person.email, person.initials, person.team.name) == (
            "ama@desk.example",
            "AM",
            "Payments Accra",
        )
        assert client.login(email="ama@desk.example", password="a long enough secret")
        actor = person.actor()
        assert (actor.label, actor.name, actor.markets) == (
            f"person:{person.pk}",
            "Ama Mensah",
            frozenset({"GH"}),
        )
        actor.needs("files.import", market="GH")
        actor.needs("files.unpost:check")
        with pytest.raises(NotAllowedRefused):
            actor.needs("files.import", market="KE")
        with pytest.raises(NotAllowedRefused):
            actor.needs("people.manage")

    def test_the_trail_names_the_person_by_key_only(self):
        person = make_person()
        record = AuditRecord.objects.get(verb="person.created")
        assert (record.subject_kind, record.subject_id) == ("person", str(person.pk))
        assert record.changes == {"roles": ["AN"], "markets": ["GH"], "is_demo": False}

    def test_without_a_password_nobody_signs_in(self, client):
        make_person()
        assert not client.login(email="ama@desk.example", password="")

    def test_no_markets_named_is_every_market(self):
        assert make_person(markets=None).actor().markets is None

    @pytest.mark.parametrize(
        ("other", "code"),
        [
            ({"email": "no address"}, "person.email"),
            ({"name": "  "}, "person.name"),
            ({"password": "short"}, "person.password"),
            ({"roles": ["AN", "XX"]}, "person.role"),
            ({"markets": ["GH", "ZZ"]}, "person.market"),
            ({"time_zone": "Accra"}, "time_zone.unknown"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words_and_nothing_changes(self, other, code):
        with pytest.raises(Refused) as refused:
            make_person(**other)
        assert refused.value.code == code
        assert (Person.objects.count(), AuditRecordCount.new()) == (0, 0)

    def test_an_email_is_used_once_whatever_its_capitals(self):
        make_person()
        with pytest.raises(Refused) as refused:
            make_person(email="AMA@desk.example")
        assert refused.value.code == "person.email_in_use"
        assert (Person.objects.count(), AuditRecordCount.new()) == (1, 1)

    def test_it_takes_the_right(self):
        analyst = make_person().actor()
        with pytest.raises(NotAllowedRefused):
            create_person(
                email="x@desk.example",
                name="X",
                password=None,
                roles=["AD"],
                markets=None,
                by=analyst,
                now=NOON,
            )
        assert Person.objects.count() == 1


class TestRolesAndMarkets:
    def test_roles_are_replaced_and_both_sides_recorded(self):
        person = make_person(roles=["AN", "SU"])
        set_roles(person.pk, ["SU", "QA"], by=DESK, now=NOON)
        assert Person.objects.get(pk=person.pk).role_codes == ["SU", "QA"]
        assert AuditRecord.objects.get(verb="person.roles_set").changes == {
            "roles": [["AN", "SU"], ["SU", "QA"]]
        }

    def test_the_same_again_records_nothing(self):
        person = make_person()
        set_roles(person.pk, ["AN"], by=DESK, now=NOON)
        set_markets(person.pk, ["GH"], by=DESK, now=NOON)
        assert AuditRecordCount.new() == 1

    def test_markets_are_replaced(self):
        person = make_person()
        set_markets(person.pk, ["KE"], by=DESK, now=NOON)
        assert Person.objects.get(pk=person.pk).actor().markets == frozenset({"KE"})
        set_markets(person.pk, None, by=DESK, now=NOON)
        assert Person.objects.get(pk=person.pk).actor().markets is None
        changes = (
            AuditRecord.objects.filter(verb="person.markets_set")
            .order_by("id")
            .values_list("changes", flat=True)
        )
        assert list(changes) == [{"markets": [["GH"], ["KE"]]}, {"markets": [["KE"], None]}]

    def test_the_last_administrator_stays_one(self):
        first = make_person(roles=["AD"])
        for verb in (
            lambda: set_roles(first.pk, ["AN"], by=DESK, now=NOON),
            lambda: deactivate(first.pk, by=DESK, now=NOON),
        ):
            with pytest.raises(Refused) as refused:
                verb()
            assert refused.value.code == "person.last_administrator"
        make_person(email="second@desk.example", roles=["AD"])
        deactivate(first.pk, by=DESK, now=NOON)

    def test_a_market_there_already_stays_as_it_is(self):
        again = add_market("GH", name="Elsewhere", currency="XXX", time_zone="UTC", by=DESK, now=NOON)
        assert (again.name, Market.objects.count()) == ("Ghana", 2)
        with pytest.raises(Refused):
            add_market("Ghana", name="Ghana", currency="GHS", time_zone="Africa/Accra", by=DESK, now=NOON)

    def test_the_time_zone_of_a_market_changes_and_the_record_says_from_what(self):
        for _ in range(2):
            market = set_market_time_zone("KE", "Africa/Kampala", by=DESK, now=NOON)
            assert market.time_zone == "Africa/Kampala"
        record = AuditRecord.objects.get(verb="market.time_zone_set")
        assert (record.market, record.changes) == ("KE", {"time_zone": ["Africa/Nairobi", "Africa/Kampala"]})

    @pytest.mark.parametrize(
        ("code", "zone", "why"), [("ZZ", "UTC", "market.unknown"), ("GH", "Accra", "time_zone.unknown")]
    )
    def test_an_unknown_market_or_time_zone_is_refused(self, code, zone, why):
        with pytest.raises(Refused) as refused:
            set_market_time_zone(code, zone, by=DESK, now=NOON)
        assert refused.value.code == why

    def test_only_who_manages_people_changes_a_market(self):
        with pytest.raises(Refused):
            set_market_time_zone("GH", "UTC", by=make_person(roles=["AN"]).actor(), now=NOON)
        assert Market.objects.get(pk="GH").time_zone == "Africa/Accra"


class TestDeactivate:
    def test_the_person_cannot_sign_in_and_has_no_rights_any_more(self, client):
        person = make_person(password="a long enough secret")
        deactivate(person.pk, by=DESK, now=NOON)
        deactivate(person.pk, by=DESK, now=NOON)
        assert not client.login(email="ama@desk.example", password="a long enough secret")
        assert Person.objects.get(pk=person.pk).actor().rights == frozenset()
        assert person_by_id(person.pk) is None
        assert AuditRecord.objects.filter(verb="person.deactivated").count() == 1

    def test_not_oneself(self):
        make_person(email="other@desk.example", roles=["AD"])
        person = make_person(roles=["AD"])
        with pytest.raises(Refused) as refused:
            deactivate(person.pk, by=person.actor(), now=NOON)
        assert refused.value.code == "person.is_oneself"


class TestOneself:
    def test_everyone_sets_their_own_password_and_shortcuts(self, client):
        person = make_person()
        set_password(person.pk, "another long secret", by=person.actor(), now=NOON)
        set_keyboard_shortcuts(person.pk, False, by=person.actor(), now=NOON)
        person.refresh_from_db()
        assert client.login(email="ama@desk.example", password="another long secret")
        assert person.keyboard_shortcuts is False
        assert AuditRecord.objects.get(verb="person.password_set").changes == {}

    def test_everyone_chooses_their_own_language_once_recorded(self):
        person = make_person()
        assert person.language == ""
        for _ in range(2):
            set_language(person.pk, "sw", by=person.actor(), now=NOON)
        person.refresh_from_db()
        assert person.language == "sw"
        assert AuditRecord.objects.get(verb="person.preferences_set").changes == {"language": ["", "sw"]}

    def test_a_language_the_desk_has_not_is_refused_and_the_table_knows_none(self):
        person = make_person()
        for unknown in ("xx", ""):
            with pytest.raises(Refused) as refused:
                set_language(person.pk, unknown, by=person.actor(), now=NOON)
            assert refused.value.code == "person.language"
        assert not AuditRecord.objects.filter(verb="person.preferences_set").exists()
        with pytest.raises(IntegrityError):
            Person.objects.filter(pk=person.pk).update(language="xx")

    def test_not_those_of_others(self):
        person, other = make_person(), make_person(email="other@desk.example")
        with pytest.raises(NotAllowedRefused):
            set_password(person.pk, "another long secret", by=other.actor(), now=NOON)
        with pytest.raises(NotAllowedRefused):
            set_keyboard_shortcuts(person.pk, False, by=other.actor(), now=NOON)
        with pytest.raises(NotAllowedRefused):
            set_language(person.pk, "fr", by=other.actor(), now=NOON)
        with pytest.raises(NotAllowedRefused):
            # The same number, but a provider's, is somebody else.
            set_password(person.pk, "another long secret", by=Actor("provider", person.pk, "P"), now=NOON)


class TestDemoPeople:
    def test_one_per_role_signing_in_with_the_password_shown(self, client):
        assert demo_sign_ins() == []
        people = make_demo_people(by=DESK, now=NOON)
        shown = demo_sign_ins()
        assert [s.role for s in shown] == list(ROLES.values())
        assert all(person.is_demo for person in people)
        assert client.login(email=shown[0].email, password=shown[0].password)
        assert {s.password for s in shown} == {DEMO_PASSWORD}
        teams = {person.team_id for person in people}
        named = sorted(person.name for team_id in teams for person in people_in_team(team_id))
        assert (len(teams), named) == (2, sorted(DEMO_PEOPLE.values()))

    def test_made_again_they_are_the_same(self):
        first = make_demo_people(by=DESK, now=NOON, markets=["GH"])
        again = make_demo_people(by=DESK, now=NOON)
        assert [p.pk for p in first] == [p.pk for p in again]
        assert again[0].actor().markets == frozenset({"GH"})

    def test_real_people_are_never_shown(self):
        make_person(password="a long enough secret")
        assert demo_sign_ins() == []

    def test_their_password_is_not_changed_under_the_others(self):
        person = make_demo_people(by=DESK, now=NOON)[0]
        with pytest.raises(Refused):
            set_password(person.pk, "another long secret", by=person.actor(), now=NOON)
