"""Bank account numbers are checked before money is sent to them."""

from __future__ import annotations

import pytest

from paydesk.kernel.ibans import iban_of


@pytest.mark.parametrize("text", ["DE89 3704 0044 0532 0130 00", "gb82west12345698765432"])
def test_a_sound_number_comes_back_plain(text: str) -> None:
    assert iban_of(text) == "".join(text.split()).upper()


@pytest.mark.parametrize(
    "text", ["", "DE89370400440532013001", "DE8937", "233244123456", "DÉ89370400440532013000"]
)
def test_a_mistyped_one_is_none(text: str) -> None:
    assert iban_of(text) is None
