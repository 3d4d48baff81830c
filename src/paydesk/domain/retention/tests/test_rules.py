"""How long what is kept, and what stands against erasing: without a database."""

from __future__ import annotations

from datetime import date

from paydesk.domain.retention.rules import (
    CLASSES,
    Kept,
    Standing,
    problem_with_rule,
    run_hash,
    schedule_of,
    why_not_erased,
)

DAY = date(2026, 3, 2)


def kept(market: str, days: int) -> Kept:
    return Kept("case_text", market, days, "Act 1", DAY, False)


def test_the_markets_own_newest_row_counts_then_the_newest_for_all_then_ours():
    rows = [kept("", 100), kept("GH", 50), kept("GH", 60), kept("", 200)]
    assert schedule_of("GH", rows)["case_text"].keep_days == 60
    assert schedule_of("KE", rows)["case_text"].keep_days == 200
    ours = schedule_of("KE", [])
    assert set(ours) == set(CLASSES)
    assert ours["case_text"].is_cautious


def test_a_rule_needs_its_source_and_a_day_that_has_been():
    assert problem_with_rule("case_text", 10, "Act 1044, s. 32", DAY, DAY) == ""
    assert "source" in problem_with_rule("case_text", 10, " ", DAY, DAY)
    assert "days" in problem_with_rule("case_text", 0, "Act 1044", DAY, DAY)
    assert "list" in problem_with_rule("everything", 10, "Act 1044", DAY, DAY)
    assert "to come" in problem_with_rule("books", 10, "Act 1044", date(2026, 3, 3), DAY)


def test_each_reason_against_erasing_is_said():
    assert why_not_erased(Standing()) == []
    everything = Standing(("1",), ("2",), ("CAS-1",), ("REF-1",), ("ENF-1",), 1, ("W-1",), ("CUS-1",), True)
    assert len(why_not_erased(everything)) == 9


def test_the_hash_of_a_night_covers_the_one_before():
    assert run_hash("a", 1, "t", {"x": 1}, {}) != run_hash("b", 1, "t", {"x": 1}, {})
    assert run_hash("a", 1, "t", {"x": 1}, {}) != run_hash("a", 1, "t", {"x": 2}, {})
