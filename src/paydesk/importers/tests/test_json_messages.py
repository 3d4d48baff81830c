"""JSON from outside: exact numbers, and every damage refused in a sentence."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.importers.json_messages import Fields, NotJson, parsed
from paydesk.importers.reading import open_file
from paydesk.importers.records import NotReadable, RejectedLine, StatementLine
from paydesk.importers.registry import MESSAGES


def amount_in(text: str) -> Decimal | None:
    return Fields(parsed(f'{{"Amount": {text}}}'.encode())).amount("Amount")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0.1", "0.1"), ("0.10", "0.10"), ('"10.00"', "10.00"), ("1E+2", "100"), ("99999999999999.99",) * 2,
     ("0.30000000000000004"[:10], "0.30000000"), ('"1,250.00"', "1250.00")],
)  # fmt: skip
def test_an_amount_is_read_digit_by_digit(text: str, amount: str) -> None:
    assert str(amount_in(text)) == amount


@pytest.mark.parametrize(
    "text", ["1e400", "1E-400", "9" * 61, "0.300000000000000004", "true", "[1]", '{"a": 1}', '"abc"']
)
def test_what_is_no_amount_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="amount|decimals|larger"):
        amount_in(text)


@given(st.decimals(min_value=0, max_value=10**13, places=4, allow_nan=False))
def test_no_digit_of_a_number_is_lost(value: Decimal) -> None:
    assert amount_in(format(value, "f")) == value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"Amount": NaN}', "NaN"),
        (b'{"Amount": 1, "Amount": 100}', "stands twice"),
        (b"[" * 60_000, "nested|not JSON"),
        (b'{"a":' * 60_000 + b"1" + b"}" * 60_000, "nested"),
        (b"\xff\xfe{", "UTF-8"),
        (b"{'a': 1}", "not JSON"),
        (b"", "not JSON"),
        (b'{"a": "\x00"}', "not JSON"),
    ],
)
def test_json_that_cannot_be_taken_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(NotJson, match=reason):
        parsed(body)


def test_text_that_no_database_holds_is_cleaned_and_card_numbers_are_masked() -> None:
    found = Fields(parsed(rb'{"a": "x\u0000y\ud800", "b": "card 4111111111111111"}'))
    assert found.text("a") == "x\ufffdy?"
    assert found.text("b") == "card 411111******1111"


MESSAGE = {
    "ResponseCode": "0000",
    "Data": {"Amount": 5, "TransactionId": "T1", "ClientReference": "R", "PaymentDate": "2026-02-03"},
}


def test_one_message_a_list_and_one_per_line_read_alike() -> None:
    one = json.dumps(MESSAGE).encode()
    for body, lines in ((one, 1), (b"[" + one + b"," + one + b"]", 2), (one + b"\n" + one + b"\n", 2)):
        found = open_file(io.BytesIO(body), filename="a.json")
        assert found.format == "hubtel.callback"
        assert sum(isinstance(each, StatementLine) for each in found) == lines


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = (
    "ResponseCode",
    "Data",
    "Amount",
    "TransactionId",
    "AmountAfterCharges",
    "PaymentDate",
    "ClientReference",
)


@given(
    st.fixed_dictionaries(
        {
            "ResponseCode": st.sampled_from(["0000", "0001", "2001"]) | JSON,
            "Data": st.dictionaries(st.sampled_from(KEYS), JSON) | JSON,
        }
    )
)
def test_wrong_types_anywhere_reject_the_row_and_never_raise(message: object) -> None:
    body = json.dumps(message).encode()
    for each in open_file(io.BytesIO(body), filename="a.json", format="hubtel.callback"):
        assert not isinstance(each, RejectedLine) or each.reason


@pytest.mark.parametrize("importer", MESSAGES, ids=lambda each: each.name)
def test_a_file_of_another_kind_is_refused(importer: type) -> None:
    with pytest.raises(NotReadable, match="holds no"):
        importer().prepare(io.BytesIO(b'{"something": "else"}'))
