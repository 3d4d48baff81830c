"""Calendars, policies and the report on the screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from paydesk.foundation.clocks.models import CalendarVersion, Clock, PolicyVersion
from paydesk.kernel.public_codes import code_of
from paydesk.web.clocks.calendars import change_words
from paydesk.web.clocks.pasted_days import read_days, read_open_days, read_spans
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import make_source_account, receive, row

NOW = timezone.now()
TODAY = NOW.date()
LATER = (TODAY + timedelta(days=40)).isoformat()


class Settings(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.account = make_source_account()
        self.admin = self.signed_in("AD")

    def week(self, **more: str) -> dict[str, str]:
        days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "8-12, 13:00-17:00")
        return {**days, "sat": "", "sun": "", "from_on": TODAY.isoformat(), "source": "The gazette", **more}

    def terms(self, **more: str) -> dict[str, str]:
        return {
            "unit": "minutes", "number": "120", "cut_off": "", "calendar": "", "grace_hours": "48",
            "from_on": TODAY.isoformat(), "source": "Our promise", "pause_0": "customer", "most_0": "9",
            "at_0": "50", "unit_0": "percent", "to_0": "owner", "at_1": "30", "unit_1": "after", "to_1": "TL",
            **more,
        }  # fmt: skip

    def test_everybody_sees_them_and_only_administrators_change_them(self):
        for path in ("calendars/", "calendars/GH/", "policies/", "policies/identification/all/"):
            self.text(f"/clocks/{path}")
            self.text(f"/clocks/{path}", client=self.admin)
        assert self.client.get("/clocks/calendars/GH/change").status_code == 403
        assert self.client.get("/clocks/policies/identification/all/change").status_code == 403
        assert self.admin.get("/clocks/")["Location"] == "/clocks/policies/"
        for gone in ("calendars/XX/", "policies/nothing/all/", "policies/identification/XX/"):
            assert self.client.get(f"/clocks/{gone}").status_code == 404

    def test_a_pasted_list_of_holidays_and_two_spans_a_day_make_a_new_version(self):
        assert "08:00-17:00" in self.text("/clocks/calendars/GH/change", client=self.admin)
        said = self.week(holidays=f"{LATER}\tFounders\n", closed_days="", open_days="")
        assert self.admin.post("/clocks/calendars/GH/change", said).status_code == 302
        row = CalendarVersion.objects.filter(name="GH").latest("version")
        assert row.hours["mon"] == ["08:00-12:00", "13:00-17:00"]
        assert row.holidays[LATER] == "Founders"
        assert [each["until"] for each in row.earlier] == [TODAY.isoformat()]
        assert all(day < TODAY.isoformat() for day in set(row.holidays) - {LATER}), "the past stays"
        text = self.text("/clocks/calendars/GH/")
        assert "08:00-12:00 and 13:00-17:00" in text
        assert "holiday added" in text

    def test_what_makes_no_sense_is_said_beside_its_field(self):
        said = self.week(mon="8-12, 9-10", holidays="Founders' Day")
        answer = self.admin.post("/clocks/calendars/GH/change", said)
        assert answer.status_code == 422
        assert "overlap" in answer.content.decode()
        assert "no date at its beginning" in answer.content.decode()
        closed = self.admin.post("/clocks/calendars/GH/change", self.week(**dict.fromkeys(
            ("mon", "tue", "wed", "thu", "fri"), "")))  # fmt: skip
        assert (closed.status_code, "no open time ahead" in closed.content.decode()) == (409, True)
        assert CalendarVersion.objects.filter(name="GH").count() <= 1

    def test_a_policy_of_a_market_holds_at_once_or_from_a_day_on(self):
        (payment,) = receive(self.account, row(1, "9.00", reference="?"), now=NOW)
        place = "/clocks/policies/identification/GH/"
        assert "no policy of its own" in self.text(place)
        looked = self.admin.post(f"{place}change", self.terms())
        text = looked.content.decode()
        assert (looked.status_code, Clock.objects.get(subject_id=payment.pk).policy.market) == (200, "")
        for shown in ("Not made yet", "Of 1 running clock 1 would be due", code_of("PAY", payment.pk)):
            assert shown in text, shown
        seen = {"looked_at": text.split('name="looked_at" value="')[1].split('"')[0]}
        other = self.admin.post(f"{place}change", self.terms(number="90", **seen))
        assert other.status_code == 200, "another form than was looked at"
        assert self.admin.post(f"{place}change", self.terms(**seen)).status_code == 302
        clock = Clock.objects.select_related("policy").get(subject_id=payment.pk)
        assert (clock.policy.market, clock.target_seconds, clock.policy.pauses) == (
            "GH",
            7200,
            {"customer": 32_400},
        )
        assert [step["to"] for step in clock.policy.steps] == ["owner", "TL"]
        assert self.admin.post(f"{place}change", self.terms(number="60", from_on=LATER)).status_code == 302
        text = self.text(place)
        assert "within 2 h of open time" in text
        assert "To come" in text
        assert PolicyVersion.objects.filter(kind="identification", market="GH").count() == 2

    def test_wrong_terms_are_refused_in_words(self):
        place = "/clocks/policies/identification/all/change"
        past = (TODAY - timedelta(days=2)).isoformat()
        for more, words in (
            ({"number": "0"}, "due before anybody can act"),
            ({"from_on": past}, "This day is past"),
            ({"at_2": "50", "unit_2": "percent", "to_2": "owner"}, "a key of its own"),
        ):
            answer = self.admin.post(place, self.terms(**more))
            assert (answer.status_code, words in answer.content.decode()) == (422, True), more

    def test_the_report_counts_by_week_and_names_what_is_late_soon(self):
        receive(self.account, row(1, "9.00", reference="?"), now=NOW - timedelta(days=9))
        set_to = self.terms(unit="minutes", number="60", calendar="24x7")
        assert self.admin.post("/clocks/policies/identification/GH/change", set_to).status_code == 302
        receive(self.account, row(2, "8.00", reference="?"), now=NOW)
        text = self.text("/clocks/report/")
        assert "due within 4 h" in text
        assert "Name the payer" in text
        lines = self.text("/clocks/report/export.csv?weeks=4").splitlines()
        assert lines[0].lstrip("\ufeff").startswith("Week from (Monday),What,Kind")
        assert [line.split(",")[5:7] for line in lines[1:]] == [["0", "1"]]
        assert self.client.get("/clocks/report/export.xlsx").status_code == 200
        few = self.queries("/clocks/report/")
        receive(self.account, *[row(n, "1.00", reference="?") for n in range(3, 9)], now=NOW)
        assert self.queries("/clocks/report/") == few


def test_days_are_read_as_they_are_written():
    text = (
        "2026-12-25 Christmas Day\n26.12.2026; Boxing Day\n1 Jan 2027, New Year\nFri, 6 March 2027\tFreedom"
    )
    assert read_days(text) == {
        "2026-12-25": "Christmas Day", "2026-12-26": "Boxing Day", "2027-01-01": "New Year",
        "2027-03-06": "Freedom",
    }  # fmt: skip
    assert read_open_days("2026-12-24 9-12, 13:00-15:30") == {"2026-12-24": ["09:00-12:00", "13:00-15:30"]}
    assert read_spans(" 22:00 – 06:00 ") == ["22:00-06:00"]
    for wrong, words in (
        ("Christmas", "no date"), ("2026-02-30 x", "no day"), ("2026-12-25", "say what"),
        ("2026-12-25 a\n25/12/2026 b", "twice"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            read_days(wrong)


def test_moved_clocks_are_said():
    assert change_words("Africa/Accra") == "The clocks are not moved here."
    assert "by 60 min" in change_words("Europe/Berlin")
