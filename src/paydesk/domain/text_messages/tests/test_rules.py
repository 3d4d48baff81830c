"""What text messages cost and when one more is too many, in plain Python."""

from __future__ import annotations

from decimal import Decimal

import pytest

from paydesk.domain.text_messages import rules

CAPS = rules.Caps(per_number_hour=4, cost_day=Decimal("1.00"), price=Decimal("0.04"), currency="GHS")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("é" * 160, 1), ("ê" * 70, 1), ("ê" * 71, 2), ("🙂" * 36, 2),
    ],
)  # fmt: skip
def test_a_text_is_as_many_messages_as_networks_count(text: str, parts: int) -> None:
    assert rules.parts_of(text) == parts


@pytest.mark.parametrize("language", [*rules.CODE_TEXTS, "pt"])
def test_a_code_is_one_message_in_every_language(language: str) -> None:
    text = rules.code_text("123456", "A" * 20, language)
    assert rules.parts_of(text) == 1
    assert "123 456" in text


def test_the_caps_stop_one_more_whoever_asks() -> None:
    def why(hour: int = 0, codes: int = 0, cost: str = "0", is_code: bool = True) -> str:
        return rules.why_too_many(rules.Used(hour, codes, Decimal(cost)), CAPS, parts=1, is_code=is_code)

    assert why(3, 9, "0.96") == ""
    assert why(4).startswith("This number had 4 text messages")
    assert why(0, 10).startswith("This number had 10 codes")
    assert why(0, 10, is_code=False) == ""
    assert why(cost="0.9601").startswith(
        "Text messages cost 0.9601 GHS within a day, and 1.00 GHS is the most"
    )


def test_a_gateway_is_reached_by_tls_or_on_this_machine() -> None:
    assert rules.problem_with_address("https://api.sms.example/v2") == ""
    assert rules.problem_with_address("http://127.0.0.1:99") == ""
    assert "https" in rules.problem_with_address("http://api.sms.example")
    for wrong in (
        "",
        "sms.example",
        "https://user@sms.example",
        "https://sms.example?x=1",
        "ftp://sms.example",
    ):
        assert rules.problem_with_address(wrong)
