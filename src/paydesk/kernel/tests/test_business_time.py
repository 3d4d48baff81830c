"""Business time: properties on random calendars, and the cases other desks got wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.kernel.business_time import (
    WEEKDAYS,
    Calendar,
    Hours,
    NoOpenTimeError,
    always_open,
    read_hours,
    weekly,
)

HOUR = 3600
OFFICE = {day: ["08:00-12:00", "13:00-17:00"] for day in WEEKDAYS[:5]}
ZONES = ["UTC", "Africa/Accra", "Africa/Nairobi", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]
FIRST = datetime(2026, 1, 1, tzinfo=UTC)

moments = st.integers(0, 500 * 86_400).map(lambda second: FIRST + timedelta(seconds=second))
spans = st.builds(
    Hours,
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.times().map(lambda t: t.replace(microsecond=0)),
)
days = st.dates(date(2025, 12, 25), date(2027, 6, 30))
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES),
    st.lists(st.lists(spans, max_size=3).map(tuple), min_size=7, max_size=7)
    .filter(lambda week: any(week))
    .map(tuple),
    st.frozensets(days, max_size=5),
    st.frozensets(days, max_size=3),
    st.dictionaries(days, st.lists(spans, max_size=2).map(tuple), max_size=3),
)
targets = st.integers(0, 30 * HOUR)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def office(zone: str = "UTC", **days: object) -> Calendar:
    return weekly(zone, OFFICE, **days)


@given(calendars, moments, targets)
@settings(max_examples=40, deadline=None)
def test_what_has_passed_at_the_deadline_is_the_target(calendar, start, target):
    due = calendar.deadline(start, target)
    assert calendar.open_seconds(start, due) == target
    if target:
        assert calendar.open_seconds(start, due - timedelta(seconds=1)) == target - 1, "not a second too late"


@given(calendars, moments, moments, targets, targets)
@settings(max_examples=40, deadline=None)
def test_a_later_start_and_a_longer_target_are_never_due_earlier(calendar, one, two, some, more):
    start, later = sorted((one, two))
    target, longer = sorted((some, more))
    due = calendar.deadline(start, target)
    assert due <= calendar.deadline(start, longer)
    assert target == 0 or due <= calendar.deadline(later, target)


@given(calendars, moments, moments, moments)
@settings(max_examples=40, deadline=None)
def test_open_time_adds_up_and_is_never_more_than_time(calendar, one, two, three):
    a, b, c = sorted((one, two, three))
    assert calendar.open_seconds(a, b) + calendar.open_seconds(b, c) == calendar.open_seconds(a, c)
    assert 0 <= calendar.open_seconds(a, c) <= (c - a).total_seconds()
    assert calendar.open_seconds(c, a) == 0


@given(calendars, moments, st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_the_end_of_a_business_day_is_open_time_away_and_days_are_in_order(calendar, start, number):
    end = calendar.end_of_day(start, number)
    assert end > start
    assert end < calendar.end_of_day(start, number + 1)
    assert calendar.is_open(end - timedelta(seconds=1))


@given(calendars, moments)
@settings(max_examples=40, deadline=None)
def test_open_now_is_one_second_of_open_time(calendar, moment):
    assert calendar.is_open(moment) == (calendar.open_seconds(moment, moment + timedelta(seconds=1)) == 1)


def test_several_intervals_leave_out_the_lunch():
    assert office().deadline(at("2026-03-02 11:30"), HOUR) == at("2026-03-02 13:30")
    assert office().open_seconds(at("2026-03-02 00:00"), at("2026-03-03 00:00")) == 8 * HOUR


def test_created_outside_hours_starts_at_the_next_opening():
    assert office().deadline(at("2026-03-06 18:00"), HOUR) == at("2026-03-09 09:00")
    assert office().deadline(at("2026-03-06 17:00"), 1) == at("2026-03-09 08:00:01")


def test_a_target_that_ends_with_the_day_is_due_at_the_closing_and_not_at_the_next_opening():
    assert office().deadline(at("2026-03-06 16:00"), HOUR) == at("2026-03-06 17:00")


def test_a_holiday_does_not_count_and_a_start_on_one_waits():
    calendar = office("Africa/Accra", holidays=[date(2026, 3, 6)])
    assert calendar.deadline(at("2026-03-06 09:00"), HOUR) == at("2026-03-09 09:00")
    assert not calendar.is_open(at("2026-03-06 09:00"))
    assert calendar.local_date(at("2026-03-06 09:00")) == date(2026, 3, 6)


def test_a_day_may_be_open_or_closed_against_the_rule():
    saturday, monday = date(2026, 3, 7), date(2026, 3, 9)
    calendar = office(open_days={saturday: ["09:00-11:00"]}, closed_days=[monday], holidays=[saturday])
    assert calendar.deadline(at("2026-03-06 17:30"), 2 * HOUR) == at("2026-03-07 11:00")
    assert calendar.deadline(at("2026-03-07 11:00"), 1) == at("2026-03-10 08:00:01")


def test_an_interval_across_midnight_belongs_to_the_day_on_which_it_begins():
    nights = weekly("UTC", {"mon": ["22:00-06:00"], "tue": ["22:00-06:00"]}, holidays=[date(2026, 3, 3)])
    assert nights.open_seconds(at("2026-03-02 00:00"), at("2026-03-09 00:00")) == 8 * HOUR
    assert nights.is_open(at("2026-03-03 05:59:59"))
    assert not nights.is_open(at("2026-03-03 06:00"))
    assert nights.deadline(at("2026-03-02 23:00"), 7 * HOUR) == at("2026-03-03 06:00")


def test_the_night_the_clocks_go_forward_is_an_hour_shorter():
    nights = weekly("Europe/Berlin", {"sat": ["22:00-06:00"], "sun": ["02:15-02:45"]})
    assert nights.open_seconds(at("2026-03-28 12:00"), at("2026-03-29 12:00")) == 7 * HOUR
    assert nights.deadline(at("2026-03-28 22:00", "Europe/Berlin"), 5 * HOUR) == at("2026-03-29 02:00")
    skipped = weekly("Europe/Berlin", {"sun": ["02:15-02:45", "03:00-04:00"]})
    assert skipped.open_seconds(at("2026-03-29 00:00"), at("2026-03-30 00:00")) == HOUR


def test_the_night_the_clocks_go_back_is_an_hour_longer():
    nights = weekly("Europe/Berlin", {"sat": ["22:00-06:00"]})
    assert nights.open_seconds(at("2026-10-24 12:00"), at("2026-10-25 12:00")) == 9 * HOUR
    assert always_open("Europe/Berlin").end_of_day(at("2026-10-25 12:00"), 0) == at("2026-10-25 23:00")
    halves = weekly("Europe/Berlin", {"sun": ["01:00-02:30", "02:30-04:00"]})
    assert halves.open_seconds(at("2026-10-24 12:00"), at("2026-10-26 00:00")) == 4 * HOUR


def test_the_office_day_is_the_same_length_on_both_sides_of_a_change():
    calendar = office("Europe/Berlin")
    friday, monday = at("2026-03-27 16:00", "Europe/Berlin"), at("2026-03-30 09:00", "Europe/Berlin")
    assert calendar.deadline(friday, 2 * HOUR) == monday
    assert monday - friday == timedelta(hours=65), "aware times of one zone subtract by the wall"
    assert monday.astimezone(UTC) - friday.astimezone(UTC) == timedelta(hours=64)


def test_a_business_day_ends_at_the_cut_off_and_what_comes_after_it_counts_as_come_the_next_day():
    calendar, cut_off = office(holidays=[date(2026, 3, 3)]), time(16)
    assert calendar.end_of_day(at("2026-03-02 10:00"), 0, cut_off) == at("2026-03-02 16:00")
    assert calendar.end_of_day(at("2026-03-02 10:00"), 1, cut_off) == at("2026-03-04 16:00")
    assert calendar.end_of_day(at("2026-03-02 16:00"), 0, cut_off) == at("2026-03-04 16:00")
    assert calendar.end_of_day(at("2026-03-07 10:00"), 1) == at("2026-03-10 17:00")
    assert calendar.end_of_day(at("2026-03-02 10:00"), 0, time(18)) == at("2026-03-02 17:00")


def test_hours_that_overlap_through_another_day_count_once():
    calendar = Calendar("UTC", (read_hours(["22:00-06:00"]), read_hours(["05:00-09:00"]), (), (), (), (), ()))
    assert calendar.open_seconds(at("2026-03-02 00:00"), at("2026-03-04 00:00")) == 11 * HOUR


def test_round_the_clock_is_a_calendar():
    assert always_open().deadline(at("2026-02-28 23:59:59"), 86_400) == at("2026-03-01 23:59:59")
    assert str(Hours.read("00:00-24:00")) == "00:00-24:00"


def test_parts_of_a_second_do_not_count():
    start = at("2026-03-02 09:00:00").replace(microsecond=999_999)
    assert office().deadline(start, 1) == at("2026-03-02 09:00:01")


@pytest.mark.parametrize(
    "shut",
    [
        weekly("UTC", {}),
        Calendar(
            "UTC", weekly("UTC", OFFICE).week, frozenset(date(2026, 3, 2) + timedelta(n) for n in range(500))
        ),
    ],
)
def test_without_open_time_ahead_it_fails_instead_of_searching_for_ever(shut):
    for ask in (
        lambda: shut.deadline(at("2026-03-02 00:00"), 1),
        lambda: shut.end_of_day(at("2026-03-02 00:00"), 0),
        lambda: shut.check_open_ahead(at("2026-03-02 00:00")),
    ):
        with pytest.raises(NoOpenTimeError, match="opening hours"):
            ask()


def test_a_target_beyond_all_reason_ends_as_well():
    one_minute = weekly("UTC", {"mon": ["08:00-08:01"]})
    with pytest.raises(NoOpenTimeError):
        one_minute.deadline(FIRST, 10**7)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({"monday": ["08:00-17:00"]}, "not a weekday"),
        ({"mon": ["8-17"]}, "not a span"),
        ({"mon": ["18-20"]}, "not a span"),
        ({"mon": ["08:00-25:00"]}, "not a span"),
        ({"mon": ["08:00-12:00", "11:00-17:00"]}, "overlap"),
        ({"mon": ["22:00-06:00", "23:00-23:30"]}, "overlap"),
    ],
)
def test_hours_that_make_no_sense_are_refused_in_words(hours, words):
    with pytest.raises(ValueError, match=words):
        weekly("UTC", hours)


def test_an_unknown_zone_and_a_moment_without_one_are_refused():
    with pytest.raises(ValueError, match="not a time zone"):
        weekly("Africa/Nowhere", OFFICE)
    with pytest.raises(ValueError, match="time zone"):
        office().deadline(datetime(2026, 3, 2, 9), 1)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="negative"):
        office().deadline(FIRST, -1)


def test_earlier_weeks_hold_until_their_day_and_change_nothing_before_it():
    early = {"mon": ["08:00-12:00"], "tue": ["08:00-12:00"]}
    late = {"mon": ["10:00-18:00"], "tue": ["10:00-18:00"]}
    calendar = weekly("UTC", late, earlier=[(date(2026, 3, 9), early)])
    assert calendar.open_seconds(at("2026-03-02 00:00"), at("2026-03-09 00:00")) == 8 * 3600
    assert calendar.open_seconds(at("2026-03-09 00:00"), at("2026-03-16 00:00")) == 16 * 3600
    assert calendar.deadline(at("2026-03-03 11:00"), 2 * 3600) == at("2026-03-09 11:00")
    with pytest.raises(ValueError, match="not a weekday"):
        weekly("UTC", late, earlier=[(date(2026, 3, 9), {"noday": ["08:00-12:00"]})])
