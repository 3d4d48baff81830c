"""What makes a refund worth a second look; names; what a result file's header and words mean."""

from datetime import date

import pytest

from paydesk.domain.refunds import rules
from paydesk.kernel.money import Money

PLAIN = {
    "amount": Money(100, "GHS"), "payee_kind": "payer", "payee_name": "Ama Mensah",
    "payee_account": "233244123456",
    "original_account": "233244123456", "original_name": "MENSAH AMA", "customer_name": "Ama Mensah",
    "applied": Money(0, "GHS"), "paid_on": date(2026, 3, 1), "similar_refunds": 0, "similar_payments": 1,
    "reason": "duplicate",
}  # fmt: skip


def look(**fields) -> list[str]:
    return rules.reasons_to_look(rules.Asked(**{**PLAIN, **fields}), date(2026, 3, 2))


def test_a_double_paid_back_the_way_it_came_is_green():
    assert look() == []


@pytest.mark.parametrize(
    "doubt",
    [
        {"payee_kind": "relative"},
        {"payee_kind": "third_person"},
        {"payee_account": "233200000000"},
        {"original_account": ""},
        {"payee_name": "Kofi Boateng"},
        {"applied": Money(1, "GHS")},
        {"similar_refunds": 1},
        {"similar_payments": 0},
        {"paid_on": date(2025, 11, 1)},
        {"customer_name": None},
    ],
    ids=lambda doubt: next(iter(doubt)),
)
def test_each_doubt_says_itself(doubt):
    assert len(look(**doubt)) == 1


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Ama Mensah", "MENSAH, AMA", True),
        ("Mr. Kwame N. Asante", "Asante Kwame", True),
        ("A. Mensah", "Ama Mensah", True),
        ("Amá Mensah", "Ama Mensah", True),
        ("A M", "Ama Mensah", False),
        ("Ama Mensah", "Ama Boateng", False),
        ("Ama Ama", "Ama Mensah", False),
        ("", "Ama", False),
    ],
)
def test_names_agree_whatever_their_order(one, other, agree):
    assert rules.names_agree(one, other) is agree
    assert rules.names_agree(other, one) is agree


def test_a_result_file_needs_our_reference_and_a_status():
    assert rules.result_columns(["Status", "Our_Reference", "x"]) == {"status": 0, "reference": 1}
    with pytest.raises(ValueError, match="reference"):
        rules.result_columns(["Status", "Amount"])


def test_words_nobody_knows_are_not_guessed():
    assert rules.outcome_of(" Completed ") == "paid"
    assert rules.outcome_of("reversed") == "failed"
    assert rules.outcome_of("maybe") is None
