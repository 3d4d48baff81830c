"""A due time that comes from outside is changed by two people, once, as it was asked for."""

from __future__ import annotations

import pytest

from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import ApprovalRefused, SamePersonRefused
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.clocks.actions import waive_clock
from paydesk.foundation.clocks.steps import ClockRefused
from paydesk.foundation.clocks.tests.desk import MONDAY, at, start, the
from paydesk.foundation.clocks.tests.test_steps import WithClocks
from paydesk.foundation.due_times.actions import approve_due, ask_due
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused, NotAllowedRefused
from tests.browser.people import make_person

FRIDAY = at("2026-03-06 12:00")


class TwoPeople(WithClocks):
    def setUp(self) -> None:
        super().setUp()
        self.lead, self.other = (
            make_person(name, "TL", email=f"{name}@desk.example").actor() for name in ("ama", "kofi")
        )
        start(1, kind="outside")
        self.clock = the(1, "outside")

    def ask(self, due_at=FRIDAY, reason: str = "They gave us more time", by: Actor | None = None) -> Approval:
        return ask_due(self.clock.pk, due_at, reason=reason, by=by or self.lead, now=MONDAY)

    def test_nothing_changes_until_another_person_says_yes_and_then_once(self):
        approval = self.ask()
        assert the(1, "outside").due_at == self.clock.due_at
        with pytest.raises(SamePersonRefused):
            approve_due(approval.pk, by=self.lead, now=MONDAY)
        approve_due(approval.pk, by=self.other, now=MONDAY)
        assert (the(1, "outside").due_at, the(1, "outside").due_by_hand) == (FRIDAY, True)
        record = AuditRecord.objects.get(verb="clock.due_set")
        assert (record.note, record.changes["approval_id"]) == ("They gave us more time", approval.pk)
        with pytest.raises(Exception, match="approved"):
            approve_due(approval.pk, by=self.other, now=MONDAY)
        assert AuditRecord.objects.filter(verb="clock.due_set").count() == 1

    def test_taking_it_out_of_the_count_as_well(self):
        with pytest.raises(ClockRefused, match="second person"):
            waive_clock(self.clock.pk, reason="Not ours", by=self.lead, now=MONDAY)
        approve_due(self.ask(None, "Not ours").pk, by=self.other, now=MONDAY)
        assert (the(1, "outside").ended_as, the(1, "outside").ended_why) == ("waived", "Not ours")

    def test_what_changed_meanwhile_is_asked_for_again(self):
        first = self.ask()
        second = self.ask(None)
        approve_due(first.pk, by=self.other, now=MONDAY)
        with pytest.raises(ChangedRefused, match="due at another time"):
            approve_due(second.pk, by=self.other, now=MONDAY)
        assert the(1, "outside").ended_as == ""

    def test_refusals(self):
        start(2)
        with pytest.raises(ClockRefused, match="no second person"):
            ask_due(the(2).pk, FRIDAY, reason="Because", by=self.lead, now=MONDAY)
        with pytest.raises(ClockRefused, match="past already"):
            self.ask(MONDAY)
        with pytest.raises(ClockRefused, match="Say why"):
            self.ask(reason="")
        with pytest.raises(NotAllowedRefused):
            self.ask(by=Actor("person", 7, "AN", rights_of(["AN"]), None))
        self.ask()
        with pytest.raises(ApprovalRefused, match="asked for already"):
            self.ask()
