"""The screen of routing: a lead says the rules, an agent takes cases, both read why a case went where."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.routing.actions import seen
from paydesk.domain.routing.models import CaseTaker, RoutingRule
from paydesk.domain.routing.tasks import route_cases
from paydesk.foundation.people.models import Person, Team
from paydesk.web.routing import presence
from tests.browser.people import make_person
from tests.builders import WORKER

PAGE = reverse("routing:page")


class RoutingScreen(TestCase):
    def setUp(self) -> None:
        self.team = Team.objects.create(name="Complaints")
        self.lead, self.lead_desk = self.signed_in("Yaa", "TL")
        self.ama, self.ama_desk = self.signed_in("Ama", "SU")
        Person.objects.filter(pk=self.ama.pk).update(team=self.team)

    def signed_in(self, name: str, role: str) -> tuple[Person, Client]:
        person, client = make_person(name, role), Client()
        client.force_login(person)
        return person, client

    def read(self, client: Client, **headers: str) -> str:
        return client.get(PAGE, headers=headers).content.decode()

    def test_a_rule_a_switch_and_why_a_case_went_where(self) -> None:
        page = self.read(self.lead_desk)
        assert "no case goes to anybody by itself" in page
        assert "Nothing was routed yet" in page
        sent = {"place": 1, "market": "GH", "category": "refund", "severity": "high", "team": self.team.pk}
        assert self.lead_desk.post(reverse("routing:add_rule"), sent).status_code == 302
        assert "Ghana, Refund, at least high" in self.read(self.ama_desk)
        assert "Change…" not in self.read(self.ama_desk)
        rule = RoutingRule.objects.get()
        change = reverse("routing:rule", args=[rule.pk])
        assert 'value="GH" selected' in self.lead_desk.get(change).content.decode()
        assert self.lead_desk.post(change, {"place": 1, "team": self.team.pk}).status_code == 302
        assert "every case" in self.read(self.lead_desk)
        skills = {"takes": "on", "most": 9, "languages": ["en", "fr"], "categories": ["refund"]}
        taker = reverse("routing:taker", args=[self.ama.pk])
        assert self.lead_desk.post(taker, skills).status_code == 302
        assert self.lead_desk.post(taker, {"most": 0}).status_code == 422
        page = self.read(self.lead_desk)
        assert "English, French, Refund" in page
        assert "Not at the desk" in page
        then = timezone.now() - timedelta(minutes=2)
        case = cases.open_case(market="GH", channel="email", text="Where?", by=WORKER, now=then)
        assert self.ama_desk.post(reverse("routing:take"), {"on": "1"}).status_code == 302
        assert route_cases(timezone.now()) == 1
        case.refresh_from_db()
        assert case.owned_by == self.ama.pk
        assert "Ama: team Complaints, speaks English, 1 open of 9." in self.read(self.lead_desk)
        told = self.read(self.lead_desk, accept_language="fr")
        assert "équipe Complaints, langue\u00a0: Anglais, 1 en cours sur 9" in told
        taken = b"".join(self.lead_desk.get(reverse("routing:export", args=["csv"])))  # type: ignore[call-overload]
        assert b"Complaints,Ama,1,9" in taken
        assert self.ama_desk.post(reverse("routing:take"), {"on": "0"}).status_code == 302
        assert "takes none" in self.read(self.ama_desk).lower()
        rule = RoutingRule.objects.get(removed_at=None)
        gone = reverse("routing:remove_rule", args=[rule.pk])
        assert self.ama_desk.post(gone).status_code == 403
        assert self.lead_desk.post(gone).status_code == 302
        assert self.lead_desk.post(gone).status_code == 404

    def test_an_open_page_is_a_sign_of_whoever_takes_cases(self) -> None:
        self.ama_desk.post(reverse("routing:take"), {"on": "1"})
        early = timezone.now() - timedelta(hours=1)
        CaseTaker.objects.update(seen_at=early)
        self.ama_desk.get(reverse("cases:live"))
        first = CaseTaker.objects.get().seen_at
        assert first
        assert first > early
        CaseTaker.objects.update(seen_at=early)
        self.ama_desk.get(reverse("doors:rings"))
        assert CaseTaker.objects.get().seen_at == early  # once a minute is enough
        presence.here(self.ama.actor(), timezone.now() + timedelta(minutes=2))
        assert CaseTaker.objects.get().seen_at != early
        presence.here(self.lead.actor(), timezone.now())
        seen(by=self.lead.actor(), now=timezone.now())
        assert CaseTaker.objects.count() == 1
