"""Which hours are missing: overlaps hide nothing, edges lie where files end, callbacks count."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from paydesk.domain.payments.actions import receive_lines
from paydesk.domain.payments.models import HourOfRows
from paydesk.domain.providers.expected import Expected, due_weekdays
from paydesk.domain.statements.models import SourceFile
from paydesk.domain.statements.queries import coverage
from paydesk.foundation.clocks.models import CalendarVersion
from paydesk.reporting.provider_cash import queries
from paydesk.reporting.provider_cash.missing import missing_through
from paydesk.reporting.provider_cash.rules import (
    BUSY_ROWS,
    HOUR,
    due_days,
    hours_in,
    merged,
    silent_hours,
    usual_hours,
)
from paydesk.web.providers.gaps import gap_words
from tests.builders import WORKER, make_source_account, row, store_lines

DAY = datetime(2026, 3, 2, tzinfo=UTC)
USUAL = dict.fromkeys(range(6, 23), 20)


def at(hour: int, minute: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute)


def judged(periods, *, rows=None, due_until=None):
    counted = {at(h): 9 for h in range(24) if any(s <= at(h, 59) and at(h) <= e for s, e in periods)}
    return hours_in(
        DAY, DAY + timedelta(days=1), rows=rows if rows is not None else counted, usual=USUAL,
        periods=periods, due_until=due_until or DAY + timedelta(days=1),
    )  # fmt: skip


def test_a_gap_between_overlapping_files_is_named_with_the_edges_of_its_neighbours():
    hours = judged([(at(0), at(14)), (at(10), at(12)), (at(17, 5), at(23, 30)), (at(18), at(20))],
                   rows={at(h): 9 for h in [*range(14), *range(17, 24)]})  # fmt: skip
    (gap,) = hours.gaps
    assert (gap.start, gap.end) == (at(14), at(17, 5))
    assert gap_words("Hubtel", hours.gaps) == ["Download Hubtel 2 Mar 14:00–17:05"]


def test_edges_are_where_the_files_beside_end():
    hours = judged([(at(0), at(13, 20)), (at(17, 5), at(23, 30))],
                   rows={at(h): 9 for h in [*range(14), *range(17, 24)]})  # fmt: skip
    assert gap_words("Hubtel", hours.gaps) == ["Download Hubtel 2 Mar 13:20–17:05"]


def test_hours_that_callbacks_brought_are_in_and_what_is_not_due_is_no_gap():
    rows = {at(h): 3 for h in range(6, 12)}
    assert judged([], rows=rows, due_until=at(12)).gaps == []
    assert judged([], rows=rows, due_until=at(13)).gaps[0].start == at(12)


def test_silence_inside_a_file_is_shown_where_rows_usually_come():
    hours = judged([(at(0), at(23, 59))], rows={at(h): 9 for h in range(6, 23) if h not in (14, 15)})
    states = {moment.hour: state for moment, state in hours.cells}
    assert (states[14], states[15], states[3], states[10]) == ("quiet", "quiet", "in", "in")
    assert hours.gaps == []


def test_gaps_with_only_quiet_hours_between_them_are_one_and_those_of_a_day_one_sentence():
    two = {7: 1, 8: 1, 15: 1, 20: 1}
    between = hours_in(
        DAY, DAY + timedelta(days=2), rows={at(18): 1}, usual=two, periods=[], due_until=at(48)
    )
    assert gap_words("M-Pesa", between.gaps) == [
        "Download M-Pesa 2 Mar 07:00–16:00, 20:00–21:00",
        "Download M-Pesa 3 Mar 07:00–21:00",
    ]


def test_to_the_end_of_the_day_and_over_midnight():
    hours = judged([(at(0), at(21))], rows={at(h): 9 for h in range(6, 21)})
    assert gap_words("M-Pesa", hours.gaps) == ["Download M-Pesa 2 Mar 21:00–23:00"]
    late = hours_in(DAY, DAY + timedelta(days=1), rows={}, usual={23: 1}, periods=[], due_until=at(24))
    assert gap_words("M-Pesa", late.gaps) == ["Download M-Pesa 2 Mar 23:00–24:00"]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30)), max_size=8))
def test_merged_periods_cover_exactly_the_same_minutes(drawn):
    periods = [(DAY + timedelta(minutes=m), DAY + timedelta(minutes=m + n)) for m, n in drawn]
    found = merged(periods)
    for minute in range(131):
        moment = DAY + timedelta(minutes=minute)
        assert any(s <= moment <= e for s, e in found) == any(s <= moment <= e for s, e in periods)
    assert all(end < start for (_, end), (start, _) in zip(found, found[1:], strict=False))


def test_a_channel_that_is_silent_while_the_others_are_not_is_named():
    cells = [(at(h), "missing" if h == 20 else "in") for h in range(24)]
    rows = {at(h): 7 for h in range(24) if h not in (3, 14, 15, 16, 20)}
    usual = dict.fromkeys(range(6, 23), BUSY_ROWS) | {3: BUSY_ROWS - 1}
    silent = silent_hours(cells, rows, usual)
    assert gap_words("Hubtel card", silent) == ["Download Hubtel card 2 Mar 14:00–17:00"]
    assert silent_hours(cells, {at(h): 1 for h in range(24)}, usual) == []


def test_an_hour_is_usual_with_rows_on_half_of_the_days():
    counts = {DAY + timedelta(days=d, hours=10): 4 for d in range(4)}
    counts |= {
        DAY + timedelta(hours=3): 50,
        DAY + timedelta(days=1, hours=12): 2,
        DAY + timedelta(hours=12): 4,
    }
    assert usual_hours(counts) == {10: 4, 12: 3}
    assert usual_hours({DAY: 9}) == {}


class FromTheDesk(TestCase):
    def test_the_hours_of_an_account_by_its_files_and_callbacks_in_its_own_time(self):
        account = make_source_account(name="M-Pesa", time_zone="Africa/Nairobi")
        zone = ZoneInfo("Africa/Nairobi")
        now = datetime(2026, 3, 10, 9, 0, tzinfo=zone)

        def came(day: int, *hours: int, file: bool = True) -> None:
            moments = [datetime(2026, 3, day, h, 30, tzinfo=zone) for h in hours]
            ids = [
                line.pk for line in store_lines(
                    account, *(row(n, "5.00", occurred_at=m.astimezone(UTC), channel="mpesa")
                               for n, m in enumerate(moments, start=1)))
            ]  # fmt: skip
            receive_lines(ids, by=WORKER, now=now)
            if file:
                SourceFile.objects.filter(covers_to=None).update(
                    covers_from=min(moments), covers_to=max(moments), state="posted"
                )
            else:
                SourceFile.objects.filter(covers_to=None).update(
                    callbacks_on=now.date(), document_id=None, state="posted"
                )

        for day in range(3, 8):
            came(day, 8, 12, 16, 20)
        came(8, 8, 12)
        came(8, 16, 20)
        came(9, 8, 12)
        came(9, 20, file=False)
        (found,) = queries.hours_of([account, make_source_account(role="settles")], now).values()
        assert gap_words("M-Pesa", found.gaps) == ["Download M-Pesa 9 Mar 16:00–17:00"]
        assert len(found.cells) == 3 * 24
        with self.assertNumQueries(2):
            queries.hours_of([account], now)
        (channel,) = queries.channels_of(account, now, found)
        assert (channel["channel"], channel["yesterday"], channel["silent"]) == ("mpesa", 3, [])
        HourOfRows.objects.bulk_create(
            HourOfRows(
                source_account=account, channel="card", rows=9, hour=datetime(2026, 3, day, 12, tzinfo=zone)
            )
            for day in range(3, 9)
        )
        card, _ = queries.channels_of(account, now, found)
        assert gap_words("M-Pesa card", card["silent"]) == ["Download M-Pesa card 9 Mar 12:00–13:00"]
        assert found.cells[0][0] + HOUR == found.cells[1][0]
        account.expected_from, account.expected_to = time(7), time(15)
        (narrower,) = queries.hours_of([account], now).values()
        assert gap_words("M-Pesa", narrower.gaps)[-1] == "Download M-Pesa 9 Mar 07:00–08:30, 12:30–15:00"


def test_days_without_a_file_are_due_after_the_first_and_not_at_a_bank_on_a_weekend():
    friday = date(2026, 3, 6)
    have = [friday - timedelta(days=1), friday + timedelta(days=4)]
    last = friday + timedelta(days=5)

    def due(kind: str, chosen=(), closed=()) -> list[date]:
        return due_days(have, last, Expected(due_weekdays(kind, chosen), closed=frozenset(closed)))

    assert due("bank") == [friday, date(2026, 3, 9), date(2026, 3, 11)]
    assert due("bank", closed=[friday]) == [date(2026, 3, 9), date(2026, 3, 11)]
    assert len(due("psp")) == 5
    assert due("bank", [5]) == [friday + timedelta(days=1)]
    assert due_days([], last, Expected(due_weekdays("psp", []))) == []


def expecting(opens: str, closes: str, *, rows, weekdays=range(7), days=1):
    hours = hours_in(
        DAY, DAY + timedelta(days=days), rows=rows, usual=USUAL, periods=[],
        due_until=DAY + timedelta(days=days),
        expected=Expected(frozenset(weekdays), time.fromisoformat(opens), time.fromisoformat(closes)),
    )  # fmt: skip
    return gap_words("Hubtel", hours.gaps)


def test_outside_of_the_hours_of_the_account_nothing_is_missing():
    morning = {at(h): 3 for h in range(8, 14)}
    assert expecting("08:00", "17:05", rows=morning) == ["Download Hubtel 2 Mar 14:00–17:05"]
    assert expecting("07:30", "17:05", rows=morning) == ["Download Hubtel 2 Mar 07:30–08:00, 14:00–17:05"]
    assert expecting("08:00", "14:00", rows=morning) == []
    assert expecting("20:00", "00:00", rows={}) == ["Download Hubtel 2 Mar 20:00–24:00"]
    assert expecting("22:30", "04:15", rows={at(22): 1}) == ["Download Hubtel 2 Mar 00:00–04:15, 23:00–24:00"]
    only = [DAY.weekday()]
    assert expecting("08:00", "09:00", rows={}, days=2, weekdays=only) == [
        "Download Hubtel 2 Mar 08:00–09:00"
    ]


def test_closed_days_are_no_gap_where_only_the_usual_hours_are_known():
    hours = hours_in(
        DAY, DAY + timedelta(days=1), rows={}, usual=USUAL, periods=[], due_until=at(24),
        expected=Expected(frozenset({5, 6})),
    )  # fmt: skip
    assert hours.gaps == []


class OnHolidays(TestCase):
    def test_a_holiday_of_the_market_is_no_gap_for_an_account_that_is_closed_then(self):
        account = make_source_account(expected_from=time(8), expected_to=time(10))
        holiday = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)  # Independence Day in Ghana
        for day in (5, 9):
            came = (holiday.replace(day=day), holiday.replace(day=day, hour=9))
            rows = (row(n, "5.00", occurred_at=moment) for n, moment in enumerate(came, start=1))
            ids = [line.pk for line in store_lines(account, *rows)]
            receive_lines(ids, by=WORKER, now=holiday)
            SourceFile.objects.filter(covers_to=None).update(
                covers_from=holiday.replace(day=day), covers_to=holiday.replace(day=day, hour=9, minute=59),
                state="posted", posted_at=holiday,
            )  # fmt: skip
        now = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)

        def missing() -> tuple[list[int], list[int]]:
            """Days without a file, and days with missing hours, of this account."""
            (hours,) = queries.hours_of([account], now).values()
            found = missing_through(WORKER, "GH", date(2026, 3, 8), now)
            days = [day.day for each in found for day in each.days]
            return days, [gap.start.day for gap in hours.gaps]

        assert missing() == ([6, 7, 8], [7, 8]), "hours are looked at for the last days only"
        account.closed_on_holidays = True
        account.save()
        assert missing() == ([7, 8], [7, 8])
        CalendarVersion.objects.create(
            name="GH", version=2, zone="Africa/Accra", hours={"mon": ["08:00-17:00"]},
            holidays={"2026-03-06": "Independence Day"}, closed_days={"2026-03-07": "Funeral"},
            open_days={"2026-03-06": ["09:00-12:00"]}, made_by="tests", made_at=now,
        )  # fmt: skip
        assert missing() == ([6, 8], [8]), "a day with hours of its own is none, a closed day is one"
        (reach,) = coverage(WORKER, now)
        assert [reach.is_due_on(date(2026, 3, day)) for day in (6, 7, 8)] == [True, False, True]
