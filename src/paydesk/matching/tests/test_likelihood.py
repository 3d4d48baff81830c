"""What agrees and by how much, and the best assignment of lines that compete. No engine."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.matching.evidence import (
    DIFFERS,
    EQUAL,
    IN_PART,
    LOOK_ALIKE,
    ONE,
    TRANSPOSED,
    Usage,
    fields,
    likeness,
    names_level,
    rarity,
    text_keys,
    visible_digits,
)  # fmt: skip
from paydesk.matching.likelihood import Pair, assign, certainty, decide
from paydesk.matching.rules import default_rules

WEIGHTS = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 30_000), min_size=1)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("INV1000", "INV1OO0", LOOK_ALIKE),
        ("INV5", "1NVS", LOOK_ALIKE),
        ("ABC123", "ABC124", ONE),
        ("ABC123", "ABC1123", ONE),
        ("ABC123", "ABC12", ONE),
        ("ABC123", "ACB123", TRANSPOSED),
        ("ABC123", "ABC132", TRANSPOSED),
        ("ABC123", "ABC321", None),
        ("ABC123", "ABC12345", None),
    ],
)
def test_references_one_edit_apart_are_told_by_how(one: str, other: str, level: str | None) -> None:
    assert (likeness(one, other), likeness(other, one)) == (level, level)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Kofi Mensah", "MENSAH, Kofi", EQUAL),
        ("Mr. Kofi Ménsah", "mensah kofi", EQUAL),
        ("K. Mensah", "Mensah Kofi", IN_PART),
        ("Kofi Yaw Mensah", "Kofi Mensah", IN_PART),
        ("K. M.", "Kofi Mensah", DIFFERS),
        ("Kofi Mensah", "Ama Mensah", DIFFERS),
    ],
)
def test_names_are_compared_in_any_order(one: str, other: str, level: str) -> None:
    assert (names_level(one, other), names_level(other, one)) == (level, level)


def test_masked_numbers_agree_in_the_digits_that_are_shown() -> None:
    assert visible_digits("2547****123", "254712345123") == 3
    assert visible_digits("2547****123", "254712345124") is None
    assert text_keys("pay INV-2001 thanks") >= {"INV2001"}
    assert text_keys("INV2001") == set()


def test_a_value_that_many_share_weighs_next_to_nothing() -> None:
    unique, shared = (rarity("amount", (uses, uses), 10_000, 10_000) for uses in (1, 4_000))
    assert unique == 10_000
    assert 0 <= shared < 1_400


def test_a_failed_check_of_a_field_weighs_against() -> None:
    texts = {
        "provider_key": None,
        "reference": "",
        "reference_key": None,
        "account": "",
        "name": "Kofi Mensah",
    }
    line = {
        **texts, "msisdn": "0241234567", "phone": "241234567", "amount": 1, "fee": 0, "currency": "GHS",
        "status": "success", "at": 60, "day": 0,
    }  # fmt: skip
    weights = default_rules().weights
    same = fields(line, line, Usage(lines=100), weights)
    other = fields(
        line,
        {**line, "name": "Ama Owusu", "msisdn": "0241234568", "phone": "241234568"},
        Usage(lines=100),
        weights,
    )
    assert {each.name: each.weight for each in same if each.weight} == {
        "phone": 20_000, "name": 14_000, "amount": 10_000, "at": 5_000,
    }  # fmt: skip
    assert {each.name for each in other if each.weight < 0} == {"phone", "name"}


@given(WEIGHTS)
@settings(max_examples=30, deadline=None)
def test_the_assignment_is_the_heaviest_there_is(weights: dict[tuple[int, int], int]) -> None:
    pairs = [Pair(left, right, f"L{left}", f"R{right}", weight) for (left, right), weight in weights.items()]
    found = assign(pairs)
    best = max(
        sum(weights.get((left, right), 0) for left, right in enumerate(chosen))
        for chosen in permutations(range(5))
    )
    assert sum(pair.weight for pair in found) == best
    assert len({pair.left for pair in found}) == len({pair.right for pair in found}) == len(found)
    for each in decide(pairs):
        assert 1 <= each.score <= 999
        assert (each.rival is None) == (each.left_count == each.right_count == 1)


def test_certainty_is_shared_with_rivals() -> None:
    assert certainty(0) == 500
    assert certainty(10_000) == 999
    assert certainty(20_000, [20_000]) == 499
    assert certainty(20_000, [10_000]) == 999
