"""What a draft keeps of the facts in it, and what it says of them later; plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from paydesk.domain.cases.draft_facts import changed_facts, kept_facts, renewed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BALANCE = ("seller.available", "120.00 GHS")


def test_a_fact_is_kept_as_of_when_it_was_read_first_and_only_while_it_stands_in_the_text() -> None:
    first = kept_facts("120.00 GHS and 7", [BALANCE, ("refund.state", "7")], NOON, [])
    assert first == [{"name": BALANCE[0], "value": BALANCE[1], "at": NOON.isoformat()}]
    assert kept_facts("Now 120.00 GHS", [BALANCE], NOON + timedelta(hours=1), first) == first
    assert kept_facts("Nothing", [BALANCE], NOON, first) == []
    assert kept_facts("120.00 GHS", [BALANCE], None, []) == [], "nobody says when it was read"


def test_what_changed_is_said_with_what_it_is_now_unless_it_might_be_two_things() -> None:
    text = "You have 120.00 GHS, really 120.00 GHS."
    kept = kept_facts(text, [BALANCE], NOON, [])
    assert changed_facts(text, kept, [(BALANCE[0], "Free to withdraw", "120.00 GHS")]) == []
    (changed,) = changed_facts(text, kept, [(BALANCE[0], "Free to withdraw", "60.00 GHS")])
    assert (changed.words, changed.was, changed.as_of, changed.now) == (
        "Free to withdraw", "120.00 GHS", NOON, "60.00 GHS",
    )  # fmt: skip
    assert renewed(text, [changed]) == "You have 60.00 GHS, really 60.00 GHS."
    two = [(BALANCE[0], "Free to withdraw", "1.00 GHS"), (BALANCE[0], "Free to withdraw", "2.00 GHS")]
    for fresh in (two, []):
        (changed,) = changed_facts(text, kept, fresh)
        assert changed.now == ""
        assert renewed(text, [changed]) == text
    assert changed_facts("It says something else.", kept, []) == []
