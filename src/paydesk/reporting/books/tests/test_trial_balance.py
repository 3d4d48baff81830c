"""The trial balance equals a slow sum, at any date, as reported and as now, wherever the sums stand."""

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from paydesk.kernel.refused import NotAllowedRefused
from paydesk.reporting.books.actions import sum_up_postings
from paydesk.reporting.books.queries import horizon
from paydesk.reporting.books.queries.trial_balance import AsOf, keys_of, postings_of, trial_balance
from paydesk.reporting.books.tests.histories import entries, post, slow_balances
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, TODAY, WORKER


def by_code(slow):
    sums = defaultdict(lambda: (0, 0))
    for (currency, code, _), (debit, credit) in slow.items():
        was = sums[currency, code]
        sums[currency, code] = (was[0] + debit, was[1] + credit)
    return dict(sums)


class TrialBalance(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(entries, min_size=1, max_size=12),
        st.lists(entries, max_size=6),
        st.integers(-1, 5),
        st.one_of(st.none(), st.integers(-1, 9)),
        st.sampled_from(["GH", "KE"]),
    )
    def test_it_equals_a_slow_sum_over_postings(self, first, then, ago, known_ago, market):
        posted = [post(drawn) for drawn in first]
        sum_up_postings(NOON)
        assert horizon.summed_through() == horizon.newest_entry() > 0
        posted += [post(drawn) for drawn in then]  # since the sums were made
        on = TODAY - timedelta(days=ago)
        known_at = None if known_ago is None else NOON + timedelta(days=4 - known_ago)
        as_of, slow = AsOf(market, on, known_at), slow_balances(posted, market, on, known_at)

        found = trial_balance(WORKER, as_of, since=TODAY - timedelta(days=99))
        shown = {
            (each.currency, row.code): (row.debit.amount_minor, row.credit.amount_minor)
            for each in found
            for row in each.rows
            if row.debit or row.credit
        }
        assert shown == by_code(slow)
        assert all(each.balances for each in found)

        opened = trial_balance(WORKER, as_of, since=on)
        before = by_code(slow_balances(posted, market, on - timedelta(days=1), known_at))
        assert {
            (each.currency, row.code): row.opening.amount_minor
            for each in opened for row in each.rows if row.opening
        } == {key: debit - credit for key, (debit, credit) in before.items() if debit != credit}  # fmt: skip

        for code in ("1020", "2010"):  # summed by key, and stored by key
            currency = {"GH": "GHS", "KE": "KES"}[market]
            keys = keys_of(WORKER, as_of, code, currency, start=0, count=9)
            assert {key.key_id: key.balance.amount_minor for key in keys} == {
                key: debit - credit
                for (_, found_code, key), (debit, credit) in slow.items()
                if found_code == code and debit != credit
            }
            for key in keys:
                rows = postings_of(WORKER, as_of, code, currency, key.key_id, start=0, count=99)
                assert sum(row.amount.amount_minor for row in rows) == key.balance.amount_minor

    def test_what_is_posted_late_shows_as_now_and_not_as_reported(self):
        on = TODAY - timedelta(days=1)
        post(("GH", ("1020", "2010"), (1, 1), 500, 1, 0, False)[:6])
        post(("GH", ("1020", "2010"), (1, 1), 70, 1, 1, False)[:6])  # booked yesterday, posted today
        for summed in (False, True):
            if summed:
                sum_up_postings(NOON)
            reported = trial_balance(WORKER, AsOf("GH", on, NOON - timedelta(days=1)), since=on)
            now = trial_balance(WORKER, AsOf("GH", on), since=on)
            assert [str(row.closing) for row in reported[0].rows] == ["5.00 GHS", "−5.00 GHS"], summed
            assert [str(row.closing) for row in now[0].rows] == ["5.70 GHS", "−5.70 GHS"], summed

    def test_another_market_is_refused_and_the_sums_hold(self):
        post(("KE", ("1020", "2010"), (1, 1), 500, 0, 0))
        sum_up_postings(NOON)
        with pytest.raises(NotAllowedRefused):
            trial_balance(ANALYST, AsOf("KE", TODAY), since=TODAY)
        assert trial_balance(ANALYST, AsOf("GH", TODAY), since=TODAY) == []
        broken = {f.name for f in check_all(most_rows=3, own_snapshot=False) if f.rows}
        assert "daily_sums_equal_postings" not in broken
