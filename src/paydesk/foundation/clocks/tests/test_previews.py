"""What a new calendar or policy would move is told before it is made, and looking changes nothing."""

from __future__ import annotations

import pytest

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.clocks import actions
from paydesk.foundation.clocks.models import CalendarVersion, Clock, PolicyVersion
from paydesk.foundation.clocks.previews import calendar_moves, policy_moves
from paydesk.foundation.clocks.rules import Terms
from paydesk.foundation.clocks.steps import ClockRefused
from paydesk.foundation.clocks.tests.desk import ADMINISTRATOR, HOUR, LEAD, at, start, the
from paydesk.foundation.clocks.tests.test_steps import WithClocks
from paydesk.kernel.refused import NotAllowedRefused

TEN = at("2026-03-02 10:00")
SAID = {"by": ADMINISTRATOR, "now": TEN}
SPLIT = {day: ["08:00-12:00", "14:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


class Previews(WithClocks):
    def setUp(self) -> None:
        super().setUp()
        start(1)  # due at 16:00
        start(2, at("2026-03-02 09:30"))
        start(3, market="KE")
        start(4, at("2026-02-27 08:00"))  # late
        self.before = self.stored()

    def stored(self) -> tuple[list[object], int, int, int]:
        clocks = list(Clock.objects.order_by("pk").values())
        versions = CalendarVersion.objects.count(), PolicyVersion.objects.count()
        return clocks, *versions, AuditRecord.objects.count()

    def test_a_calendar_moves_the_running_clocks_of_its_market_to_what_it_then_does(self):
        moves = calendar_moves("GH", hours=SPLIT, **SAID)
        assert self.stored() == self.before
        assert (moves.running, moves.moved, moves.later, moves.late) == (3, 2, 2, 0)
        told = {each.subject: each.due_at for each in moves.named}
        assert told[("thing", 1)] == at("2026-03-02 18:00")
        actions.set_calendar("GH", hours=SPLIT, **SAID)
        assert {("thing", n): the(n).due_at for n in (1, 2)} == told

    def test_a_shorter_promise_says_which_would_be_late_at_once(self):
        moves = policy_moves("answer", Terms(target_seconds=HOUR), market="GH", **SAID)
        assert self.stored() == self.before
        assert (moves.sooner, moves.later, moves.late) == (2, 0, 1)
        assert {each.subject[1]: each.is_late for each in moves.named} == {1: True, 2: False}
        later = policy_moves("answer", Terms(target_seconds=HOUR), holds_from=at("2026-03-09 00:00"), **SAID)
        assert (later.running, later.moved) == (3, 0), "those that run keep theirs"

    def test_what_the_verb_refuses_is_refused(self):
        with pytest.raises(ClockRefused, match="no open time ahead"):
            calendar_moves("GH", hours={}, **SAID)
        with pytest.raises(NotAllowedRefused):
            calendar_moves("GH", hours=SPLIT, by=LEAD, now=TEN)
        assert self.stored() == self.before
