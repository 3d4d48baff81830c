"""Rules are checked when they are loaded, and what is wrong is named with its line."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.matching.passes.covering import only_set
from paydesk.matching.rules import DEFAULT, RulesRefused, default_rules, read_rules

TEXT = DEFAULT.read_text(encoding="utf-8")


def test_the_rules_that_come_with_paydesk_run_the_strongest_evidence_first() -> None:
    kinds = [rule.kind for rule in default_rules().passes]
    order = ("exact", "groups", "differing", "duplicates", "reversals", "derived", "covering", "alone")
    assert list(dict.fromkeys(kinds)) == list(order)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("days: 1  ", "days: one  ", "days is a whole number from 0 to 366, not 'one'"),
        ("key: provider_ref", "key: phone", "compares provider_ref or reference, not 'phone'"),
        ("pass: exact", "pass: exactly", "there is no pass 'exactly'"),
        ("name: same_reference ", "name: same_provider_id ", "two rules named 'same_provider_id'"),
        ("    hours: 24", "    hour: 24", "has no 'hour'"),
        ("    margin: 100", "    auto: 50", "auto stands there twice"),
        ("evidence:", "evidence: [", "expected"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(was: str, becomes: str, says: str) -> None:
    assert was in TEXT
    changed = TEXT.replace(was, becomes, 1)
    with pytest.raises(RulesRefused) as refused:
        read_rules(changed, "mine.yaml")
    assert says in refused.value.text
    assert refused.value.text.startswith("mine.yaml, line ")


@given(st.text(max_size=200))
@settings(max_examples=40, deadline=None)
def test_any_text_is_rules_or_refused(text: str) -> None:
    with pytest.raises(RulesRefused):
        read_rules(text)


@given(st.lists(st.integers(1, 40), min_size=2, max_size=8), st.integers(2, 150))
@settings(max_examples=50, deadline=None)
def test_a_covering_set_is_suggested_only_when_it_is_the_only_one(amounts: list[int], wanted: int) -> None:
    lines = [{"id": str(place), "amount": amount} for place, amount in enumerate(amounts)]
    ways = [
        chosen
        for size in range(1, len(lines) + 1)
        for chosen in combinations(lines, size)
        if sum(each["amount"] for each in chosen) == wanted
    ]
    found = only_set(lines, wanted, 14)
    if len(ways) == 1 and len(ways[0]) > 1:
        assert found == list(ways[0])
    else:
        assert found is None
