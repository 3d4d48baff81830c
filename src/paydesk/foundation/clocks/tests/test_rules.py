"""Planning a clock: properties on random pauses, and the cases other desks got wrong."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.rules import Pause, Step, Terms, due_of, step_times, target_of
from paydesk.kernel.business_time import WEEKDAYS, always_open, weekly

HOUR = 3600
OFFICE = weekly("Africa/Accra", {day: ["08:00-12:00", "13:00-17:00"] for day in WEEKDAYS[:5]})
BERLIN = weekly("Europe/Berlin", {day: ["22:00-06:00"] for day in WEEKDAYS})
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)

seconds = st.integers(0, 20 * 86_400)
calendars = st.sampled_from([OFFICE, BERLIN, always_open()])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def after(start: datetime, number: int) -> datetime:
    return start + timedelta(seconds=number)


@st.composite
def plans(draw):
    """A calendar, a start, a target, and pauses one after the other."""
    start = after(MONDAY, draw(seconds))
    edges = sorted(draw(st.lists(seconds, max_size=6)))
    pauses = [Pause(after(start, a), after(start, b)) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    return draw(calendars), start, draw(st.integers(1, 60 * HOUR)), pauses


@given(plans(), st.integers(0, 5 * 86_400))
@settings(max_examples=50, deadline=None)
def test_pausing_open_seconds_moves_the_due_time_by_exactly_as_many(plan, length):
    calendar, start, target, _ = plan
    due = calendar.deadline(start, target)
    pause = Pause(start + (due - start) / 2, after(start + (due - start) / 2, length))
    moved = due_of(calendar, start, target, [pause])
    assert calendar.open_seconds(due, moved) == calendar.open_seconds(pause.at, pause.until)
    if not calendar.open_seconds(pause.at, pause.until):
        assert moved == due, "closed time cannot be paused"


@given(plans())
@settings(max_examples=50, deadline=None)
def test_what_counts_until_the_due_time_is_the_target(plan):
    calendar, start, target, pauses = plan
    due = due_of(calendar, start, target, pauses)
    counted = [pause for pause in pauses if pause.at < due]
    assert rules.elapsed(calendar, start, counted, due) == target


@given(plans(), st.integers(1, HOUR))
@settings(max_examples=50, deadline=None)
def test_a_longer_target_or_another_pause_never_brings_the_due_time_forward(plan, more):
    calendar, start, target, pauses = plan
    due = due_of(calendar, start, target, pauses)
    assert due <= due_of(calendar, start, target + more, pauses)
    assert due >= due_of(calendar, start, target, pauses[:-1])


@given(plans(), st.lists(st.integers(1, 200), unique=True, max_size=4))
@settings(max_examples=50, deadline=None)
def test_shares_of_the_target_fall_in_order_and_all_of_it_at_the_due_time(plan, percents):
    calendar, start, target, pauses = plan
    due = due_of(calendar, start, target, pauses)
    steps = [Step(str(percent), "owner", percent=percent) for percent in {*percents, 100}]
    times = step_times(calendar, start, target, due, pauses, steps)
    assert {step.percent: when for when, step in times}[100] == due
    assert [when for when, _ in times] == sorted(when for when, _ in times)
    by_share = sorted(times, key=lambda each: each[1].percent)
    assert [when for when, _ in by_share] == sorted(when for when, _ in times)


def test_a_pause_across_the_weekend_moves_only_by_its_open_hours():
    friday = at("2026-03-06 15:00")
    pause = Pause(at("2026-03-06 16:00"), at("2026-03-09 09:00"))
    assert due_of(OFFICE, friday, 2 * HOUR, []) == at("2026-03-06 17:00")
    assert due_of(OFFICE, friday, 2 * HOUR, [pause]) == at("2026-03-09 10:00")
    assert due_of(OFFICE, friday, 2 * HOUR, [Pause(at("2026-03-07 00:00"), at("2026-03-08 00:00"))]) == at(
        "2026-03-06 17:00"
    )


def test_what_is_late_cannot_be_paused_back():
    due = due_of(OFFICE, at("2026-03-02 08:00"), HOUR, [])
    late = Pause(at("2026-03-02 09:00"), at("2026-03-05 09:00"))
    assert due_of(OFFICE, at("2026-03-02 08:00"), HOUR, [late]) == due == at("2026-03-02 09:00")


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [("2026-03-28 21:00", 7, "2026-03-29 04:00"), ("2026-10-24 20:00", 9, "2026-10-25 05:00")],
)
def test_the_night_on_which_the_clocks_change_counts_the_hours_it_has(start, hours, due):
    assert due_of(BERLIN, at(start), hours * HOUR, []) == at(due)
    pause = Pause(at(start) + timedelta(hours=1), at(start) + timedelta(hours=2))
    assert due_of(BERLIN, at(start), hours * HOUR, [pause]) == at(due) + timedelta(hours=17)


def test_a_business_day_becomes_open_seconds_once_from_the_original_start():
    terms = Terms(target_days=1, cut_off=time(16))
    start = at("2026-03-06 10:00")  # a Friday
    target = target_of(terms, OFFICE, start)
    assert target == (2 + 4) * HOUR + (4 + 3) * HOUR
    assert due_of(OFFICE, start, target, []) == at("2026-03-09 16:00")
    assert target_of(terms, OFFICE, at("2026-03-07 12:00")) == (8 + 7) * HOUR


def test_steps_stand_at_shares_and_at_minutes_around_the_due_time():
    steps = [
        Step("late", "FC", minutes=60), Step("half", "owner", percent=50), Step("near", "TL", minutes=-30),
        Step("due", "TL", minutes=0),
    ]  # fmt: skip
    start = at("2026-03-02 15:00")
    times = step_times(OFFICE, start, 4 * HOUR, at("2026-03-03 10:00"), [], steps)
    assert [(f"{when:%d %H:%M}", step.key) for when, step in times] == [
        ("02 17:00", "half"), ("03 09:30", "near"), ("03 10:00", "due"), ("03 11:00", "late"),
    ]  # fmt: skip
    assert [step.words for step in steps] == [
        "1 h after it was due", "50 % of the time is used", "30 min before it is due", "it is due",
    ]  # fmt: skip


def test_a_step_never_falls_before_the_start():
    ((when, _),) = step_times(always_open(), MONDAY, 60, after(MONDAY, 60), [], [Step("x", "TL", minutes=-5)])
    assert when == MONDAY


class TestState:
    facts = {
        "ended_as": "", "ended_at": None, "due_at": at("2026-03-02 12:00"), "breached_at": None,
        "paused_until": None,
    }  # fmt: skip

    @pytest.mark.parametrize(
        ("changes", "now", "state"),
        [
            ({}, "11:00", "running"),
            ({}, "12:00", "running"),
            ({}, "12:01", "breached"),
            ({"paused_until": at("2026-03-02 10:00")}, "09:00", "paused"),
            ({"paused_until": at("2026-03-02 10:00")}, "10:00", "running"),
            ({"ended_as": "met", "ended_at": at("2026-03-02 11:00")}, "23:00", "met"),
            ({"ended_as": "met", "ended_at": at("2026-03-02 12:00")}, "23:00", "met"),
            ({"ended_as": "met", "ended_at": at("2026-03-02 12:01")}, "23:00", "breached"),
            ({"breached_at": at("2026-03-02 09:00")}, "09:30", "breached"),
            (
                {"breached_at": at("2026-03-02 09:00"), "ended_as": "waived", "ended_at": MONDAY},
                "12:30",
                "waived",
            ),
            ({"ended_as": "merged", "ended_at": MONDAY}, "12:30", "merged"),
        ],
    )
    def test_it_comes_from_the_facts_alone(self, changes, now, state):
        assert rules.state_of(**{**self.facts, **changes}, now=at(f"2026-03-02 {now}")) == state


def test_reopening_within_the_grace_includes_its_last_second():
    assert rules.may_reopen(MONDAY, 60, after(MONDAY, 60))
    assert not rules.may_reopen(MONDAY, 60, after(MONDAY, 61))


def test_compliance_leaves_out_what_was_waived_and_says_nothing_of_nothing():
    assert rules.compliance_bps(2, 1) == 6666
    assert rules.compliance_bps(0, 0) is None
    assert [rules.percent_used(100, used) for used in (-5, 0, 50, 200)] == [0, 0, 50, 100]
    assert rules.percent_used(0, 5) == 100


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Terms(), "one of both"),
        (lambda: Terms(target_seconds=60, target_days=1), "one of both"),
        (lambda: Terms(target_seconds=0), "before anybody can act"),
        (lambda: Terms(target_days=-1), "not negative"),
        (lambda: Terms(target_seconds=60, cut_off=time(16)), "business days"),
        (lambda: Terms(target_seconds=60, pauses={"customer": 0}), "not none"),
        (
            lambda: Terms(target_seconds=60, steps=(Step("a", "TL", percent=1), Step("a", "TL", percent=2))),
            "own",
        ),
        (lambda: Step("a", "TL"), "either"),
        (lambda: Step("a", "TL", percent=1, minutes=1), "either"),
        (lambda: Step("a", "boss", percent=1), "goes to one of"),
        (lambda: Step("a", "TL", percent=0), "between"),
        (lambda: Step("", "TL", percent=1), "key"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_in_words(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_policy_says_what_it_promises():
    assert Terms(target_days=1, cut_off=time(16)).words == "by 16:00, 1 day later"
    assert Terms(target_days=0).words == "by closing time of the same day"
    assert Terms(target_seconds=5400).words == "within 90 min of open time"
    assert Terms(target_seconds=2 * 86_400).words == "within 2 days of open time"
