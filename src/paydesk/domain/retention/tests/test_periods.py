"""Periods by country: each names what says so, and none of ours is shorter than a law that is known."""

from __future__ import annotations

from datetime import date

import pytest

from paydesk.domain.retention.periods import LAWS, PERIODS, YEAR, laws_on
from paydesk.domain.retention.rules import CLASSES, Kept, schedule_of, shortfall


@pytest.mark.parametrize("market", ["GH", "KE", "NG", "UG", ""])
def test_every_class_has_a_period_with_its_source_and_none_falls_short_of_the_law(market: str) -> None:
    plan = schedule_of(market, [])
    assert list(plan) == list(CLASSES)
    for kept in plan.values():
        law = {f"{each.name}, section {each.section}" for each in laws_on(kept.data_class, market)}
        assert kept.source in law or kept.source.startswith("Company policy")
        assert shortfall(kept, market) is None


def test_the_country_counts_before_the_default_and_what_is_set_before_both() -> None:
    assert [schedule_of(market, [])["books"].keep_days // YEAR for market in ("KE", "NG", "GH", "UG")] == [
        7, 6, 10, 10,
    ]  # fmt: skip
    everywhere = Kept("books", "", 5 * YEAR, "By the board", date(2026, 1, 1), False)
    of_kenya = Kept("books", "KE", 8 * YEAR, "By the board", date(2026, 1, 1), False)
    assert schedule_of("KE", [everywhere])["books"] == everywhere
    assert schedule_of("KE", [of_kenya, everywhere])["books"] == of_kenya
    short = shortfall(everywhere, "KE")
    assert short is not None
    assert short.in_words.startswith("Proceeds of Crime and Anti-Money Laundering Act 2009, section 46: at")
    assert shortfall(everywhere, "GH") is None


def test_the_list_is_sound() -> None:
    assert {each.data_class for each in PERIODS} | {law.data_class for law in LAWS} <= set(CLASSES)
    assert len({(each.data_class, each.market) for each in PERIODS}) == len(PERIODS)
    assert {each.data_class for each in PERIODS if not each.market} == set(CLASSES)
