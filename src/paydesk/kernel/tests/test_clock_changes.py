"""When the clocks are moved next, and where they never are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from paydesk.kernel.clock_changes import next_clock_change


def test_the_next_change_is_found_to_the_second_both_ways():
    spring = next_clock_change("Europe/Berlin", datetime(2026, 1, 10, 12, 30, tzinfo=UTC))
    assert spring is not None
    assert (spring.at, spring.by) == (datetime(2026, 3, 29, 1, tzinfo=UTC), timedelta(hours=1))
    autumn = next_clock_change("Europe/Berlin", spring.at)
    assert autumn is not None
    assert (autumn.at, autumn.is_forward) == (datetime(2026, 10, 25, 1, tzinfo=UTC), False)


def test_where_the_clocks_stay_there_is_none():
    for zone in ("Africa/Accra", "Africa/Nairobi", "UTC"):
        assert next_clock_change(zone, datetime(2026, 1, 10, tzinfo=UTC)) is None
