"""What matches by people have in common, and the one number of a rule that would have made them."""

from __future__ import annotations

from typing import Any

import pytest

from paydesk.domain.reconciliation.rule_texts import changed_lines, next_label, with_number, with_version
from paydesk.domain.reconciliation.shapes import Shaped, change_for, shaped
from paydesk.matching.rules import DEFAULT, default_rules, read_rules

RULES = default_rules()
NOON = 1_772_452_800


def row(**told: Any) -> dict[str, Any]:
    return {"id": "x", "currency": "GHS", "amount_minor": 5000, "day": "2026-03-02", "at": NOON, **told}


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ([row(reference="LN-4711")], [row(reference="ln 4711", day="2026-03-06")],
         Shaped("reference_later", 4)),
        ([row(reference="LN-4711")], [row(reference="LN-4171", day="2026-03-05")],
         Shaped("near_reference_later", 3)),
        ([row(msisdn="233244123456")], [row(msisdn="0244123456", at=NOON + 200 * 60)],
         Shaped("phone_later", 240)),
        ([row(reference="LN-4711"), row(reference="LN-4711", day="2026-03-09")], [row(reference="LN-4711")],
         Shaped("split_later", 7)),
        ([row(reference="LN-4711")], [row(reference="LN-4711", amount_minor=4900, day="2026-03-06")], None),
        ([row(msisdn="233244123456")], [row(msisdn="0244123456", at=NOON + 3 * 86_400)], None),
        ([row()], [row(day="2026-03-06")], None),
    ],
)  # fmt: skip
def test_the_shape_of_a_match_is_what_both_rows_share(
    ours: list[dict[str, Any]], theirs: list[dict[str, Any]], found: Shaped | None
) -> None:
    assert shaped(ours, theirs, RULES, rule="by_hand", score=0) == found


def test_a_change_covers_all_of_its_matches_within_the_bounds_of_the_rule() -> None:
    change = change_for("reference_later", [2, 4, 3], RULES)
    assert change is not None
    assert (change.rule, change.number, change.was, change.value) == ("same_reference", "days", 1, 4)
    assert change_for("reference_later", [1], RULES) is None  # the rules allow as much already
    surer = change_for("surer", [960, 940], RULES)
    assert surer is not None
    assert surer.value == 940
    assert change_for("surer", [500], RULES) is None  # below what is suggested at all
    assert shaped([row()], [row()], RULES, rule="likeness", score=940) == Shaped("surer", 940)


def test_one_number_changes_and_everything_else_in_the_text_stays() -> None:
    text = DEFAULT.read_text(encoding="utf-8")
    label = next_label(RULES.version, {f"{RULES.version}.1"})
    after = with_version(with_number(text, "likeness", "minutes", 360), label)
    own = read_rules(after)
    rule = own.named("likeness")
    assert rule is not None
    assert (own.version, rule["minutes"], len(own.passes)) == (f"{RULES.version}.2", 360, len(RULES.passes))
    assert [mark for mark, _ in changed_lines(text, after)] == ["-", "+", "-", "+"]
    with pytest.raises(ValueError, match="has no hours"):
        with_number(text, "likeness", "hours", 3)
