"""Random histories of the books, and the slow, obvious way to sum them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from paydesk.domain.ledger.steps import Entry, Leg, post_entries
from tests.builders import NOON, TODAY, WORKER

_key = itertools.count(1)
# Each pair may be debited and credited; 1020 and 4010 are summed by key, the others store balances.
PAIRS = (("1020", "2010"), ("2010", "1100"), ("1100", "4010"), ("1020", "2020"), ("2010", "2040"))


@dataclass(frozen=True)
class Posted:
    """One posted entry, as the slow sum reads it."""

    market: str
    booked_on: date
    posted_at: datetime
    legs: Sequence[tuple[str, int, int, str]]


entries = st.builds(
    lambda market, pair, keys, minor, ago, late, swap: (
        market,
        pair,
        keys,
        minor * (-1 if swap else 1),
        ago,
        late,
    ),
    st.sampled_from(["GH", "KE"]),
    st.sampled_from(PAIRS),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.integers(1, 10**9),
    st.integers(0, 4),  # booked so many days ago
    st.integers(0, 4),  # posted so many days later
    st.booleans(),
)


def post(drawn) -> Posted:
    (
        market,
        (first, second),
        (one, other),
        minor,
        ago,
        late,
    ) = drawn
    currency = {"GH": "GHS", "KE": "KES"}[market]
    booked_on = TODAY - timedelta(days=ago)
    posted_at = NOON - timedelta(days=ago) + timedelta(days=late)
    legs = [(first, one, minor, currency), (second, other, -minor, currency)]
    post_entries(
        [
            Entry(
                "test.posted", market, booked_on, booked_on, "test", 1, f"test:{next(_key)}",
                [Leg(code, key, amount, currency) for code, key, amount, currency in legs],
            )
        ],
        by=WORKER,
        at=posted_at,
    )  # fmt: skip
    return Posted(market, booked_on, posted_at, legs)


def slow_balances(
    posted: Sequence[Posted], market: str, on: date, known_at: datetime | None
) -> dict[tuple[str, str, int], tuple[int, int]]:
    """Debits and credits by (currency, code, key), posting by posting."""
    sums: dict[tuple[str, str, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for entry in posted:
        if entry.market != market or entry.booked_on > on or (known_at and entry.posted_at > known_at):
            continue
        for code, key, amount, currency in entry.legs:
            debit, credit = sums[currency, code, key]
            sums[currency, code, key] = (debit + max(amount, 0), credit + max(-amount, 0))
    return dict(sums)
