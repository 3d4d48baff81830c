"""One run over lines of every sort: what becomes of each, and why."""

from __future__ import annotations

from typing import Any

import pytest

from paydesk.matching.tests.builders import DAY, HOUR, NOON, line, outcome

MINUTE = 60
PHONE = "233241234567"
# Each case stands by itself: its ids begin with its name, and nothing ties it to another.
LEFT = [
    line("same", 100, provider_ref="PR-1", reference="A-1001"),
    line("ref", 101, reference="inv 2001"),
    line("nextday", 102, reference="INV-2002"),
    line("na", 103, reference="N/A"),
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
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    matches, exceptions, _ = outcome(tmp_path_factory.mktemp("sides"), LEFT, RIGHT)
    return matches, exceptions


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
