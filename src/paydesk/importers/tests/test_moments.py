"""Date and time text to dates and UTC instants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.importers.moments import DateOrder, Moments


@pytest.mark.parametrize(
    ("text", "order", "instant"),
    [
        ("12-03-2024 09:30:00", "dmy", "2024-03-12 06:30:00"),
        ("12/03/2024 09:30", "dmy", "2024-03-12 06:30:00"),
        ("03/12/2024 9:30:00 PM", "mdy", "2024-03-12 18:30:00"),
        ("12-03-2024 12:00:00 AM", "dmy", "2024-03-11 21:00:00"),
        ("12-03-2024 12:00:00 p.m.", "dmy", "2024-03-12 09:00:00"),
        ("2024-03-12 00:30:00", "dmy", "2024-03-11 21:30:00"),
        ("2024-03-12T00:30:00Z", "dmy", "2024-03-12 00:30:00"),
        ("2024-05-14T00:44:57.5142719Z", "ymd", "2024-05-14 00:44:57.514271"),
        ("2024-03-12 00:30:00+01:00", "ymd", "2024-03-11 23:30:00"),
        ("20240312093000", "dmy", "2024-03-12 06:30:00"),
        ("12.03.2024 09:30:00", "dmy", "2024-03-12 06:30:00"),
        ("12 Mar 2024 09:30:00", "mdy", "2024-03-12 06:30:00"),
        ("Mar 12, 2024 09:30", "dmy", "2024-03-12 06:30:00"),
        ("12-Mar-24, 09:30", "dmy", "2024-03-12 06:30:00"),
        ("24-03-12 09:30", "ymd", "2024-03-12 06:30:00"),
    ],
)
def test_moments_of_nairobi(text: str, order: DateOrder, instant: str) -> None:
    moments = Moments(order, "Africa/Nairobi")
    for _ in range(2):  # the second one may come from what was remembered
        assert moments.read(text)[0] == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_a_date_without_a_time_has_no_instant() -> None:
    assert Moments("dmy", "Africa/Accra").read("01/02/2024") == (None, date(2024, 2, 1))
    assert Moments("mdy", "Africa/Accra").read("01/02/2024") == (None, date(2024, 1, 2))


@pytest.mark.parametrize(
    "text",
    [
        "", "31/02/2024", "13/13/2024", "2024", "yesterday", "12-03-2024 25:00", "12-03-2024 13:00 PM",
        "12-03-2024 later", "99/99/9999", "12-03-1024", "12-03-2024x09:30:00", "1" * 60,
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    moments = Moments("dmy", "Africa/Nairobi")
    moments.read("12-03-2024 09:30:00")
    with pytest.raises(ValueError, match="date|time|hour"):
        moments.read(text)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ValueError, match="'Africa/Nowhere'"):
        Moments("dmy", "Africa/Nowhere")


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001  # local times of the zone below
    st.sampled_from(["Africa/Nairobi", "Africa/Accra", "Europe/Zurich", "America/New_York"]),
)
def test_what_is_remembered_equals_what_is_worked_out(local: datetime, zone: str) -> None:
    moments = Moments("dmy", zone)
    moments.read(local.strftime("%d-%m-%Y 12:00:00"))
    moments.read((local + timedelta(days=1)).strftime("%d-%m-%Y %H:%M:%S"))
    expected = local.replace(microsecond=0, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert moments.read(local.strftime("%d-%m-%Y %H:%M:%S")) == (expected, local.date())


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "1979-01-01", "2026-13-01", "2026-02-30"])
def test_the_short_way_for_iso_texts_says_what_the_long_one_says(zone: str, day: str) -> None:
    moments = Moments("dmy", zone)

    def said(read: Callable[[str], object], text: str) -> object:
        try:
            return read(text)
        except ValueError:
            return "refused"

    for clock in (
        "02:30:00.5",
        "02:30:00Z",
        "10:00:00.25-0530",
        "10:00:00+05",
        "24:00:00Z",
        "10:00:60Z",
        "10:00Z   x",
    ):
        text = f"{day}T{clock}"
        assert said(moments.read, text) == said(moments._read_slowly, text), text
