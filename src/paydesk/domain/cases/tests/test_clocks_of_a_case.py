"""The clocks of a case beside its life: what never pauses, what ends a pause, what a bounce undoes."""

from __future__ import annotations

import pytest

from paydesk.domain.cases import actions, clocks
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.steps import CaseRefused
from paydesk.domain.cases.tests.test_life import AGENT, NOON, Cases, later
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.audit.queries import history
from paydesk.foundation.clocks.actions import pause_clock, set_policy
from paydesk.foundation.clocks.kinds import kind_named
from paydesk.foundation.clocks.models import ClockPause
from paydesk.foundation.clocks.rules import Terms
from paydesk.foundation.clocks.steps import ClockRefused
from paydesk.foundation.clocks.tests.desk import ADMINISTRATOR, LEAD
from tests.browser.people import make_person


class Complaints(Cases):
    def test_opened_again_it_goes_on_as_if_it_had_not_been_resolved(self):
        case = self.opened(is_complaint=True)
        due_at = self.clock(case, "complaint_deadline").due_at
        self.answered(case)
        self.ready(case)
        actions.resolve(case.pk, by=AGENT, now=later(hours=1))
        actions.reopen(case.pk, by=AGENT, now=later(hours=40))
        again = self.clock(case, "complaint_deadline")
        assert (again.ended_as, again.due_at, again.reopens) == ("", due_at, 1)
        assert not ClockPause.objects.filter(clock=again).exists()
        assert ClockPause.objects.filter(clock=self.clock(case, "resolution")).exists()

    def test_the_mark_comes_off_by_two_people_and_a_reason(self):
        case = self.opened(is_complaint=True)
        with pytest.raises(CaseRefused, match="second person"):
            actions.sort_case(case.pk, is_complaint=False, by=AGENT, now=later(hours=1))
        lead, other = (make_person(name, "TL", email=f"{name}@desk.example").actor() for name in "ab")
        with pytest.raises(ClockRefused, match="Say why"):
            actions.ask_no_complaint(case.pk, reason=" ", by=lead, now=later(hours=1))
        asked = actions.ask_no_complaint(case.pk, reason="A question of price", by=lead, now=later(hours=1))
        assert Case.objects.get(pk=case.pk).is_complaint
        with pytest.raises(SamePersonRefused):
            actions.approve_no_complaint(asked.pk, by=lead, now=later(hours=2))
        actions.approve_no_complaint(asked.pk, by=other, now=later(hours=2))
        case.refresh_from_db()
        ended = self.clock(case, "complaint_deadline")
        assert (case.is_complaint, ended.ended_as, ended.ended_why) == (
            False,
            "waived",
            "A question of price",
        )
        assert "case.no_complaint" in [each.verb for each in history("case", case.pk)]
        assert Approval.objects.get().state == "approved"

    def test_no_policy_makes_it_pause_and_one_from_before_does_not_either(self):
        case = self.opened(is_complaint=True)
        clock = self.clock(case, "complaint_deadline")
        with pytest.raises(ClockRefused, match="never pauses"):
            set_policy(
                clocks.COMPLAINT,
                Terms(target_seconds=60, pauses={"customer": 60}),
                by=ADMINISTRATOR,
                now=NOON,
            )
        with pytest.raises(ClockRefused, match="never pauses"):
            pause_clock(clock.pk, reason="customer", note="They think", by=LEAD, now=NOON)
        assert kind_named(clocks.COMPLAINT).never_pauses
