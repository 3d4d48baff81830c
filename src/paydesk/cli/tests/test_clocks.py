"""Calendars and policies from the command line."""

from __future__ import annotations

import json

import pytest

from paydesk.cli import main
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.clocks.models import CalendarVersion, PolicyVersion
from paydesk.foundation.people.models import Market


@pytest.fixture
def clocks(desk_is_open, capsys):
    """Run ./paydesk clocks with these words: exit code, stdout, stderr."""
    Market.objects.create(
        code="GH", name="Ghana", currency="GHS", time_zone="Africa/Accra", calendar_country="GH"
    )

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["clocks", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_what_nobody_set_yet_is_shown_as_it_would_be(clocks):
    code, out, _ = clocks()
    assert code == 0
    assert "24x7 version 1, UTC: mon-sun 00:00-24:00" in out
    assert "GH version 1, Africa/Accra: mon-fri 08:00-17:00" in out
    assert "identification version 1: by closing time, 1 day later, calendar of the market" in out
    assert "stale_pending version 1: within 1 h of open time, calendar 24x7" in out


def test_a_calendar_gets_a_new_version_and_what_is_not_named_stays(clocks):
    code, out, _ = clocks(
        "calendar", "GH", "--hours", "mon-thu=08:00-12:00,13:00-17:00", "--hours", "sat=22:00-06:00",
        "--closed", "2026-12-24=Stock count", "--open", "2026-12-26=09:00-12:00",
        "--ordinary", "2026-12-25",
    )  # fmt: skip
    assert code == 0
    assert "GH version 2, Africa/Accra: mon-thu 08:00-12:00,13:00-17:00; sat 22:00-06:00" in out
    assert "closed: 2026-12-24 Stock count" in out
    assert "open: 2026-12-26 09:00-12:00" in out
    row = CalendarVersion.objects.get(name="GH", version=2)
    assert "2026-12-25" not in row.holidays
    assert row.holidays["2027-01-01"] == "New Year's Day"
    assert AuditRecord.objects.get(verb="calendar.changed").actor == "system:command line"
    assert clocks("calendar", "GH", "--closed", "2026-12-24=Stock count")[0] == 0
    assert CalendarVersion.objects.filter(name="GH").count() == 2, "nothing new, no version"


def test_a_policy_gets_a_new_version_and_what_is_not_given_stays(clocks):
    code, out, _ = clocks(
        "policy", "identification", "--market", "GH", "--days", "2", "--cut-off", "16:00",
        "--pause", "customer=540",
    )  # fmt: skip
    assert code == 0
    assert "identification in GH version 1: by 16:00, 2 days later, calendar of the market" in out
    assert "paused while waiting for customer, 540 minutes at most" in out
    assert (
        clocks("policy", "identification", "--minutes", "90", "--calendar", "24x7", "--step", "late=+60:TL")[
            0
        ]
        == 0
    )
    row = PolicyVersion.objects.filter(kind="identification", market="").latest("version")
    assert (row.version, row.target_seconds, row.calendar, len(row.steps)) == (2, 5400, "24x7", 1)
    own = PolicyVersion.objects.get(kind="identification", market="GH")
    assert [step["key"] for step in own.steps] == ["half", "four_fifths", "due", "a_day_late"]


def test_all_of_it_as_json(clocks):
    found = json.loads(clocks("--json")[1])
    assert [row["name"] for row in found["calendars"]] == ["24x7", "GH"]
    assert {row["kind"] for row in found["policies"]} >= {"identification", "stale_pending"}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["calendar"], 64, "Name the calendar"),
        (["calendar", "GH", "--hours", "monday=08:00-17:00"], 64, "not a weekday"),
        (["calendar", "GH", "--hours", "mon"], 64, "NAME=VALUE"),
        (["calendar", "GH", "--closed", "24.12.=x"], 64, "not a date"),
        (["calendar", "GH", "--hours", "mon=18-20"], 2, "not a span of hours"),
        (["calendar", "XX", "--zone", "UTC"], 2, "no calendar called XX"),
        (["policy", "nothing", "--days", "1"], 64, "no kind"),
        (["policy", "identification", "--step", "half"], 64, "NAME=VALUE"),
        (["policy", "identification", "--step", "half=soon"], 64, "not a step"),
        (["policy", "identification", "--minutes", "0"], 64, "before anybody can act"),
    ],
)
def test_wrong_words_are_refused_and_nothing_changes(clocks, words, code, told):
    found, _, err = clocks(*words)
    assert (found, told in err) == (code, True), err
    assert not AuditRecord.objects.exists()
