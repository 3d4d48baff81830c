"""Starting, pausing, ending, reopening and merging clocks; what a moment of looking at them shows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from paydesk.foundation.clocks import merging, steps
from paydesk.foundation.clocks.models import CalendarVersion, Clock, ClockPause, PolicyVersion
from paydesk.foundation.clocks.queries import clocks_due, earliest_of, standing, state_at
from paydesk.foundation.clocks.reports import breach_forecast, kept_by_week, usual_seconds
from paydesk.foundation.clocks.tests.desk import (
    HOUR,
    LEAD,
    MONDAY,
    WORKER,
    at,
    kinds_of_tests,
    planned_again,
    start,
    the,
)


class WithClocks(TestCase):
    def setUp(self) -> None:
        kinds = kinds_of_tests()
        kinds.__enter__()
        self.addCleanup(kinds.__exit__, None, None, None)

    def pause(self, when: str, reason: str = "customer", number: int = 1) -> int:
        return steps.pause_clocks("thing", [number], reason=reason, by=WORKER, at=at(when))

    def resume(self, when: str, number: int = 1) -> int:
        return steps.resume_clocks("thing", [number], at=at(when))

    def meet(self, when: str, number: int = 1) -> int:
        return steps.meet_clocks("answer", "thing", [number], at=at(when))


class Start(WithClocks):
    def test_many_start_at_once_with_as_many_queries_as_one(self):
        start(999)
        with CaptureQueriesContext(connection) as one:
            steps.start_clocks("answer", "thing", {1: MONDAY}, market="GH", now=MONDAY)
        with CaptureQueriesContext(connection) as many:
            number = steps.start_clocks(
                "answer",
                "thing",
                {n: MONDAY + timedelta(hours=n % 7) for n in range(2, 400)},
                market="GH",
                now=MONDAY,
            )
        assert number == 398
        assert len(one) == len(many) == 3
        assert the(8).due_at == at("2026-03-02 17:00")
        assert the(8).start_at == MONDAY + timedelta(hours=1)

    def test_a_running_clock_is_not_started_again_and_an_ended_one_does_not_stand_in_the_way(self):
        first = start(1)
        assert (
            steps.start_clocks("answer", "thing", {1: at("2026-03-05 08:00")}, market="GH", now=MONDAY) == 0
        )
        self.meet("2026-03-02 09:00")
        assert start(1, at("2026-03-05 08:00")).pk != first.pk
        assert Clock.objects.filter(subject_id=1).count() == 2

    def test_the_first_clock_of_a_market_makes_its_calendar_with_public_holidays(self):
        assert start(1, at("2026-03-06 10:00")).due_at == at("2026-03-09 16:00"), (
            "6 March is Independence Day"
        )
        calendar = CalendarVersion.objects.get(name="GH")
        assert (calendar.zone, calendar.holidays["2026-03-06"]) == ("Africa/Accra", "Independence Day")
        assert "holidays" in calendar.source
        kenya = start(2, at("2026-03-06 10:00"), market="KE")
        assert kenya.due_at == at("2026-03-09 09:00"), "Nairobi closes at 14:00 UTC"

    def test_a_policy_counts_also_where_its_calendar_is_used_for_the_first_time(self):
        first = start(1).policy
        same = ("kind", "target_seconds", "target_days", "cut_off", "grace_seconds")
        said = {field: getattr(first, field) for field in same} | {"made_by": "tests", "made_at": MONDAY}
        PolicyVersion.objects.create(version=first.version + 1, calendar="24x7", **said)
        assert start(2).calendar.name == "24x7"
        own = PolicyVersion.objects.create(version=1, market="KE", **said)
        kenya = start(3, market="KE")
        assert (kenya.policy_id, kenya.calendar.name) == (own.pk, "KE")

    def test_a_kind_nobody_declared_is_an_error(self):
        with pytest.raises(KeyError):
            steps.start_clocks("unheard_of", "thing", {1: MONDAY}, market="GH", now=MONDAY)

    def test_nothing_to_start_asks_nothing(self):
        with self.assertNumQueries(0):
            assert steps.start_clocks("answer", "thing", {}, market="GH", now=MONDAY) == 0


class Pause(WithClocks):
    def test_a_pause_moves_the_due_time_by_its_open_time_once_it_is_over(self):
        start(1)
        assert self.pause("2026-03-02 10:00") == 1
        assert state_at(the(), at("2026-03-02 11:00")) == "paused"
        self.resume("2026-03-03 09:00")
        clock = the()
        assert clock.due_at == at("2026-03-03 15:00"), "16:00 and the 8 open hours of the pause"
        assert (state_at(clock, at("2026-03-03 14:00")), planned_again(clock)) == ("running", clock.due_at)

    def test_closed_time_moves_nothing(self):
        start(1, at("2026-03-06 18:00"))
        due = the().due_at
        self.pause("2026-03-07 10:00")
        self.resume("2026-03-08 10:00")
        assert the().due_at == due

    def test_a_reason_the_policy_does_not_know_pauses_nothing(self):
        start(1)
        assert self.pause("2026-03-02 10:00", reason="provider") == 0
        assert start(2, kind="outside").policy.pauses == {}
        assert self.pause("2026-03-02 10:00", number=2) == 0

    def test_a_pause_ends_by_itself_after_the_most_it_may_last_with_nobody_there(self):
        start(1)
        self.pause("2026-03-02 10:00", reason="closed")
        clock = the()
        assert [state_at(clock, at(f"2026-03-{when}")) for when in ("02 10:59", "02 11:00", "03 08:01")] == [
            "paused", "running", "breached",
        ]  # fmt: skip
        assert clock.due_at == at("2026-03-02 17:00")
        self.resume("2026-03-05 09:00")
        assert the().due_at == at("2026-03-02 17:00"), "resumed late, it lasted no longer"
        assert ClockPause.objects.get().until == at("2026-03-02 11:00")

    def test_paused_twice_is_paused_once_and_what_is_late_cannot_be_paused(self):
        start(1)
        assert [self.pause("2026-03-02 10:00"), self.pause("2026-03-02 11:00")] == [1, 0]
        self.resume("2026-03-02 12:00")
        assert self.pause("2026-03-03 10:00") == 0
        assert state_at(the(), at("2026-03-03 12:00")) == "breached"

    def test_a_pause_that_is_over_unnoted_makes_way_for_the_next(self):
        start(1)
        self.pause("2026-03-02 10:00", reason="closed")
        assert self.pause("2026-03-02 13:00") == 1
        assert list(ClockPause.objects.order_by("at").values_list("until", flat=True)) == [
            at("2026-03-02 11:00"), None,
        ]  # fmt: skip
        self.resume("2026-03-02 14:00")
        assert the().due_at == at("2026-03-03 09:00")

    def test_time_left_stands_still_in_a_pause(self):
        start(1)
        self.pause("2026-03-02 10:00")
        early, later = (standing(the(), at(f"2026-03-0{day} 12:00")) for day in (2, 3))
        assert early.left_seconds == later.left_seconds == 6 * HOUR
        assert (early.used_percent, early.state) == (25, "paused")


class End(WithClocks):
    def test_met_in_time_is_met_and_a_second_late_is_a_breach_that_stays(self):
        for number in (1, 2):
            start(number)
        self.meet("2026-03-02 16:00", 1)
        self.meet("2026-03-02 16:00:01", 2)
        states = [state_at(the(n), at("2026-04-01 00:00")) for n in (1, 2)]
        assert states == ["met", "breached"]
        late = standing(the(2), at("2026-04-01 00:00"))
        assert (late.left_seconds, late.late_calendar_seconds, late.used_percent) == (-1, 1, 100)

    def test_met_during_a_pause_ends_the_pause_and_is_planned_as_it_was(self):
        start(1)
        self.pause("2026-03-02 10:00")
        self.meet("2026-03-02 12:00")
        clock = the()
        assert state_at(clock, at("2026-03-09 00:00")) == "met"
        assert clock.due_at == planned_again(clock) == at("2026-03-03 09:00")
        assert ClockPause.objects.get().until == at("2026-03-02 12:00")

    def test_ending_twice_is_ending_once_and_without_a_clock_nothing_ends(self):
        start(1)
        assert self.meet("2026-03-02 09:00") == 1
        assert [self.meet("2026-03-03 09:00", number) for number in (1, 77)] == [0, 0]
        assert the().ended_at == at("2026-03-02 09:00")

    def test_what_is_gone_is_waived_and_does_not_count(self):
        for number in range(1, 5):
            start(number)
        self.meet("2026-03-02 09:00", 1)
        self.meet("2026-03-05 09:00", 2)
        steps.stop_clocks(None, "thing", [3], why="taken back", at=at("2026-03-02 09:00"))
        week = {"since": date(2026, 3, 2), "until": date(2026, 3, 9)}
        (row,) = kept_by_week(LEAD, **week, now=at("2026-03-02 12:00"))
        assert (row.met, row.breached, row.waived, row.merged, row.share_bps) == (1, 1, 1, 0, 5000)
        assert (row.week_on, row.policy.kind, row.policy.version) == (date(2026, 3, 2), "answer", 1)
        assert (row.late_working_seconds, row.late_calendar_seconds) == (20 * HOUR, 65 * HOUR)
        (row,) = kept_by_week(LEAD, **week, now=at("2026-03-04 12:00"))
        assert row.breached == 2, "late and still open counts as well"
        assert not kept_by_week(
            LEAD, since=date(2026, 3, 9), until=date(2026, 3, 16), now=at("2026-03-20 12:00")
        )


class Reopen(WithClocks):
    def reopen(self, when: str) -> set[int]:
        return steps.reopen_clocks("thing", [1], by=WORKER, at=at(when))

    def test_within_the_grace_it_goes_on_without_the_gap(self):
        start(1)
        self.meet("2026-03-02 15:00")
        assert self.reopen("2026-03-03 10:00") == {1}
        clock = the()
        assert (clock.due_at, clock.reopens, clock.ended_as) == (at("2026-03-03 11:00"), 1, "")
        assert planned_again(clock) == clock.due_at
        assert state_at(clock, at("2026-03-03 10:30")) == "running"

    def test_after_the_grace_it_stays_ended_and_the_caller_is_told(self):
        start(1)
        self.meet("2026-03-02 15:00")
        assert self.reopen("2026-03-04 15:00:01") == set()
        assert the().ended_as == "met"

    def test_a_breach_stays_a_breach(self):
        start(1)
        self.meet("2026-03-02 17:00")
        self.reopen("2026-03-02 17:00")
        assert state_at(the(), at("2026-03-02 17:00")) == "breached"

    def test_nothing_is_reopened_beside_a_clock_that_runs(self):
        start(1)
        self.meet("2026-03-02 15:00")
        start(1, at("2026-03-02 16:00"))
        assert self.reopen("2026-03-02 16:30") == set()


class Merge(WithClocks):
    def test_the_survivor_keeps_the_earliest_start_and_undoing_gives_both_back(self):
        start(1, at("2026-03-02 09:00"))
        start(2, at("2026-03-02 12:00"))
        start(1, at("2026-03-02 09:00"), kind="outside")
        before = [(the(n).start_at, the(n).due_at) for n in (1, 2)]
        assert merging.merge_clocks("thing", 1, 2, at=at("2026-03-02 13:00")) == 2
        assert (the(2).start_at, the(2).due_at) == before[0]
        assert state_at(the(1), at("2026-03-02 13:00")) == "merged"
        assert the(2, "outside").start_at == at("2026-03-02 09:00"), "of that kind it had none"
        assert merging.undo_merge("thing", 1, 2, at=at("2026-03-02 14:00")) == 2
        assert [(the(n).start_at, the(n).due_at) for n in (1, 2)] == before
        assert [the(n).ended_as for n in (1, 2)] == ["", ""]
        assert the(2, "outside").ended_as == "waived"

    def test_what_was_done_on_the_survivor_was_not_done_for_the_other(self):
        start(1, at("2026-03-02 09:00"))
        start(2, at("2026-03-02 12:00"))
        due_at = the(1).due_at
        merging.merge_clocks("thing", 1, 2, at=at("2026-03-02 12:30"))
        steps.meet_clocks("answer", "thing", [2], at=at("2026-03-02 13:00"))
        assert merging.undo_merge("thing", 1, 2, at=at("2026-03-02 14:00")) == 1
        assert (the(1).ended_as, the(1).due_at, the(2).ended_as) == ("", due_at, "met")


class Look(WithClocks):
    def test_what_will_be_late_soon_is_due_within_hours_or_has_less_time_than_usual(self):
        for number in (1, 2, 3, 4):
            start(number, at("2026-03-02 08:00") if number < 3 else at("2026-03-03 08:00"))
        now = at("2026-03-02 13:00")
        assert usual_seconds(now) == {}
        assert [clock.subject_id for clock in breach_forecast(LEAD, now, {})] == [1, 2], "due at 16:00"
        self.meet("2026-03-02 13:00", 1)
        assert usual_seconds(now) == {"answer": 5 * HOUR}
        soon = breach_forecast(LEAD, at("2026-03-03 11:30"), {"answer": 5 * HOUR})
        assert [clock.subject_id for clock in soon] == [3, 4], "4.5 h left, 5 h are usual; 2 is late"

    def test_the_list_is_of_the_own_markets_and_the_earliest_due_comes_first(self):
        start(1, at("2026-03-02 12:00"))
        start(2, at("2026-03-02 09:00"))
        start(3, at("2026-03-02 06:00"), market="KE")
        due = clocks_due(LEAD, at("2026-03-02 10:00"))
        assert [clock.subject_id for clock in due] == [2, 1]
        assert not clocks_due(LEAD, MONDAY, {"market": "KE"})

    def test_states_filter_by_what_is_so_now(self):
        for number in (1, 2, 3):
            start(number)
        self.pause("2026-03-02 10:00", number=2)
        self.meet("2026-03-02 10:00", 3)

        def found(state: str, when: str) -> list[int]:
            return [clock.subject_id for clock in clocks_due(LEAD, at(when), {"state": state})]

        assert [found(state, "2026-03-02 11:00") for state in ("running", "paused", "breached")] == [
            [1],
            [2],
            [],
        ]
        assert [found(state, "2026-03-02 18:00") for state in ("running", "paused", "breached")] == [
            [],
            [2],
            [1],
        ]

    def test_the_earliest_clock_of_each_thing_drives_it(self):
        start(1)
        start(1, kind="outside")
        found = earliest_of("thing", [1, 2])
        assert {number: clock.kind for number, clock in found.items()} == {1: "answer"}

    def test_the_arithmetic_is_told(self):
        told = standing(start(1), MONDAY).arithmetic
        assert "within 8 h of open time" in told
        assert "calendar GH version 1" in told
        assert told.endswith("Due Mon 2 Mar 16:00 (Africa/Accra).")


class Guards(WithClocks):
    """What the database refuses, whoever asks."""

    def test_facts_that_cannot_be(self):
        clock = start(1)
        for change in (
            {"ended_as": "met"},
            {"ended_as": "gone", "ended_at": MONDAY},
            {"paused_at": MONDAY},
            {"start_at": MONDAY + timedelta(days=1)},
            {"ended_as": "merged", "ended_at": MONDAY},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Clock.objects.filter(pk=clock.pk).update(**change)

    def test_one_open_clock_of_a_kind_and_one_pause_at_once(self):
        clock = start(1)
        clock.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            clock.save(force_insert=True)
        self.pause("2026-03-02 10:00")
        with pytest.raises(IntegrityError), transaction.atomic():
            ClockPause.objects.create(
                clock=the(), reason="x", at=MONDAY, ends_by=MONDAY + timedelta(1), paused_by="system:tests"
            )
