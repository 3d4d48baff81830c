"""The radar proposes, a person adopts, everybody is told once; closing it resolves nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import TestCase

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case, CaseLink, Message
from paydesk.domain.incidents import actions, queries, tasks
from paydesk.domain.incidents.models import BroadcastTo, Incident, IncidentCase
from paydesk.domain.incidents.steps import IncidentRefused
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.authority import rights_of
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.queries import person_by_id
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import NotAllowedRefused, TransitionRefused
from tests.browser.people import make_person
from tests.builders import WORKER, make_contract, make_source_account, receive, row

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SAID = "Since this morning no payment with the new wallet goes through, it says try again later"


def person(number: int, role: str, *markets: str) -> Actor:
    return Actor("person", 950_000 + number, f"P{number}", rights_of([role]), frozenset(markets or {"GH"}))


AGENT, LEAD, KENYAN, AUDITOR = person(1, "SU"), person(2, "TL"), person(3, "TL", "KE"), person(4, "AU")


def opened(text: str = SAID, number: int = 0, **fields) -> Case:
    known = {"market": "GH", "channel": "email", "contact": f"payer{number}@example.com", "by": WORKER}
    return cases.open_case(text=text, **{**known, "now": NOON - timedelta(minutes=30 - number), **fields})


class Radar(TestCase):
    def test_many_who_say_the_same_are_proposed_once_and_those_who_come_later_join(self):
        for number in range(8):
            opened(f"{SAID}, number {number}", number)
        opened("How do I change my address?", 20)
        assert tasks.look_for_incidents(NOON) == 1
        incident = Incident.objects.get()
        assert (incident.state, incident.found_by, incident.market) == ("proposed", "words", "GH")
        assert "8 cases" in incident.why
        assert queries.members_of(incident, WORKER).count() == 8
        opened(f"{SAID} please", 9)
        assert tasks.look_for_incidents(NOON) == 0
        assert queries.members_of(incident, WORKER).count() == 9
        strange = queries.members_of(incident, WORKER).first()
        assert strange is not None
        actions.take_off(incident.pk, case_id=strange.pk, by=AGENT, now=NOON)
        tasks.look_for_incidents(NOON)
        assert queries.members_of(incident, WORKER).count() == 8
        actions.reject(incident.pk, reason="A test of ours", by=AGENT, now=NOON)
        assert tasks.look_for_incidents(NOON + timedelta(minutes=5)) == 0
        assert Incident.objects.count() == 1

    def test_different_people_on_one_batch_are_an_incident_and_one_person_on_a_payment_is_none(self):
        account = make_source_account()
        lines = [row(n, f"{n}.00", provider_ref=f"MPBATCH{n}", batch_key="B-77") for n in range(1, 4)]
        paid = receive(account, *lines)
        for number, payment in enumerate(paid):
            opened(f"It is not here: {payment.statement_line.provider_ref}", number)
        opened("Again: MPBATCH1", 0)
        assert tasks.look_for_incidents(NOON) == 1
        incident = Incident.objects.get()
        assert (incident.found_by, incident.shares) == ("money", [["merchant_batch", f"{account.pk}:B-77"]])
        assert incident.title == "Batch B-77 of Momo collections"
        assert queries.affected([incident.pk]) == {incident.pk: [Money(600, "GHS")]}


class Working(TestCase):
    def proposed(self, number: int = 2, **fields) -> Incident:
        made = [opened(f"{n} {SAID}", n).pk for n in range(number)]
        known = {"title": "Wallet is down", "why": "They all say it", "case_ids": made, "by": AGENT}
        return actions.propose("GH", **{**known, "now": NOON, **fields})

    def test_what_a_person_proposes_a_lead_adopts_and_what_the_radar_found_an_agent_may(self):
        incident = self.proposed()
        with pytest.raises(NotAllowedRefused):
            actions.adopt(incident.pk, by=AGENT, now=NOON)
        adopted = actions.adopt(incident.pk, title="Wallet  down since 8", by=LEAD, now=NOON)
        assert (adopted.state, adopted.title, adopted.adopted_by) == (
            "open",
            "Wallet down since 8",
            LEAD.label,
        )
        with pytest.raises(TransitionRefused):
            actions.adopt(incident.pk, by=LEAD, now=NOON)
        by_radar = self.proposed(found_by="words", by=tasks.RADAR, case_ids=[opened("x", 50).pk])
        assert actions.adopt(by_radar.pk, by=AGENT, now=NOON).state == "open"
        assert [each.verb for each in history("incident", incident.pk)] == [
            "incident.proposed", "incident.adopted",
        ]  # fmt: skip

    def test_a_case_is_in_one_live_incident_and_other_markets_see_nothing(self):
        incident = self.proposed()
        first = queries.members_of(incident, WORKER)[0]
        with pytest.raises(IncidentRefused, match="another incident"):
            self.proposed(case_ids=[first.pk])
        with pytest.raises(IncidentRefused, match="no such incident"):
            actions.adopt(incident.pk, by=KENYAN, now=NOON)
        with pytest.raises(NotAllowedRefused):
            self.proposed(by=AUDITOR)
        with pytest.raises(IncidentRefused, match="what happened"):
            self.proposed(title=" ")
        assert queries.incident_of_case(AGENT, first.pk) == incident
        assert queries.incident_of_case(KENYAN, first.pk) is None
        assert not queries.incidents(KENYAN).exists()
        more = opened("y", 60)
        assert actions.add_cases(incident.pk, case_ids=[more.pk], by=AGENT, now=NOON) == 1
        with pytest.raises(IncidentRefused, match="already"):
            actions.add_cases(incident.pk, case_ids=[more.pk], by=AGENT, now=NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            IncidentCase.objects.create(incident=incident, case=more, added_by="x", at=NOON)

    def test_it_is_closed_with_its_cause_and_resolves_nobody(self):
        incident = self.proposed()
        actions.adopt(incident.pk, by=LEAD, now=NOON)
        with pytest.raises(IncidentRefused, match="root cause"):
            actions.close(incident.pk, reason="It works again", by=AGENT, now=NOON)
        actions.name_it(incident.pk, title="Wallet down", root_cause="provider_outage", by=AGENT, now=NOON)
        closed = actions.close(incident.pk, reason="It works again", by=AGENT, now=NOON)
        assert (closed.state, closed.ended_at, closed.root_cause) == ("closed", NOON, "provider_outage")
        assert set(queries.members_of(incident, WORKER).values_list("state", flat=True)) == {"new"}
        assert actions.reopen(incident.pk, by=LEAD, now=NOON).ended_at is None

    def test_money_is_one_amount_per_currency_and_a_payment_counts_once(self):
        (paid,) = receive(make_source_account(), row(1, "50.00", provider_ref="MPONCE1"))
        twice = [opened(f"{n} MPONCE1", n).pk for n in range(2)]
        said = opened("z", 5, amount=Money(700, "GHS")).pk
        foreign = opened("z", 6, amount=Money(900, "USD")).pk
        incident = self.proposed(case_ids=[*twice, said, foreign])
        assert CaseLink.objects.filter(object_id=paid.pk, kind="payment").count() == 2
        assert queries.affected([incident.pk])[incident.pk] == [Money(57_00, "GHS"), Money(9_00, "USD")]


class Broadcasting(TestCase):
    def setUp(self):
        self.sender = self.actor(make_person("Sam Support", "SU", markets="GH"))
        self.contract = make_contract()
        account = make_source_account()
        rows = [row(n, f"{n}0.00", reference=self.contract.account_number, provider_ref=f"MPTELL{n}")
                for n in (1, 2)]  # fmt: skip
        self.paid = receive(account, *rows)
        self.ama = self.about(1, contact="ama@example.com")
        self.again = self.about(2, contact="ama@example.com")
        self.kofi = opened("no code", 8, contact="kofi@example.com")
        self.caller = opened("called", 9, channel="phone", contact="233244999888")
        made = [self.ama, self.again, self.kofi, self.caller]
        self.incident = actions.propose(
            "GH", title="Late", why="They say so", case_ids=[case.pk for case in made], by=LEAD, now=NOON
        )
        actions.adopt(self.incident.pk, by=LEAD, now=NOON)

    @staticmethod
    def actor(person: Person) -> Actor:
        found = person_by_id(person.pk)
        assert found is not None
        return found.actor()

    def about(self, number: int, **fields) -> Case:
        case = opened(f"MPTELL{number}", number, **fields)
        link = CaseLink.objects.get(case=case, kind="payment")
        cases.confirm_link(link.pk, by=AGENT, now=NOON)
        cases.sort_case(
            case.pk, customer_id=self.contract.customer_id, party_role="customer", by=AGENT, now=NOON
        )
        cases.verify(case.pk, facts=["account_number", "last_payment"], by=AGENT, now=NOON)
        return Case.objects.get(pk=case.pk)

    def draft(self, text: str = "It works again.", now: datetime = NOON):
        return actions.draft_broadcast(self.incident.pk, text=text, by=self.sender, now=now)

    def states(self, broadcast) -> dict[int, tuple[str, str]]:
        return {to.case_id: (to.state, to.why) for to in queries.told_by(broadcast, WORKER)}

    def test_each_person_hears_once_and_who_cannot_be_reached_is_named(self):
        broadcast = self.draft()
        states = self.states(broadcast)
        assert states[self.again.pk] == ("waits", "")
        assert states[self.ama.pk] == ("elsewhere", str(self.again.pk))
        assert states[self.kofi.pk] == ("waits", "")
        assert "call them" in states[self.caller.pk][1]
        actions.send_broadcast(broadcast.pk, by=self.sender, now=NOON)
        for _ in range(2):  # delivered at least once
            tasks.tell_everybody({"broadcast_id": broadcast.pk})
        said = Message.objects.filter(direction="out")
        assert {message.case_id for message in said} == {self.again.pk, self.kofi.pk}
        assert {message.author for message in said} == {self.sender.label}
        broadcast.refresh_from_db()
        assert broadcast.state == "sent"

    def test_facts_are_each_cases_own_and_one_that_changed_or_is_not_to_be_heard_stops_the_answer(self):
        broadcast = self.draft("Your {payment.amount} is safe.")
        to = BroadcastTo.objects.get(broadcast=broadcast, case=self.again)
        assert (to.state, to.text, to.facts) == (
            "waits", "Your 20.00 GHS is safe.", {"payment.amount": "20.00 GHS"},
        )  # fmt: skip
        assert self.states(broadcast)[self.kofi.pk] == ("held", "Nothing is known of payment.amount.")
        BroadcastTo.objects.filter(pk=to.pk).update(facts={"payment.amount": "21.00 GHS"})
        actions.send_broadcast(broadcast.pk, by=self.sender, now=NOON)
        tasks.tell_everybody({"broadcast_id": broadcast.pk})
        to.refresh_from_db()
        assert to.state == "held"
        assert "not so any more" in to.why
        assert not Message.objects.filter(direction="out").exists()
        with pytest.raises(IncidentRefused, match="called {shoe}"):
            self.draft("Your {shoe}")

    def test_a_case_that_went_on_is_not_told_and_an_old_look_is_refused(self):
        broadcast = self.draft()
        cases.receive_message(self.kofi.pk, channel="email", text="It works!", by=WORKER, now=NOON)
        actions.send_broadcast(broadcast.pk, by=self.sender, now=NOON)
        tasks.tell_everybody({"broadcast_id": broadcast.pk})
        state, why = self.states(broadcast)[self.kofi.pk]
        assert (state, "went on" in why) == ("held", True)
        old = self.draft()
        with pytest.raises(IncidentRefused, match="10 minutes"):
            actions.send_broadcast(old.pk, by=self.sender, now=NOON + timedelta(minutes=11))
        assert actions.drop_broadcast(old.pk, by=self.sender, now=NOON).state == "dropped"
        with pytest.raises(NotAllowedRefused):
            actions.draft_broadcast(self.incident.pk, text="x", by=AUDITOR, now=NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            BroadcastTo.objects.filter(broadcast=broadcast, case=self.kofi).update(state="told")
