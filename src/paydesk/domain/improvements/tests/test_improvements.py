"""An improvement from the proposal to what it changed; one vote a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import TestCase

from paydesk.domain.improvements import actions, queries
from paydesk.domain.improvements.actions import ImprovementRefused
from paydesk.domain.improvements.models import Improvement, Vote
from paydesk.domain.improvements.rules import spans
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused, TransitionRefused

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def person(number: int, role: str, *markets: str) -> Actor:
    return Actor("person", 960_000 + number, f"P{number}", rights_of([role]), frozenset(markets or {"GH"}))


AGENT, OTHER, LEAD, KENYAN = person(1, "SU"), person(2, "SU"), person(3, "TL"), person(4, "TL", "KE")


def test_the_time_before_is_as_long_as_the_time_since_and_28_days_at_most():
    for days, length in ((2, 7), (10, 10), (90, 28)):
        (start, done), (again, end) = spans(NOON, NOON + timedelta(days=days))
        assert (done, again) == (NOON, NOON)
        assert NOON - start == timedelta(days=length)
        assert end - NOON == timedelta(days=min(days, length))


class Improving(TestCase):
    def proposed(self, **fields) -> Improvement:
        known = {
            "title": "Ask for the code first", "problem": "Half of the cases lack it", "by": AGENT,
            "expected": "Ten fewer cases a week", "root_cause": "not_received",
            "evidence": [("root_cause", "not_received"), ("case", "12"), ("case", "12")],
        }  # fmt: skip
        return actions.propose_improvement("GH", **{**known, "now": NOON, **fields})

    def test_from_the_proposal_to_what_it_changed(self):
        made = self.proposed()
        assert [each.key for each in queries.evidence_of(made)] == ["not_received", "12"]
        with pytest.raises(NotAllowedRefused):
            actions.decide(made.pk, accept=True, note="Good", by=AGENT, now=NOON)
        actions.decide(made.pk, accept=True, note="Good", by=LEAD, now=NOON)
        with pytest.raises(ImprovementRefused, match="to come"):
            actions.carry_out(made.pk, done_at=NOON + timedelta(days=1), by=LEAD, now=NOON)
        actions.carry_out(made.pk, done_at=NOON, by=LEAD, now=NOON)
        with pytest.raises(ImprovementRefused, match="less than a week"):
            actions.measure(made.pk, measured="Fewer", before=9, since=5, by=LEAD, now=NOON)
        over = NOON + timedelta(days=8)
        done = actions.measure(made.pk, measured="Fewer", before=9_000, since=5_000, by=LEAD, now=over)
        assert (done.state, done.before, done.since) == ("measured", 9_000, 5_000)
        assert [each.verb for each in history("improvement", made.pk)] == [
            "improvement.proposed", "improvement.accepted", "improvement.done", "improvement.measured",
        ]  # fmt: skip
        with pytest.raises(ImprovementRefused, match="votes stay"):
            actions.vote(made.pk, is_for=True, by=OTHER, now=over)

    def test_one_vote_a_person_and_it_may_be_taken_back(self):
        first, second = self.proposed(), self.proposed(title="Another")
        for _ in range(2):
            actions.vote(second.pk, is_for=True, by=OTHER, now=NOON)
        assert [(each.pk, each.for_it) for each in queries.improvements(OTHER)] == [
            (second.pk, 2), (first.pk, 1),
        ]  # fmt: skip
        assert [each.is_mine for each in queries.improvements(OTHER)] == [True, False]
        actions.vote(second.pk, is_for=False, by=OTHER, now=NOON)
        assert queries.voters_of(second) == [AGENT.id]
        with pytest.raises(IntegrityError), transaction.atomic():
            Vote.objects.create(improvement=first, person_id=AGENT.id or 0, at=NOON)

    def test_what_is_missing_is_said_and_other_markets_see_nothing(self):
        for said in ({"title": ""}, {"problem": " "}, {"expected": ""}, {"evidence": [("shoe", "1")]}):
            with pytest.raises(ImprovementRefused):
                self.proposed(**said)
        assert not Improvement.objects.exists()
        made = self.proposed()
        with pytest.raises(ImprovementRefused, match="no such"):
            actions.decide(made.pk, accept=False, note="x", by=KENYAN, now=NOON)
        assert not queries.improvements(KENYAN).exists()
        actions.decide(made.pk, accept=False, note="Too dear", by=LEAD, now=NOON)
        with pytest.raises(TransitionRefused):
            actions.carry_out(made.pk, done_at=NOON, by=LEAD, now=NOON)
        assert actions.take_up_again(made.pk, by=LEAD, now=NOON).state == "proposed"
