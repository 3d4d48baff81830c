"""Calendars and policies in versions, due times by hand, waiving, acknowledging: who may, what stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.clocks import actions, kinds
from paydesk.foundation.clocks.invariants import INVARIANTS
from paydesk.foundation.clocks.models import CalendarVersion, Clock, Escalation
from paydesk.foundation.clocks.queries import clocks_due, state_at, terms_of, versions_of_policy
from paydesk.foundation.clocks.rules import Step, Terms
from paydesk.foundation.clocks.steps import ClockRefused
from paydesk.foundation.clocks.tests.desk import (
    ADMINISTRATOR,
    ANSWER,
    HOUR,
    LEAD,
    MONDAY,
    WORKER,
    at,
    start,
    the,
)
from paydesk.foundation.clocks.tests.test_steps import WithClocks
from paydesk.foundation.clocks.told import arithmetic, pause_rows, spans_of
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused

TEN = at("2026-03-02 10:00")
SPLIT = {day: ["08:00-12:00", "14:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


class Verbs(WithClocks):
    def fire(self, when: str) -> list[str]:
        told: list[dict] = []
        actions.fire_escalations(announce=told.extend, by=WORKER, now=at(when))
        return [each["step"] for each in told]

    def records(self, verb: str) -> list[AuditRecord]:
        return list(AuditRecord.objects.filter(verb=verb))


class SetCalendar(Verbs):
    def set(self, name: str = "GH", by=ADMINISTRATOR, now=TEN, **fields) -> CalendarVersion:
        return actions.set_calendar(name, by=by, now=now, **fields)

    def test_a_new_version_plans_open_clocks_again_from_their_start_and_leaves_the_others(self):
        start(1)
        start(2)
        start(3, at("2026-02-27 08:00"))
        self.meet("2026-03-02 09:00", 2)
        new = self.set(hours=SPLIT)
        assert (the(1).due_at, the(1).calendar) == (at("2026-03-02 18:00"), new)
        assert the(2).calendar.version == 1, "it ended"
        late = the(3)
        assert (late.calendar.version, late.breached_at) == (1, at("2026-02-27 16:00")), "it was late"
        assert the(1).due_at > the(2).due_at
        (record,) = self.records("calendar.changed")
        assert record.changes == {"version": [1, 2], "changed": ["hours"], "clocks": 1}

    def test_what_is_not_given_stays_and_nothing_new_is_no_new_version(self):
        start(1)
        first = CalendarVersion.objects.get(name="GH")
        second = self.set(closed_days={"2026-03-03": "Stock count"})
        assert (second.hours, second.holidays, second.zone) == (first.hours, first.holidays, first.zone)
        assert self.set(closed_days={"2026-03-03": "Stock count"}) == second
        assert CalendarVersion.objects.filter(name="GH").count() == 2

    def test_hours_that_make_no_sense_are_refused_and_nothing_changes(self):
        start(1)
        for hours, words in (
            ({}, "no open time ahead"),
            ({"mon": ["8 to 5"]}, "not a span"),
            ({"mon": ["08:00-12:00", "11:00-13:00"]}, "overlap"),
            ({"monday": ["08:00-12:00"]}, "weekday"),
        ):
            with pytest.raises(ClockRefused, match=words):
                self.set(hours=hours)
        with pytest.raises(ClockRefused, match="time zone"):
            self.set(zone="Africa/Nowhere")
        with pytest.raises(ClockRefused, match="no calendar called XX"):
            self.set("XX", hours=SPLIT)
        assert CalendarVersion.objects.count() == 1
        assert the(1).due_at == at("2026-03-02 16:00")

    def test_only_who_manages_settings_may(self):
        with pytest.raises(NotAllowedRefused):
            self.set(hours=SPLIT, by=LEAD)

    def test_a_version_is_never_changed(self):
        start(1)
        for sql in ("UPDATE clocks_calendar SET zone = 'UTC'", "DELETE FROM clocks_policy"):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)

    def test_holidays_of_years_to_come_are_added_before_they_are_needed(self):
        start(1)
        self.set(holidays={"2026-03-06": "Independence Day", "2026-12-24": "Ours"})
        assert actions.extend_calendars(by=WORKER, now=at("2026-11-01 08:00")) == ["GH"]
        known = CalendarVersion.objects.filter(name="GH").latest("version").holidays
        assert known["2026-12-24"] == "Ours"
        assert "2026-12-25" not in known, "a known year stays as it was set"
        assert {"2027-12-25", "2028-12-25", "2029-12-25"} <= set(known)
        assert actions.extend_calendars(by=WORKER, now=at("2026-11-02 08:00")) == []

    def test_a_policy_nobody_set_follows_what_the_desk_is_delivered_with(self):
        older = replace(ANSWER.terms, pauses={})
        kinds.declare(replace(ANSWER, terms=older))
        start(1)
        kinds.declare(ANSWER)
        assert actions.follow_delivered_policies(by=WORKER, now=TEN) == ["answer"]
        clock = the(1)
        assert (clock.policy.version, clock.policy.pauses, clock.policy.steps[0]["key"]) == (
            2, ANSWER.terms.pauses, "half",
        )  # fmt: skip
        assert clock.due_at == at("2026-03-02 16:00"), "no time is lost or won"
        actions.pause_clock(clock.pk, reason="customer", note="Asked for the slip", by=LEAD, now=TEN)
        assert actions.follow_delivered_policies(by=WORKER, now=TEN) == []
        actions.set_policy("answer", older, by=ADMINISTRATOR, now=TEN)
        assert actions.follow_delivered_policies(by=WORKER, now=TEN) == [], "a person said otherwise"

    def test_new_hours_from_a_day_on_leave_the_past_as_it_was(self):
        start(1, at("2026-03-02 15:00"))
        new = self.set(hours=SPLIT, from_on=date(2026, 3, 3))
        assert [each["until"] for each in new.earlier] == ["2026-03-03"]
        assert the(1).due_at == at("2026-03-03 16:00"), "2 h on Monday by the old hours, 6 by the new"
        later = self.set(hours={"wed": ["08:00-17:00"]}, from_on=date(2026, 3, 9))
        sooner = self.set(hours=SPLIT, from_on=date(2026, 3, 5))
        assert [each["until"] for each in later.earlier] == ["2026-03-03", "2026-03-09"]
        assert sooner.earlier == [later.earlier[0], {"until": "2026-03-05", "hours": SPLIT}], (
            "instead of the 9th"
        )
        (first, *_) = self.records("calendar.changed")
        assert first.changes["from_on"] == "2026-03-03"

    def test_what_is_past_is_not_changed(self):
        start(1)
        for fields, words in (
            ({"hours": SPLIT, "from_on": date(2026, 3, 1)}, "1 March 2026 is past"),
            ({"closed_days": {"2026-02-27": "Ours"}}, "2026-02-27 is past"),
            ({"holidays": {}}, "2025-01-01 is past"),
            ({"zone": "Africa/Lagos"}, "would change the past"),
        ):
            with pytest.raises(ClockRefused, match=words):
                self.set(**{"from_on": date(2026, 3, 2), **fields})
        self.set(closed_days={"2026-03-02": "Ours"}, from_on=date(2026, 3, 2))
        assert the(1).due_at == at("2026-03-03 16:00"), "today may close"


class SetPolicy(Verbs):
    def test_from_a_moment_to_come_it_holds_for_clocks_that_start_then(self):
        start(1, at("2026-03-03 09:00"))
        new = self.set(Terms(target_seconds=HOUR), holds_from=at("2026-03-04 00:00"))
        assert (the(1).target_seconds, the(1).policy.version) == (8 * HOUR, 1)
        assert start(2, at("2026-03-03 10:00")).policy.version == 1
        with pytest.raises(ClockRefused, match="begins in the past"):
            self.set(Terms(target_seconds=HOUR), holds_from=TEN)
        assert [each.version for each in versions_of_policy("answer", "")] == [2, 1]
        sql = next(sql for name, _, sql in INVARIANTS if name == "open_clocks_go_by_the_newest_versions")
        now = self.set(Terms(target_seconds=2 * HOUR), now=at("2026-03-03 10:30"))
        assert the(1).policy == the(2).policy == now, "at once, until the one to come"
        assert start(3, at("2026-03-04 08:00")).policy == new
        with connection.cursor() as cursor:
            cursor.execute(sql.replace("now()", "'2026-03-03 10:40Z'::timestamptz"))
            assert cursor.fetchall() == []

    def set(self, terms: Terms, by=ADMINISTRATOR, now=TEN, **fields):
        return actions.set_policy("answer", terms, by=by, now=now, **fields)

    def test_an_edit_mid_flight_plans_from_the_original_start_less_the_pauses(self):
        start(1)
        start(2)
        self.pause("2026-03-02 09:00", number=2)
        self.resume("2026-03-02 11:00", number=2)
        new = self.set(Terms(target_seconds=4 * HOUR), now=at("2026-03-02 11:30"))
        assert [the(n).due_at for n in (1, 2)] == [at("2026-03-02 12:00"), at("2026-03-02 14:00")]
        assert the(1).policy == new
        (record,) = self.records("policy.changed")
        assert (record.changes["target_seconds"], record.changes["clocks"]) == ([8 * HOUR, 4 * HOUR], 2)

    def test_a_breach_stays_with_the_policy_it_broke(self):
        start(1)
        self.set(Terms(target_seconds=40 * HOUR), now=at("2026-03-02 16:30"))
        clock = the(1)
        assert (state_at(clock, at("2026-03-02 16:30")), clock.policy.version) == ("breached", 1)
        assert clock.due_at == at("2026-03-02 16:00")

    def test_a_market_may_have_its_own_and_the_general_one_leaves_it_alone(self):
        start(1)
        start(2, market="KE")
        self.set(Terms(target_seconds=HOUR), market="GH", now=MONDAY)
        assert (the(1).due_at, the(2).target_seconds) == (at("2026-03-02 09:00"), 8 * HOUR)
        self.set(Terms(target_seconds=2 * HOUR), now=MONDAY)
        assert (the(1).target_seconds, the(2).target_seconds) == (HOUR, 2 * HOUR)
        assert start(3).target_seconds == HOUR

    def test_steps_that_fired_do_not_fire_again_under_a_new_policy(self):
        start(1)
        assert self.fire("2026-03-02 12:00") == ["half"]
        self.set(
            Terms(
                target_seconds=16 * HOUR,
                steps=(Step("half", "TL", percent=50), Step("near", "TL", percent=90)),
            ),
            now=at("2026-03-02 12:00"),
        )
        assert self.fire("2026-03-03 15:30") == ["near"]

    def test_the_calendar_may_be_another(self):
        start(1)
        self.set(Terms(target_seconds=10 * HOUR), calendar="24x7")
        assert the(1).due_at == at("2026-03-02 18:00")
        assert terms_of(the(1).policy).steps == ()
        with pytest.raises(ClockRefused, match="no calendar called ZZ"):
            self.set(Terms(target_seconds=HOUR), calendar="ZZ")

    def test_only_who_manages_settings_may_and_only_kinds_there_are(self):
        with pytest.raises(NotAllowedRefused):
            self.set(Terms(target_seconds=HOUR), by=LEAD)
        with pytest.raises(ClockRefused, match="no kind of clock"):
            actions.set_policy("nothing", Terms(target_seconds=HOUR), by=ADMINISTRATOR, now=MONDAY)


class PauseByHand(Verbs):
    def pause_it(
        self,
        number: int = 1,
        reason: str = "customer",
        note: str = "Asked for their number",
        by=LEAD,
        when="2026-03-02 10:00",
    ):
        return actions.pause_clock(the(number).pk, reason=reason, note=note, by=by, now=at(when))

    def test_a_pause_moves_the_due_time_and_its_arithmetic_is_told(self):
        start(1)
        clock = self.pause_it()
        assert (clock.pause_reason, clock.paused_until) == ("customer", at("2026-03-10 10:00"))
        actions.resume_clock(clock.pk, by=LEAD, now=at("2026-03-02 13:20"))
        actions.resume_clock(clock.pk, by=LEAD, now=at("2026-03-02 13:30"))
        clock, now = the(1), at("2026-03-02 14:20")
        assert clock.due_at == at("2026-03-03 10:20")
        pauses = pause_rows([clock.pk])[clock.pk]
        assert arithmetic(clock, pauses, now) == (
            "8 h working time; 3 h used; paused 3 h 20 min waiting for the customer; 5 h left."
        )
        spans = spans_of(clock, pauses, now)
        assert [(each.words, each.length, each.is_pause) for each in spans] == [
            ("ran", "2 h", False),
            ("waiting for the customer", "3 h 20 min", True),
            ("ran", "1 h", False),
        ]
        assert (spans[1].note, spans[1].by, spans[2].until) == ("Asked for their number", LEAD.label, None)
        assert "late by 3 h working time, 3 h in all" in arithmetic(clock, pauses, at("2026-03-03 13:20"))
        (paused,), (resumed,) = self.records("clock.paused"), self.records("clock.resumed")
        assert (paused.note, resumed.changes["reason"]) == ("Asked for their number", "customer")

    def test_a_pause_that_goes_on_is_told_as_such(self):
        start(1)
        clock = self.pause_it()
        (_, waits) = spans_of(clock, pause_rows([clock.pk])[clock.pk], at("2026-03-02 11:00"))
        assert (waits.until, waits.length) == (None, "1 h")

    def test_refusals_and_nothing_changes(self):
        for number, day in ((1, "2026-03-02"), (2, "2026-02-24")):
            start(number, at(f"{day} 08:00"))
        start(3)
        self.set_by_hand(3)
        for options, words in (
            ({"reason": "provider"}, "only while closed, waiting for the customer"),
            ({"note": " "}, "Say why"),
            ({"number": 2}, "is breached"),
            ({"number": 3}, "set by hand"),
        ):
            with pytest.raises(ClockRefused, match=words):
                self.pause_it(**options)
        with pytest.raises(NotAllowedRefused):
            self.pause_it(by=Actor("person", 7, "QA", rights_of(["QA"]), None))
        with pytest.raises(NotAllowedRefused):
            self.pause_it(by=Actor("person", 8, "AN", rights_of(["AN"]), frozenset({"KE"})))
        assert not self.records("clock.paused")

    def set_by_hand(self, number: int) -> None:
        actions.set_due(
            the(number).pk, at("2026-03-04 12:00"), reason="Agreed", by=LEAD, now=at("2026-03-02 09:00")
        )


class ByHand(Verbs):
    def set_due(
        self, when: str, number: int = 1, reason: str = "Agreed with them", by=LEAD, kind: str = "answer"
    ):
        return actions.set_due(
            the(number, kind).pk, at(when), reason=reason, by=by, now=at("2026-03-02 10:00")
        )

    def test_a_due_time_by_hand_stands_whatever_is_paused_or_planned(self):
        start(1)
        self.set_due("2026-03-04 12:00")
        assert self.pause("2026-03-02 11:00") == 0
        actions.set_policy(
            "answer",
            Terms(target_seconds=HOUR),
            by=ADMINISTRATOR,
            now=at("2026-03-02 12:00"),
        )
        clock = the(1)
        assert (clock.due_at, clock.due_by_hand) == (at("2026-03-04 12:00"), True)
        assert clock.target_seconds == (9 + 9 + 4) * HOUR
        (record,) = self.records("clock.due_set")
        assert (record.note, record.changes["due_at"][1]) == ("Agreed with them", "2026-03-04T12:00:00+00:00")

    def test_it_ends_a_pause(self):
        start(1)
        self.pause("2026-03-02 09:00")
        self.set_due("2026-03-04 12:00")
        assert state_at(the(1), at("2026-03-02 10:00")) == "running"

    def test_refusals_and_nothing_changes(self):
        start(1)
        start(2, at("2026-02-24 08:00"))
        start(3, kind="outside")
        for options, words in (
            ({"when": "2026-03-04 12:00", "reason": " "}, "Say why"),
            ({"when": "2026-03-02 10:00"}, "past"),
            ({"when": "2026-03-04 12:00", "number": 2}, "breached"),
            ({"when": "2026-03-04 12:00", "number": 3, "kind": "outside"}, "second person"),
        ):
            with pytest.raises(ClockRefused, match=words):
                self.set_due(**options)
        with pytest.raises(NotAllowedRefused):
            self.set_due("2026-03-04 12:00", by=ADMINISTRATOR)
        assert not Clock.objects.filter(due_by_hand=True).exists()
        assert AuditRecord.objects.count() == 0

    def test_waiving_takes_it_out_of_the_count_once_with_a_reason(self):
        clock = start(1)

        def waive(reason: str, by=LEAD) -> Clock:
            return actions.waive_clock(clock.pk, reason=reason, by=by, now=at("2026-03-02 18:00"))

        with pytest.raises(ClockRefused, match="Say why"):
            waive("")
        with pytest.raises(NotAllowedRefused):
            waive("No one was hurt", by=ADMINISTRATOR)
        assert (
            waive("Provider was down").ended_why
            == waive("Provider was down").ended_why
            == "Provider was down"
        )
        clock = the(1)
        assert (state_at(clock, at("2026-03-03 10:00")), clock.breached_at) == (
            "waived",
            at("2026-03-02 16:00"),
        )
        assert len(self.records("clock.waived")) == 1
        start(2)
        self.meet("2026-03-02 09:00", 2)
        with pytest.raises(ClockRefused, match="ended already"):
            actions.waive_clock(the(2).pk, reason="Late thought", by=LEAD, now=MONDAY)


class Escalate(Verbs):
    def acknowledge(self, step: str, by=LEAD) -> Escalation:
        found = Escalation.objects.get(step=step)
        return actions.acknowledge_escalation(found.pk, by=by, now=at("2026-03-02 20:00"))

    def test_each_step_fires_once_at_its_time_and_a_breach_is_noted(self):
        start(1)
        times = ("11:59", "12:00", "12:01", "16:01", "18:00", "23:00")
        assert [self.fire(f"2026-03-02 {when}") for when in times] == [
            [], ["half"], [], ["due"], ["late"], [],
        ]  # fmt: skip
        clock = the(1)
        assert (clock.breached_at, clock.next_step_at) == (at("2026-03-02 16:00"), None)
        assert len(self.records("clocks.escalated")) == 3

    def test_what_a_stopped_worker_missed_fires_in_order_once_it_is_back(self):
        start(1)
        assert self.fire("2026-03-09 12:00") == ["half", "due", "late"]
        assert list(Escalation.objects.order_by("due_at").values_list("due_at", flat=True)) == [
            at("2026-03-02 12:00"), at("2026-03-02 16:00"), at("2026-03-02 17:00"),
        ]  # fmt: skip

    def test_a_stopped_worker_hides_no_breach(self):
        start(1)
        (clock,) = clocks_due(LEAD, at("2026-03-02 16:00:01"), {"state": "breached"})
        assert (clock.breached_at, state_at(clock, at("2026-03-02 16:00:01"))) == (None, "breached")

    def test_nothing_falls_in_a_pause_but_its_end_is_told(self):
        start(1)
        self.pause("2026-03-02 11:00", reason="closed")
        assert self.fire("2026-03-02 11:30") == []
        assert self.fire("2026-03-02 12:00") == ["pause_over:20260302T110000"]
        assert self.fire("2026-03-02 13:00") == ["half"]
        assert the(1).due_at == at("2026-03-02 17:00")

    def test_a_person_acknowledges_and_everything_before_it_is_acknowledged_with_it(self):
        start(1)
        self.fire("2026-03-02 16:30")
        assert [clock.pk for clock in clocks_due(LEAD, MONDAY, {"unacknowledged": True})] == [the(1).pk]
        assert self.acknowledge("due").acknowledged_by == LEAD.label
        assert self.acknowledge("due").acknowledged_by == LEAD.label, "twice is once"
        assert not clocks_due(LEAD, MONDAY, {"unacknowledged": True})
        assert self.fire("2026-03-02 18:00") == ["late"]
        assert clocks_due(LEAD, MONDAY, {"unacknowledged": True}).exists()
        assert [record.changes["steps"] for record in self.records("clock.acknowledged")] == [["half", "due"]]

    def test_who_has_it_keeps_it_and_who_may_not_is_refused(self):
        start(1)
        self.fire("2026-03-02 12:30")
        with pytest.raises(NotAllowedRefused):
            self.acknowledge("half", by=ADMINISTRATOR)
        with pytest.raises(NotAllowedRefused):
            self.acknowledge("half", by=Actor("person", 5, "Away", rights_of(["TL"]), frozenset({"KE"})))
        self.acknowledge("half")
        with pytest.raises(ClockRefused, match="Somebody else"):
            self.acknowledge("half", by=Actor("person", 6, "Other", rights_of(["AN"]), frozenset({"GH"})))

    def test_the_invariants_hold_and_find_what_is_bent(self):
        def broken() -> list[str]:
            found = []
            with connection.cursor() as cursor:
                for name, _, sql in INVARIANTS:
                    cursor.execute(sql)
                    found += [name] if cursor.fetchall() else []
            return found

        start(1)
        start(2)
        self.pause("2026-03-02 09:00", number=2)
        self.fire("2026-03-02 18:00")
        self.meet("2026-03-02 19:00", 1)
        assert broken() == []
        for bend, name in (
            ("UPDATE clocks_pause SET until = at", "clock_pauses_fit"),
            ("UPDATE clocks_clock SET breached_at = NULL", "late_clocks_are_breached"),
            ("UPDATE clocks_escalation SET fired_at = due_at - interval '1 s'", "escalations_of_their_time"),
        ):
            with connection.cursor() as cursor:
                cursor.execute(bend)
                assert name in broken()
