"""What policy wants next, what may stand in a ready text, and what fills its places. Needs no database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paydesk.domain.cases import placeholders, texts
from paydesk.domain.cases.next_steps import CaseFacts, next_step

# In the order of the work: what is known by then, what is next.
WORKED = {
    "confirm": {"proposed": 1},
    "customer": {"owners": 1},
    "verify": {"knows_customer": True, "guarded_facts": True},
    "money": {"level": "two_facts", "open_money": True},
    "answer": {"open_money": False},
    "sort": {"unanswered": False},
    "tick": {"is_sorted": True, "unchecked": ("Lock checked",)},
    "wait": {"unchecked": (), "blocks": ("Refund REF-1 is not decided yet.",)},
    "resolve": {"blocks": ()},
}


def test_a_caller_whom_nobody_named_is_asked_who_they_are_before_the_call_is_written_down() -> None:
    calls = CaseFacts("new", unanswered=True, by_phone=True)
    others = replace(calls, by_phone=False), replace(calls, party_role="seller")
    asked = [next_step(each) for each in (calls, *others)]
    assert [step.name for step in asked if step] == ["who", "answer", "answer"]


def test_the_work_goes_from_what_it_is_about_to_its_end() -> None:
    known = {"unanswered": True}
    for name, more in WORKED.items():
        known |= more
        step = next_step(CaseFacts("in_progress", **known))
        assert step is not None, name
        assert step.name == name, known
        if name == "confirm":
            known["proposed"] = 0


def test_nothing_is_next_while_a_case_waits_or_is_over_and_a_third_person_is_never_verified() -> None:
    assert next_step(CaseFacts("resolved", unanswered=True)) is None
    assert next_step(CaseFacts("waiting", waits_for="customer", is_sorted=True)) is None
    came_back = next_step(CaseFacts("waiting", waits_for="provider", unanswered=True))
    assert came_back is not None
    assert came_back.name == "answer"
    third = CaseFacts("new", party_role="third_party", guarded_facts=True, owners=1, unanswered=True)
    told = next_step(third)
    assert told is not None
    assert told.name == "answer"


def test_places_are_filled_by_facts_that_are_known_may_be_told_and_are_one() -> None:
    text = "Dear {customer.name}, {payment.amount} of {payment.day}: {payment.state}. "
    text += "{contract.open} {refund.state}"
    facts = [
        ("payment.amount", "50.00 GHS", ""),
        ("payment.day", "1 March", ""),
        ("payment.day", "2 March", ""),
        ("payment.state", "  ", ""),
        ("contract.open", "9.00 GHS", "Verify them first."),
    ]
    filled = placeholders.fill(text, {"customer.name": "Ama"}, facts)
    assert filled.text.startswith("Dear Ama, 50.00 GHS of {payment.day}: {payment.state}.")
    assert filled.facts == {"payment.amount": "50.00 GHS"}
    assert {name: why.split(":")[0] for name, why in filled.left.items()} == {
        "payment.day": "The case is about several",
        "payment.state": "It is empty now",
        "contract.open": "Verify them first.",
        "refund.state": "Nothing known fills it",
    }
    assert "{payment.day}" in placeholders.why_not_sent(filled.text)
    assert placeholders.why_not_sent("No place {here} {Not.One}") == ""


@pytest.mark.parametrize(
    ("title", "said", "words"),
    [
        ("", {"en": "Hello"}, "title"),
        ("Hello", {}, "one language"),
        ("Hello", {"xx": "Hello"}, "no language"),
        ("Hello", {"en": "Hello", "fr": "Bonjour {payment.colour}"}, "in French is no place"),
        ("Hello", {"en": "Hello {customer.name}"}, ""),
    ],
)
def test_a_ready_text_has_a_title_a_language_and_places_that_facts_fill(
    title: str, said: dict[str, str], words: str
) -> None:
    problem = texts.problem_with_ready_text(title, said, placeholders.OWN)
    assert words in problem if words else problem == ""


def test_a_tag_is_a_word_and_nobodys_number() -> None:
    assert texts.tag_of("  Bank Holiday ") == "bank-holiday"
    assert texts.problem_with_tag("bank-holiday") == ""
    for wrong in ("", "a", "0244123456", "ama@mail"):
        assert texts.problem_with_tag(wrong), wrong
