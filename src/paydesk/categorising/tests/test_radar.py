"""The radar notices many cases that say the same, and is silent about what is usual."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from paydesk.categorising.fingerprints import Fingerprints
from paydesk.categorising.radar import Arrived, alerts, arrived_in_window, groups_alike, usual_in_window
from paydesk.categorising.shared_money import MoneyLink, SharedMoney, groups_by_money
from paydesk.categorising.tests.invented import invented_cases

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OUTAGE = "I paid order {n} by mobile money and the phone did not unlock"


def outage(count: int, *, category: str = "device_locked", first: int = 1) -> list[Arrived]:
    return [
        Arrived(number, NOON - timedelta(minutes=number % 59), OUTAGE.format(n=1_000 + 37 * number), category)
        for number in range(first, first + count)
    ]


def others() -> list[Arrived]:
    """Invented cases about many things, one of each category."""
    rows = {row.category: row for row in invented_cases()}
    return [
        Arrived(900 + place, NOON - timedelta(minutes=5), row.text, row.category)
        for place, row in enumerate(rows.values())
    ]


def test_eight_cases_that_say_the_same_are_an_alert_with_its_figures() -> None:
    (alert,) = alerts([*outage(8), *others()], now=NOON, usual={"device_locked": 2.0})
    assert sorted(alert.cases) == list(range(1, 9))
    assert alert.since == NOON - timedelta(minutes=8)
    assert (alert.category, alert.in_category, alert.usual) == ("device_locked", 9, 2.0)
    assert "mobile money" in alert.words
    assert (
        alert.why == "8 cases of the last 60 minutes say the same; there are 9 of device_locked, usually 2.0."
    )


@pytest.mark.parametrize(
    ("cases", "usual"),
    [
        (outage(7), 0.0),
        (outage(8), 3.0),  # as many as three times the usual are not more
        (
            [Arrived(each.id, each.at - timedelta(hours=1), each.text, each.category) for each in outage(20)],
            0.0,
        ),
        (
            [Arrived(each.id, each.at + timedelta(hours=2), each.text, each.category) for each in outage(20)],
            0.0,
        ),
        ([Arrived(number, NOON, "", "device_locked") for number in range(50)], 0.0),
        ([], 0.0),
    ],
    ids=["too few", "usual", "older", "later", "empty", "none"],
)
def test_it_is_silent(cases: list[Arrived], usual: float) -> None:
    assert alerts([*cases, *others()], now=NOON, usual={"device_locked": usual}) == []


def test_a_group_in_many_categories_counts_as_a_whole() -> None:
    mixed = [
        *outage(5, category=""),
        *outage(4, category="payment_not_applied", first=10),
        *outage(3, category="payment_failed", first=20),
    ]
    (alert,) = alerts(mixed, now=NOON, usual={"": 3.9})
    assert (alert.category, alert.in_category, len(alert.cases)) == ("", 12, 12)
    assert "no category" in alert.why
    assert alerts(mixed, now=NOON, usual={"": 4.0}) == []


def test_cases_are_linked_by_those_in_between() -> None:
    texts = ["alpha beta gamma", "gamma beta alpha delta epsilon", "delta epsilon zeta", "omega psi chi"]
    cases = [Arrived(number, NOON, text) for number, text in enumerate(texts)]
    window = Fingerprints(texts)
    assert window.likeness(texts[0])[2] == 0
    (group,) = groups_alike(cases, likeness=float(min(window.likeness(texts[1])[[0, 2]])) - 0.01)
    assert [case.id for case in group] == [0, 1, 2]


def test_the_window_is_open_at_its_beginning_and_closed_at_its_end() -> None:
    cases = [Arrived(minutes, NOON - timedelta(minutes=minutes), "x") for minutes in (-1, 0, 59, 60)]
    assert [case.id for case in arrived_in_window(cases, now=NOON)] == [59, 0]


def test_usual_is_this_hour_of_the_days_before() -> None:
    earlier = [(NOON - timedelta(days=day, minutes=30), "refund") for day in range(0, 40)]
    earlier += [(NOON - timedelta(days=day, hours=5), "refund") for day in range(1, 20)]
    earlier += [(NOON - timedelta(days=2), "fraud")] * 14
    assert usual_in_window(earlier, now=NOON) == {"refund": 1.0, "fraud": 0.5}
    assert usual_in_window(earlier, now=NOON, days=7) == {"refund": 1.0, "fraud": 2.0}


PHRASES = ["paid", "phone", "locked", "refund", "17", "4711", "where", "\x00", "é", "the"]
WORDS = st.lists(st.sampled_from(PHRASES), max_size=8)


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS.map(" ".join), max_size=12))
def test_likeness_is_the_cosine_whatever_is_written(texts: list[str]) -> None:
    window = Fingerprints(texts)
    table = np.array([window.likeness(text) for text in texts]).reshape(len(texts), len(texts))
    assert np.allclose(table, table.T, atol=1e-5)
    assert ((table >= 0) & (table <= 1 + 1e-5)).all()
    apart = table - np.diag(np.diag(table))
    assume(not (abs(apart - 0.45) < 1e-4).any())  # there the last digit would decide
    linked = {place for group in window.groups(0.45) for place in group}
    assert linked == {place for place in range(len(texts)) if (apart[place] >= 0.45).any()}


def test_cases_that_share_money_are_one_group_whatever_they_say() -> None:
    links = [
        MoneyLink(1, "payment", "PAY-7"),
        MoneyLink(2, "payment", "PAY-7"),
        MoneyLink(2, "payment", "PAY-7"),
        MoneyLink(1, "merchant_batch", "B-1"),
        MoneyLink(2, "merchant_batch", "B-1"),
        MoneyLink(3, "payment", "PAY-8"),
        MoneyLink(3, "provider_incident", "INC-1"),
        MoneyLink(4, "provider_incident", "INC-1"),
        MoneyLink(1, "provider_incident", "INC-1"),
        MoneyLink(5, "merchant_batch", "PAY-7"),
    ]
    assert groups_by_money(links) == [
        SharedMoney((1, 3, 4), (("provider_incident", "INC-1"),)),
        SharedMoney((1, 2), (("payment", "PAY-7"), ("merchant_batch", "B-1"))),
    ]
    assert groups_by_money(links, least=3) == groups_by_money(links)[:1]
    assert groups_by_money([]) == []
