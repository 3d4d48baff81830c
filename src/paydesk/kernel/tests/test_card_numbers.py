"""Full card numbers are found; receipts, phones and our own ids are not."""

from __future__ import annotations

import pytest

from paydesk.kernel.card_numbers import card_number_in, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [  # the schemes' published test numbers
        ("4111111111111111", "411111******1111"),
        ("paid with 4111 1111 1111 1111 today", "paid with 411111******1111 today"),
        ("5555-5555-5555-4444", "555555******4444"),
        ("378282246310005.", "378282*****0005."),
        ("card 3782 822463 10005", "card 378282*****0005"),
        ("6011111111111117", "601111******1117"),
        ("5060990580000217499", "506099*********7499"),
        ("4111111111111111 and 5555555555554444", "411111******1111 and 555555******4444"),
    ],
)
def test_a_card_number_is_found_and_masked(text: str, shown: str) -> None:
    assert card_number_in(text)
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # the Luhn digit is wrong
        "254700000001", "2348012345678", "+233 24 000 0001", "0000006824852622", "2116938399",
        "TEST0AAA01", "09f84e20a283942e807128e8c21d08d6", "x4111111111111111", "41111111111111111111",
        "4111111111111111.50", "12345678901234", "0000000000000000", "1111111111111117", "GH4111111111111111",
        "2024031209300015", "", "no digits",
    ],
)  # fmt: skip
def test_what_is_no_card_number_passes(text: str) -> None:
    assert card_number_in(text) is None
    assert masked(text) == text
