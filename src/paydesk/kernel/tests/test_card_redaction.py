"""Card data goes out of what people write; references, IBANs, phones and decimals stay."""

from __future__ import annotations

import pytest

from paydesk.kernel.card_redaction import CardDataRefused, may_hold_card_data, redact_text, refuse_card_data


@pytest.mark.parametrize(
    ("text", "kept"),
    [  # the schemes' published test numbers
        ("I paid with 4111111111111111.", "I paid with ************1111."),
        ("Card No.4111-1111-1111-1111, exp 12/27", "Card No.****-****-****-1111, exp 12/27"),
        ("visa4111111111111111 please", "visa************1111 please"),
        ("4111 1111 1111 1111 1227 123", "**** **** **** 1111 1227 123"),
        ("card: 4111.1111.1111.1111", "card: ****.****.****.1111"),
        ("3782 822463 10005", "**** ****** *0005"),
        ("wrapped 4111 1111\r\n1111 1111 here", "wrapped **** ****\r\n**** 1111 here"),
        ("> 4111 1111\n> 1111 1111", "> **** ****\n> **** 1111"),
        ("receipt_5555555555554444.pdf", "receipt_************4444.pdf"),
        ("https://shop.example/pay?card=4111111111111111", "https://shop.example/pay?card=************1111"),
        ("٤١١١ ١١١١ ١١١١ ١١١١", "**** **** **** ١١١١"),  # noqa: RUF001
        ("4111\u00a01111\u20131111\u00a01111", "4111\u00a01111\u20131111\u00a01111"),  # mixed
        ("4111\u00a01111\u00a01111\u00a01111", "****\u00a0****\u00a0****\u00a01111"),
        ("41\u200b11111111111111", "**\u200b**********1111"),
        ("GH41 4111 1111 1111 1111", "GH41 **** **** **** 1111"),  # no IBAN by its check digits
        ("5060990580000217499 and 5555555555554444", "***************7499 and ************4444"),
    ],
)  # fmt: skip
def test_of_a_card_number_the_last_four_digits_stay(text: str, kept: str) -> None:
    assert redact_text(text).text == kept
    assert redact_text(kept).text == kept
    if kept != text and text.isascii():
        assert may_hold_card_data(text.encode())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("%B4111111111111111^ASANTE/AMA^27121010000000000?", "%B************1111" + "*" * 30),
        (";4111111111111111=27121010000000?", ";************1111" + "*" * 16),
        ("CVV 123 and pin is: 4821", "CVV *** and pin is: ****"),
        ("Sicherheitscode: 987", "Sicherheitscode: ***"),
        ("le code de sécurité 456", "le code de sécurité ***"),
    ],
)
def test_of_tracks_codes_and_pins_nothing_stays(text: str, kept: str) -> None:
    found = redact_text(text)
    assert (found.text, bool(found.secrets)) == (kept, True)
    assert may_hold_card_data(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # the Luhn digit is wrong
        "DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", 
        "+4111111111111111", "+233 24 000 0001", "0.5555555555554444", "41111111111111111111",
        "https://track.example/o/4111111111111111/px.gif", "x4111111111111111", "a5555555555554444f",
        "40000000\n00000002", "4000\n0000\n0000\n0002", "4000\t0000\t0000\t0002", "shopping 1234", "PIN",
        "my pin is 1.50", "411111******1111", "",
    ],
)  # fmt: skip
def test_what_is_no_card_data_stays(text: str) -> None:
    assert not redact_text(text).changed


def test_a_reference_of_our_own_ledger_stays() -> None:
    asked = []

    def is_ours(digits: str) -> bool:
        asked.append(digits)
        return digits == "4111111111111111"

    found = redact_text(
        "order 4111 1111 1111 1111, card 5555555555554444, call 233244000001", is_ours=is_ours
    )
    assert found.text == "order 4111 1111 1111 1111, card ************4444, call 233244000001"
    assert asked == ["4111111111111111", "5555555555554444"]


def test_a_form_field_refuses_and_says_what_to_write() -> None:
    with pytest.raises(CardDataRefused, match=r"Reference holds .* last four digits only"):
        refuse_card_data("4111111111111111", field="Reference")
    with pytest.raises(CardDataRefused, match="PIN or the security code"):
        refuse_card_data("my PIN is 4821", field="Message")
    refuse_card_data("PAY-7F2K9", field="Reference")
