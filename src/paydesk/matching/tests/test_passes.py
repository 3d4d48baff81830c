"""One run over lines of every sort: what becomes of each, and why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from paydesk.matching.engines import Engine
from paydesk.matching.explanation import Explanation, Residual, compared, explain
from paydesk.matching.passes import covering, derived
from paydesk.matching.state import Found
from paydesk.matching.tests.builders import DAY, HOUR, NOON, line, outcome
from paydesk.matching.values import SCALE

MINUTE = 60
PHONE = "233241234567"
# Each case stands by itself: its ids begin with its name, and nothing ties it to another.
LEFT = [
    line("same", 100, provider_ref="PR-1", reference="A-1001"),
    line("ref", 101, reference="inv 2001"),
    line("nextday", 102, reference="INV-2002"),
    line("na", 103, reference="N/A"),
    line("nafailed", 103, status="failed"),
    line("twice1", 104, reference="LOAN77", at=NOON - 3 * HOUR),
    line("twice2", 104, reference="LOAN77", at=NOON),
    line("split", 100, reference="SPLIT-1"),
    line("half", 100, reference="SPLIT-2"),
    line("set1", 60, batch="SETT-1"),
    line("set2", 45, batch="SETT-1"),
    line("many1", 70, reference="GROUP-9"),
    line("many2", 30, reference="GROUP-9"),
    line("gross", 300, provider_ref="PR-20"),
    line("amount", 110, provider_ref="PR-2"),
    line("currency", 111, provider_ref="PR-3"),
    line("status", 112, provider_ref="PR-4"),
    line("sign", 113, provider_ref="PR-5"),
    line("late", 114, provider_ref="PR-6"),
    line("dup", 115, provider_ref="PR-7"),
    line("owndup", 116, provider_ref="PR-8"),
    line("owndupb", 116, provider_ref="PR-8", at=NOON + MINUTE),
    line("back", 117, provider_ref="PR-9"),
    line("backb", -117, provider_ref="PR-9"),
    line("phone", 118, msisdn=PHONE),
    line("lead", 119, msisdn=PHONE),
    line("tie1", 120, msisdn=PHONE, at=NOON),
    line("tie2", 120, msisdn=PHONE, at=NOON + 2),
    line("total", 121, msisdn="233249999999"),
    line("gone", 122, provider_ref="PR-10"),
    line("old", 123, provider_ref="PR-11", at=NOON - 30 * DAY),
    line("two1", 124, provider_ref="PR-12", reference="CONTRACT-5"),
    line("two2", 124, provider_ref="PR-13", reference="CONTRACT-5", at=NOON + HOUR),
    line("only", 126, name="Card payment"),
    line("against", 127, reference="AB-100"),
]
RIGHT = [
    line("Rsame", 100, provider_ref="pr1", reference="else"),
    line("Rref", 101, reference="INV-2001"),
    line("Rnextday", 102, reference="INV-2002", at=NOON + DAY),
    line("Rna", 103, reference="N/A"),
    line("Rtwice2", 104, reference="LOAN77", at=NOON + MINUTE),
    line("Rsplit1", 60, reference="SPLIT-1"),
    line("Rsplit2", 40, reference="SPLIT-1", at=NOON + DAY),
    line("Rhalf1", 60, reference="SPLIT-2"),
    line("Rhalf2", 30, reference="SPLIT-2"),
    line("Rset", 105, reference="sett 1", at=NOON + 2 * DAY),
    line("Rmany1", 20, reference="GROUP-9"),
    line("Rmany2", 80, reference="GROUP-9"),
    line("Rgross", 295, fee=5, provider_ref="PR-20"),
    line("Ramount", 100, provider_ref="PR-2"),
    line("Rcurrency", 111, provider_ref="PR-3", currency="KES"),
    line("Rstatus", 112, provider_ref="PR-4", status="failed"),
    line("Rsign", -113, provider_ref="PR-5"),
    line("Rlate", 114, provider_ref="PR-6", at=NOON + 4 * DAY),
    line("Rdup", 115, provider_ref="PR-7"),
    line("Rdupb", 115, provider_ref="PR-7", at=NOON + MINUTE),
    line("Rowndup", 116, provider_ref="PR-8"),
    line("Rphone", 118, msisdn="00" + PHONE, at=NOON + 90 * MINUTE),
    line("Rlead1", 119, msisdn=PHONE, at=NOON + MINUTE),
    line("Rlead2", 119, msisdn=PHONE, at=NOON + 90 * MINUTE),
    line("Rtie", 120, msisdn=PHONE, at=NOON + 1),
    line("Rtotal1", 70, msisdn="0249999999"),
    line("Rtotal2", 51, msisdn="0249999999"),
    line("Rextra", 125, provider_ref="PR-99"),
    line("Rtwo1", 124, provider_ref="PR-12", reference="CONTRACT-5"),
    line("Rtwo3", 124, provider_ref="PR-98", reference="CONTRACT-5", at=NOON + HOUR),
    line("Ronly", 126, at=NOON + 3 * DAY),
    line("Ragainst", 127, reference="XY-999"),
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    explained: list[Explanation] = []

    def then(engine: Engine, found: Found) -> None:
        lines = {"left_lines": range(1, len(LEFT) + 1), "right_lines": range(1, len(RIGHT) + 1)}
        explained.extend(explain(engine, found, **lines))
        explained.append(compared(engine, found, place(LEFT, "na"), place(RIGHT, "Rna")))

    matches, exceptions, _ = outcome(tmp_path_factory.mktemp("sides"), LEFT, RIGHT, then=then)
    return matches, exceptions, explained


@pytest.fixture(scope="module")
def found(run: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return run[0], run[1]


def place(lines: list[dict[str, Any]], name: str) -> int:
    return next(number for number, each in enumerate(lines, start=1) if each["id"] == name)


def explanation_of(run: Any, left: str = "", right: str = "") -> Explanation:
    """The explanation of the row that has these lines."""
    ours = {place(LEFT, left)} if left else set()
    theirs = {place(RIGHT, right)} if right else set()
    return next(each for each in run[2] if ours <= {*each.left_lines} and theirs <= {*each.right_lines})


def test_what_is_the_same_money_is_matched_by_the_strongest_rule(found: Any) -> None:
    matches, _ = found
    rows = {(row["left_id"], row["right_id"]): (row["status"], row["kind"], row["rule"]) for row in matches}
    assert rows == {
        ("same", "Rsame"): ("confirmed", "1:1", "same_provider_id"),
        ("dup", "Rdup"): ("confirmed", "1:1", "same_provider_id"),
        ("owndup", "Rowndup"): ("confirmed", "1:1", "same_provider_id"),
        ("two1", "Rtwo1"): ("confirmed", "1:1", "same_provider_id"),
        ("ref", "Rref"): ("confirmed", "1:1", "same_reference"),
        ("nextday", "Rnextday"): ("confirmed", "1:1", "same_reference"),
        ("twice2", "Rtwice2"): ("confirmed", "1:1", "same_reference"),
        ("gross", "Rgross"): ("confirmed", "1:1", "provider_id_differs_by_fee"),
        ("split", "Rsplit1"): ("confirmed", "1:n", "same_reference_split"),
        ("split", "Rsplit2"): ("confirmed", "1:n", "same_reference_split"),
        ("set1", "Rset"): ("confirmed", "n:1", "same_batch"),
        ("set2", "Rset"): ("confirmed", "n:1", "same_batch"),
        ("many1", ""): ("confirmed", "n:m", "same_reference_split"),
        ("many2", ""): ("confirmed", "n:m", "same_reference_split"),
        ("", "Rmany1"): ("confirmed", "n:m", "same_reference_split"),
        ("", "Rmany2"): ("confirmed", "n:m", "same_reference_split"),
        ("back", ""): ("confirmed", "reversal", "cancelled"),
        ("backb", ""): ("confirmed", "reversal", "cancelled"),
        ("phone", "Rphone"): ("confirmed", "1:1", "likeness"),
        ("lead", "Rlead1"): ("suggested", "1:1", "likeness"),
        ("total", "Rtotal1"): ("suggested", "1:n", "adds_up"),
        ("total", "Rtotal2"): ("suggested", "1:n", "adds_up"),
        ("only", "Ronly"): ("suggested", "1:1", "only_amount"),
    }


def test_what_is_not_has_its_class(found: Any) -> None:
    _, exceptions = found
    rows = sorted((row["class"], row["left_id"], row["right_id"]) for row in exceptions)
    assert rows == sorted(
        [
            ("amount_mismatch", "amount", "Ramount"),
            ("currency_mismatch", "currency", "Rcurrency"),
            ("status_mismatch", "status", "Rstatus"),
            ("sign_mismatch", "sign", "Rsign"),
            ("late_settlement", "late", "Rlate"),
            ("split_incomplete", "half", "Rhalf1"),
            ("split_incomplete", "half", "Rhalf2"),
            ("duplicate_provider", "", "Rdupb"),
            ("duplicate_ledger", "owndupb", ""),
            ("ambiguous_match", "tie1", "Rtie"),
            ("ambiguous_match", "tie2", ""),
            ("missing_at_provider", "gone", ""),
            ("missing_at_provider", "na", ""),
            ("missing_at_provider", "nafailed", ""),
            ("missing_at_provider", "against", ""),
            ("missing_in_ledger", "", "Ragainst"),
            ("duplicate_ledger", "twice1", ""),
            # One contract paid twice: two ids of the provider are two payments, however alike they look.
            ("missing_at_provider", "two2", ""),
            ("missing_in_ledger", "", "Rtwo3"),
            ("missing_in_ledger", "", "Rna"),
            ("missing_in_ledger", "", "Rlead2"),
            ("missing_in_ledger", "", "Rextra"),
            ("out_of_period", "old", ""),
        ]
    )


def test_every_row_says_why_and_a_suggestion_or_an_ambiguity_who_else_it_might_be(found: Any) -> None:
    matches, exceptions = found
    assert all(row["why"].endswith(".") and len(row["why"]) > 20 for row in matches + exceptions)
    why = {row["left_id"] or row["right_id"]: row["why"] for row in matches + exceptions}
    assert why["amount"].startswith(
        "The same provider id on both sides, but ours is 110.00 GHS and theirs is "
    )
    assert why["amount"].endswith(" 100.00 GHS: 10.00 between them.")
    assert "Rlead2" in why["lead"]
    assert {row["runner_up"] for row in exceptions if row["class"] == "ambiguous_match"} >= {"tie2", "Rtie"}
    assert all(isinstance(row["score"], int) and 0 < row["score"] <= 1_000 for row in matches)


def test_every_row_is_explained_and_says_what_it_says_in_the_results(run: Any) -> None:
    matches, exceptions, explained = run
    offered = [each for each in explained if each.class_ != "not_offered"]
    assert {each.sentence for each in offered} == {row["why"] for row in matches + exceptions}
    rows = {row["match_id"] for row in matches}
    assert len(offered) == len(rows) + len(exceptions)
    assert all(each.rules_version == "3" and each.fields and each.would_change for each in offered)
    json.dumps([each.as_json() for each in offered])


def test_an_explanation_has_the_fields_their_levels_and_how_many_lines_share_a_value(run: Any) -> None:
    lead = explanation_of(run, "lead")
    seen = {field.name: field for field in lead.fields}
    assert (lead.status, lead.runner_up, lead.score > lead.runner_score > 0) == ("suggested", "Rlead2", True)
    assert (seen["phone"].level, seen["phone"].left_uses) == ("equal", 4)
    assert (seen["amount"].left_uses, seen["amount"].right_uses) == (1, 2)
    assert (seen["reference"].level, seen["at"].level) == ("missing", "within window")
    assert lead.would_change[0] == "Without Rlead2 it would have no rival."
    assert lead.as_json()["fields"][5] == {
        "name": "amount", "left": "119", "right": "119", "level": "equal", "weight": seen["amount"].weight,
        "left_uses": 1, "right_uses": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("left", "residual"),
    [
        ("gross", Residual(total=5 * SCALE, fee=5 * SCALE)),
        ("amount", Residual(total=10 * SCALE, unexplained=10 * SCALE)),
        ("half", Residual(total=10 * SCALE, unexplained=10 * SCALE)),
        ("set1", Residual()),
        ("back", Residual()),
    ],
)
def test_what_is_left_between_the_amounts_is_broken_down(run: Any, left: str, residual: Residual) -> None:
    assert explanation_of(run, left).residual == residual


def test_what_was_not_offered_can_be_asked_about(run: Any) -> None:
    (asked,) = [each for each in run[2] if each.class_ == "not_offered"]
    assert asked.sentence.startswith("What they share comes to a certainty of ")
    assert asked.would_change == (
        "More that the two have in common: a reference, a phone number, an account or a name.",
    )


def test_names_that_too_many_share_are_left_out_and_a_phone_number_still_counts(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [{"name": "Ama Mensah", "at": NOON + minute * MINUTE} for minute in range(2)]
    left = [
        line("mine", 50, msisdn=PHONE),
        line("whole", 90, msisdn="233249999999"),
        *(line(f"L{place}", 70, **told) for place, told in enumerate(names)),
    ]
    right = [
        line("their", 50, msisdn=PHONE),
        line("part1", 60, msisdn="0249999999"),
        line("part2", 30, msisdn="0249999999"),
        *(line(f"R{place}", 70, **told) for place, told in enumerate(names)),
    ]
    monkeypatch.setattr(derived, "MOST_PAIRS", 3)  # by name there are four
    monkeypatch.setattr(covering, "MOST_LEFT", 2)  # three and four are left, one and two with that number
    monkeypatch.setattr(
        covering, "MOST_TARGETS", 1
    )  # those for which there is nothing to choose do not count
    matches, exceptions, _ = outcome(tmp_path, left, right)
    assert [(row["left_id"], row["right_id"]) for row in matches] == [
        ("mine", "their"),
        ("whole", "part1"),
        ("whole", "part2"),
    ]
    assert {row["class"] for row in exceptions} == {"missing_at_provider", "missing_in_ledger"}
