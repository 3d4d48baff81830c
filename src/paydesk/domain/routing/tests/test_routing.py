"""Cases go to whoever of the right team is at work, can answer them and has the least to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case
from paydesk.domain.routing import actions, rules
from paydesk.domain.routing.models import Routed, RoutingRule
from paydesk.domain.routing.queries import rules_in_order
from paydesk.domain.routing.steps import RoutingRefused
from paydesk.domain.routing.tasks import route_cases, route_for_the_absent
from paydesk.foundation.assignments.actions import assign
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.models import Person, Team
from paydesk.foundation.people.restricted import begin
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from tests.browser.people import make_person
from tests.builders import WORKER

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
CASE = rules.About("GH", "email", "refund.late", "fr", 1, None, False)


def later(**span: int) -> datetime:
    return NOON + timedelta(**span)


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ({}, True),
        ({"market": "KE"}, False),
        ({"channel": "email", "language": "fr", "severity": 1}, True),
        ({"severity": 2}, False),
        ({"category": "refund"}, True),
        ({"category": "refund.wanted"}, False),
        ({"mailbox_id": 1}, False),
        ({"complaints_alone": True}, False),
    ],
)
def test_a_rule_fits_where_all_it_names_is_so(terms, fits):
    rule = rules.Terms(1, 1, **terms)
    assert rule.fits(CASE) is fits
    assert rules.first_fitting([rules.Terms(2, 1, market="NG"), rule], CASE) == (rule if fits else None)


def test_the_least_to_do_gets_it_in_turn_among_those_who_can():
    def taker(number: int, opened: int, **fields) -> rules.Taker:
        return rules.Taker(number, 1, opened, 5, **fields)

    def chosen(*takers: rules.Taker, **fields) -> int | None:
        found = rules.choose(takers, 1, CASE, **fields)
        return found.person_id if found else None

    assert chosen(taker(1, 3), taker(2, 2), rules.Taker(3, 2, 0, 5)) == 2
    assert chosen(taker(1, 2, had_last_at=NOON), taker(2, 2)) == 2
    assert chosen(taker(1, 2, had_last_at=NOON), taker(2, 2, had_last_at=later(minutes=1))) == 1
    assert chosen(taker(1, 5), taker(2, 0, markets={"KE"}), taker(3, 0, languages=("en",))) is None
    assert chosen(taker(1, 0, categories=("paying",)), taker(2, 4, categories=("refund",))) == 2
    assert chosen(taker(1, 0), taker(2, 1), but={1}) == 2


class Routing(TestCase):
    def setUp(self):
        self.team, self.others = Team.objects.create(name="Complaints"), Team.objects.create(name="Desk")
        self.ama, self.kofi = self.at_work("Ama"), self.at_work("Kofi")
        self.lead = Actor(
            "person", 940_001, "Lead", make_person("Yaa", "TL").actor().rights, frozenset({"GH"})
        )

    def at_work(self, name: str, **fields) -> Person:
        person = make_person(name, "SU")
        Person.objects.filter(pk=person.pk).update(team=fields.pop("team", self.team))
        actions.take_cases(True, by=person.actor(), now=NOON)
        return person

    def rule(self, **fields) -> RoutingRule:
        known = {"place": 1, "team_id": self.team.pk, "by": self.lead, "now": NOON}
        return actions.save_rule(**{**known, **fields})

    def opened(self, **fields) -> Case:
        known = {"market": "GH", "channel": "email", "text": "Where is it?", "by": WORKER, "now": NOON}
        return cases.open_case(**{**known, **fields})

    def owner(self, case: Case) -> int | None:
        case.refresh_from_db()
        return case.owned_by

    def test_without_a_rule_nothing_happens(self):
        case = self.opened()
        with CaptureQueriesContext(connection) as asked:
            assert route_cases(later(minutes=1)) + route_for_the_absent(later(minutes=1)) == 0
        assert len(asked) == 2
        assert self.owner(case) is None

    def test_a_new_case_goes_in_turn_to_who_is_there_with_one_record_that_says_why(self):
        self.rule(market="GH")
        first, second, third = self.opened(), self.opened(), self.opened(market="KE")
        assert route_cases(later(seconds=10)) == 0
        assert route_cases(later(seconds=30)) == 2
        assert {self.owner(first), self.owner(second)} == {self.ama.pk, self.kofi.pk}
        assert self.owner(third) is None
        record = list(history("case", first.pk))[-1]
        assert (record.verb, record.actor) == ("case.routed", "system:worker")
        assert record.changes["owner_id"] == [None, first.owned_by]
        why = Routed.objects.get(case=first)
        assert (why.team, why.open, why.most, why.language) == (self.team, 1, 12, "")
        assert first.version == 1  # nobody's answer is stale by it
        assert route_cases(later(seconds=40)) == 0

    def test_never_above_the_cap_and_it_waits_for_the_team_until_somebody_comes(self):
        self.rule()
        for each in (self.ama, self.kofi):
            actions.set_taker(each.pk, takes=True, most=1, languages=["fr"], by=self.lead, now=NOON)
        english = self.opened()
        french = [self.opened(language="fr") for _ in range(3)]
        assert route_cases(later(seconds=30)) == 4
        assert self.owner(english) is None
        assert sorted(self.owner(each) is None for each in french) == [False, False, True]
        waits = Routed.objects.get(case=english)
        assert (waits.team, waits.person) == (self.team, None)
        assert list(history("case", english.pk))[-1].verb == "case.routed_to_team"
        assert route_cases(later(minutes=1)) == 0
        efua = self.at_work("Efua")
        assert route_cases(later(minutes=2)) == 2
        assert self.owner(english) == efua.pk

    def test_who_is_not_there_or_takes_none_gets_none(self):
        self.rule()
        actions.take_cases(False, by=self.kofi.actor(), now=NOON)
        case = self.opened(now=later(minutes=20))
        assert route_cases(later(minutes=21)) == 1  # to the team alone
        actions.seen(by=self.ama.actor(), now=later(minutes=22))
        actions.seen(by=self.kofi.actor(), now=later(minutes=22))
        assert route_cases(later(minutes=23)) == 1
        assert self.owner(case) == self.ama.pk

    def test_what_somebody_lets_go_does_not_come_back_to_them(self):
        self.rule()
        actions.take_cases(False, by=self.kofi.actor(), now=NOON)
        case = self.opened()
        route_cases(later(seconds=30))
        assign(("case", case.pk), market="GH", owner_id=None, by=self.ama.actor(), now=later(minutes=1))
        assert route_cases(later(minutes=2)) == 1
        assert self.owner(case) is None
        actions.take_cases(True, by=self.kofi.actor(), now=later(minutes=3))
        assert route_cases(later(minutes=4)) == 1
        assert self.owner(case) == self.kofi.pk

    def test_a_call_is_of_who_took_it_and_what_few_may_see_is_left_to_them(self):
        self.rule()
        call = self.opened(channel="phone", by=self.ama.actor())
        secret = self.opened()
        begin(("case", secret.pk), market="GH", named=[self.kofi.pk], by=WORKER, at=NOON)
        assert route_cases(later(minutes=1)) == 0
        actions.seen(by=self.kofi.actor(), now=later(minutes=11))
        assert route_cases(later(minutes=12)) == 1
        assert (self.owner(call) is None, self.owner(secret)) == (False, None)

    def test_a_case_whose_owner_is_away_goes_to_another_where_they_wait(self):
        self.rule()
        case, quiet = self.opened(), self.opened(channel="by_hand")
        for each in (case, quiet):
            assign(("case", each.pk), market="GH", owner_id=self.ama.pk, by=self.ama.actor(), now=NOON)
        tomorrow = later(days=1)
        actions.seen(by=self.kofi.actor(), now=tomorrow)
        assert route_for_the_absent(later(hours=1)) == 0
        assert route_for_the_absent(tomorrow + timedelta(minutes=5)) == 1
        assert (self.owner(case), self.owner(quiet)) == (self.kofi.pk, self.ama.pk)
        assert Routed.objects.get(case=case).instead_of == self.ama
        assert route_for_the_absent(tomorrow + timedelta(minutes=6)) == 0

    def test_rules_keep_their_order_and_a_changed_one_becomes_another(self):
        nobody = self.rule(team_id=None, channel="chat")
        first, last = self.rule(), self.rule(place=9, team_id=self.others.pk)
        assert [each.pk for each in rules_in_order()] == [first.pk, nobody.pk, last.pk]
        moved = self.rule(rule_id=first.pk, place=2)
        assert [(each.place, each.pk) for each in rules_in_order()] == [
            (1, nobody.pk), (2, moved.pk), (3, last.pk)
        ]  # fmt: skip
        chat = self.opened(channel="chat")
        assert route_cases(later(minutes=1)) == 0
        assert self.owner(chat) is None
        actions.remove_rule(nobody.pk, by=self.lead, now=NOON)
        assert route_cases(later(minutes=1)) == 1
        with pytest.raises(RoutingRefused, match="meanwhile"):
            actions.remove_rule(nobody.pk, by=self.lead, now=NOON)
        with pytest.raises(NotAllowedRefused):
            self.rule(by=self.ama.actor())
        with pytest.raises(NotAllowedRefused):
            self.rule(market="KE")
        with pytest.raises(RoutingRefused, match="between 1 and 200"):
            actions.set_taker(self.ama.pk, takes=True, most=0, by=self.lead, now=NOON)
