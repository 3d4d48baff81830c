"""What goes to risk at once, when the night's learning is due, how the tree of categories changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from paydesk.domain.cases import categories
from paydesk.domain.cases.rules import missing_before_resolve, severity_of
from paydesk.domain.triage.rules import escalates_at_once, is_time_to_learn, text_of
from paydesk.domain.triage.tree_edits import changes_between, with_category, with_group

NIGHT = datetime(2026, 3, 2, 2, 5, tzinfo=UTC)
TREE = categories.as_json()


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ({"harms": ["unauthorised"]}, []),
        ({"harms": ["unauthorised"], "value_moved": True}, ["unauthorised"]),
        ({"root_cause": "unauthorised", "value_moved": True}, ["unauthorised"]),
        ({"category": "fraud.unauthorised", "value_moved": True}, ["unauthorised"]),
        ({"harms": ["locked", "several"], "value_moved": True}, []),
        ({"harms": ["vulnerable", "regulator", "staff"]}, ["regulator", "staff", "vulnerable"]),
        ({"on_same_merchant": 2}, []),
        ({"on_same_merchant": 3}, ["several"]),
    ],
)
def test_what_cannot_wait_goes_to_risk_with_its_reason(said: dict[str, Any], reasons: list[str]):
    usual = {"harms": [], "category": "", "root_cause": "", "value_moved": False, "on_same_merchant": 1}
    assert escalates_at_once(**{**usual, **said}) == reasons


def test_a_regulator_or_one_of_our_own_people_makes_a_case_urgent():
    for harm in ("regulator", "staff"):
        said = severity_of(
            amount_minor=None, large_minor=100, opened_at=NIGHT, now=NIGHT, harms=[harm]
        )  # fmt: skip
        assert said == "urgent"


def test_it_is_learnt_once_a_night_and_only_from_something_new():
    day = timedelta(days=1)
    assert is_time_to_learn(now=NIGHT, asked_at=None, resolved_at=NIGHT - day)
    assert is_time_to_learn(now=NIGHT, asked_at=NIGHT - day, resolved_at=NIGHT - day / 2)
    assert not is_time_to_learn(now=NIGHT, asked_at=NIGHT - day, resolved_at=NIGHT - 2 * day)
    assert not is_time_to_learn(now=NIGHT, asked_at=NIGHT - timedelta(minutes=2), resolved_at=NIGHT)
    assert not is_time_to_learn(now=NIGHT - timedelta(hours=1), asked_at=None, resolved_at=NIGHT - day)
    assert not is_time_to_learn(now=NIGHT, asked_at=None, resolved_at=None)


def test_a_subject_counts_where_it_says_more_than_the_message():
    assert text_of("Where is it", ["Where is it? I paid."]) == "Where is it? I paid."
    assert text_of("Refund", ["It has not come.", " "]) == "Refund\nIt has not come."
    assert text_of("A call", []) == "A call"


def edited(tree: Any = TREE, code: str = "paying.twice", **said: Any) -> tuple[Any, str]:
    usual = {
        "group": "paying",
        "words": "Charged twice",
        "checks": ["Look"],
        "required": [],
        "documents": {},
        "retired": False,
    }
    return with_category(tree, code, **{**usual, **said})


def test_a_category_is_renamed_moved_retired_and_keeps_its_code():
    made, code = edited(group="refund", words="Paid two times", required=["amount", "link"])
    assert code == "paying.twice"
    assert "paying.twice" not in made["paying"]["children"]
    assert categories.leaves(made)["paying.twice"] == "Refund: Paid two times"
    assert categories.required_by(made, code) == ["amount", "link"]
    assert changes_between(TREE, made) == [
        "Charged twice is now Paid two times.",
        "Paid two times moved from Paying to Refund.",
        "Paid two times has another checklist.",
        "Paid two times asks for other fields.",
    ]
    gone, _ = edited(made, group="refund", words="Paid two times", retired=True)
    assert "paying.twice" not in categories.leaves(gone)
    assert categories.leaves(gone, retired=True)["paying.twice"] == "Refund: Paid two times"
    assert categories.as_json() == TREE


def test_a_category_asks_for_documents_before_what_and_an_unknown_one_for_none():
    made, code = edited(checks=TREE["paying"]["children"]["paying.twice"]["checks"],
                        documents={"resolve": [], "risk": {"police_report", "identity"}})  # fmt: skip
    assert categories.documents_of(made, code, "risk") == ["identity", "police_report"]
    assert categories.documents_of(made, code, "resolve") == []
    assert categories.documents_of(made, "gone.away", "risk") == []
    assert changes_between(TREE, made) == ["Charged twice asks for other documents."]


def test_a_new_category_gets_a_code_that_nobody_had():
    made, code = edited(code="", words="Twice")
    assert code == "paying.twice_2"
    again, other = with_group(made, "", words="Chargebacks & co")
    assert other == "chargebacks_co"
    assert edited(again, "", group=other, words="Lost")[1] == "chargebacks_co.lost"
    assert changes_between(TREE, made) == ["Twice is new, in Paying."]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"words": " "}, "Give it a name"),
        ({"words": "x" * 61}, "up to 60"),
        ({"group": "nothing"}, "Choose the group"),
        ({"code": "gone.away"}, "no such category"),
        ({"words": "wrong amount"}, "has a category"),
        ({"checks": ["x"] * 1 + [f"{n}" for n in range(12)]}, "up to 12 lines"),
        ({"required": ["shoe"]}, "from the list"),
        ({"documents": {"risk": ["other"]}}, "from their list"),
        ({"documents": {"answer": ["identity"]}}, "from their list"),
    ],
)
def test_what_the_tree_cannot_be_is_said(said: dict[str, Any], problem: str):
    with pytest.raises(ValueError, match=problem):
        edited(**said)
    with pytest.raises(ValueError, match="already"):
        with_group(TREE, "paying", words="refund")


def test_what_a_category_asks_for_is_missing_until_it_is_there():
    missing = missing_before_resolve(
        category="paying.twice", root_cause="none", money_outcome="none", unchecked=[], unanswered=False,
        blocks=[], required={"customer": True, "amount": False},
    )  # fmt: skip
    assert [(each.field, each.text) for each in missing] == [("amount", categories.REQUIRED["amount"])]
