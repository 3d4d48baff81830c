"""What the radar proposes and what it leaves alone; who hears a broadcast, and what it says to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from paydesk.domain.incidents.rules import (
    Group,
    Hearer,
    Join,
    Known,
    decide,
    enough_people,
    filled,
    unknown_placeholders,
    who_hears,
    why_unreachable,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MONEY = ("payment", "7")


def group(*cases: int, shares: tuple[tuple[str, str], ...] = ()) -> Group:
    return Group(cases, "words", "why", "title", shares=shares)


def known(
    *cases: int, ended: timedelta | None = None, shares: frozenset[tuple[str, str]] = frozenset()
) -> Known:
    return Known(5, frozenset(cases), shares, None if ended is None else NOON - ended)


def test_what_nobody_knows_is_proposed_and_no_case_twice():
    assert decide([group(1, 2, 3), group(3, 4)], [], NOON) == [group(1, 2, 3)]
    assert decide([group(1, 2, 3), group(3, 4, 5)], [], NOON) == [group(1, 2, 3), group(4, 5)]


def test_new_cases_join_the_incident_that_has_half_of_them_or_the_same_money():
    assert decide([group(1, 2, 3, 4)], [known(1, 2)], NOON) == [Join(5, (3, 4))]
    assert decide([group(1, 2)], [known(1, 2)], NOON) == []
    shared = [known(9, shares=frozenset([MONEY]))]
    assert decide([group(1, 2, shares=(MONEY,))], shared, NOON) == [Join(5, (1, 2))]
    assert decide([group(1, 2, 3, 4, 5)], [known(1)], NOON) == [group(2, 3, 4, 5)]


def test_what_a_person_ended_is_left_alone_for_a_day():
    assert decide([group(1, 2, 3)], [known(1, 2, ended=timedelta(hours=23))], NOON) == []
    assert decide([group(1, 2, 3)], [known(1, 2, ended=timedelta(hours=25))], NOON) == [group(1, 2, 3)]


def test_two_cases_of_one_person_are_no_incident():
    assert not enough_people([MONEY], 1)
    assert enough_people([MONEY], 2)
    assert not enough_people([("merchant_batch", "1:b")], 2)
    assert enough_people([("merchant_batch", "1:b")], 3)


def test_each_person_hears_once_in_the_newest_case_that_can_be_answered():
    first, second, third = (NOON + timedelta(hours=n) for n in range(3))
    assert who_hears([Hearer(1, "a", first), Hearer(2, "a", second), Hearer(3, "b", first)]) == {
        1: 2, 2: 2, 3: 3,
    }  # fmt: skip
    told = who_hears([Hearer(1, "a", first), Hearer(2, "a", second), Hearer(3, "a", third, "It is closed.")])
    assert told == {1: 2, 2: 2, 3: 2}


def test_who_cannot_be_reached_in_writing_is_held_out_with_the_reason():
    known = {"is_open": True, "state": "new", "contact": "a@b", "channel": "email"}
    assert why_unreachable(**known) == ""
    assert why_unreachable(**{**known, "is_open": False, "state": "closed"}) == "It is closed."
    assert why_unreachable(**{**known, "contact": ""}) == "No address is known."
    assert "call them" in why_unreachable(**{**known, "contact": "2332"})
    assert why_unreachable(**{**known, "contact": "visitor", "channel": "chat"}) == ""


def test_a_text_says_to_each_what_is_true_of_theirs_or_nothing():
    text = "Your {payment.amount} is {payment.state}."
    facts = {"payment.amount": {"5.00 GHS"}, "payment.state": {"here"}}
    said = filled(text, facts, {})
    assert (said.text, said.facts) == (
        "Your 5.00 GHS is here.", {"payment.amount": "5.00 GHS", "payment.state": "here"},
    )  # fmt: skip
    assert filled("No fact.", {}, {}).text == "No fact."
    assert "Nothing is known" in filled(text, {"payment.amount": {"5.00 GHS"}}, {}).problem
    assert "2 of payment.amount" in filled(text, {**facts, "payment.amount": {"1", "2"}}, {}).problem
    assert filled(text, facts, {"payment.state": "Verify them first."}).problem == "Verify them first."


@pytest.mark.parametrize(("text", "strange"), [("{name} {payment.amount}", ["{name}"]), ("plain", [])])
def test_what_is_no_fact_is_named(text: str, strange: list[str]):
    assert unknown_placeholders(text, {"payment.amount"}) == strange
