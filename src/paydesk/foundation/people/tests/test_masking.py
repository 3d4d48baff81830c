"""What stays of a name, a phone number and a row when it is masked, and which reasons will do."""

import pytest

from paydesk.foundation.people.authority import ROLES, rights_of
from paydesk.foundation.people.masking import (
    HIDDEN,
    masked_name,
    masked_phone,
    masked_row,
    sight_of,
    why_no_reason,
)
from paydesk.kernel.actor import Actor


@pytest.mark.parametrize(
    ("name", "masked"),
    [("Ama Mensah", "Ama M•••"), ("Ama Serwaa Mensah", "Ama M•••"), ("Kofi", "K•••"), ("", ""), ("  ", "")],
)
def test_a_name_keeps_its_first_word_and_a_letter(name, masked):
    assert masked_name(name) == masked


@pytest.mark.parametrize(
    ("digits", "masked"),
    [
        ("233241234567", "+233 24 ••• ••67"),
        ("2348031234567", "+234 80 ••• ••67"),
        ("4915112345678", "•••78"),
        ("2567", "•••"),
        ("", ""),
    ],
)
def test_a_number_keeps_country_network_and_the_last_two(digits, masked):
    assert masked_phone(digits) == masked


def test_a_row_keeps_what_is_nobodys():
    row = {
        "Date": "2026-03-02", "Amount": "50.00", "Till": "777001", "Ref": "0244123456 paid",
        "Customer Name": "Ama Mensah", "Note 7": "for ama mensah", "Empty": "", "Id": "TX0000123456789",
    }  # fmt: skip
    seen = masked_row(row, ("Ama Mensah",))
    assert seen == row | {"Customer Name": HIDDEN, "Note 7": HIDDEN, "Ref": f"{HIDDEN} paid"}
    assert masked_row(":61:2603020302C50,00NTRF AMA MENSAH") == HIDDEN


def test_who_sees_what_in_clear():
    sees = {role: sight_of(Actor("person", 1, "x", rights_of([role]))) for role in ROLES}
    assert [role for role in ROLES if sees[role].names] == ["AN", "SU", "CO", "SD", "TL"]
    assert [role for role in ROLES if sees[role].phones] == ["AN", "SU", "CO", "TL"]
    assert [role for role in ROLES if not sees[role].may_reveal] == ["QA", "AD"]


@pytest.mark.parametrize(
    ("reason", "good"),
    [
        ("Calling back about PAY-0000123", True),
        ("The customer is at the counter", True),
        ("short", False),
        ("x" * 201, False),
        ("Calling mensah back", False),
        ("Calling 0244 12 34 56 back", False),
    ],
)
def test_a_reason_says_why_and_names_nobody(reason, good):
    assert (why_no_reason(reason, ["Ama Mensah", "233244123456"]) == "") is good
