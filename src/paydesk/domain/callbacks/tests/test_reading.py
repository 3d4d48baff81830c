"""What a message says by its dialect and channel: never an error, the same money as the provider's file."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.domain.callbacks.reading import ANSWER, read_message
from paydesk.domain.providers.dialects import DIALECTS
from paydesk.domain.statements.rules import line_key
from paydesk.importers.reading import open_file
from paydesk.importers.records import StatementLine

IMPORTERS = Path(__file__).parents[3] / "importers"
CHANNELS = [(code, channel) for code, each in DIALECTS.items() for channel in (*each.channels, ANSWER)]
SAMPLES = [
    path.read_bytes()[:20_000]
    for path in sorted(IMPORTERS.glob("*/samples/*.json"))
    if path.stat().st_size < 60_000
]


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(CHANNELS),
    st.one_of(st.binary(max_size=200), st.sampled_from(SAMPLES)),
    st.integers(0, 20_000),
    st.binary(max_size=6),
)
def test_any_bytes_are_lines_nothing_or_a_reason(
    way: tuple[str, str], body: bytes, place: int, junk: bytes
) -> None:
    dialect, channel = way
    cut = place % (len(body) + 1)
    read = read_message(body[:cut] + junk + body[cut:], dialect=dialect, channel=channel, numbers=["600999"])
    assert not (read.lines and read.reason)


def test_every_message_of_our_samples_is_read_by_the_door_as_in_a_file() -> None:
    """Alone at the door of its provider a message gives the lines that it gives among others in a file."""
    for dialect, channel, folder in (
        ("hubtel", "payment", "hubtel_callback"), ("hubtel", "order", "hubtel_order"),
        ("mpesa", "result", "mpesa_result"), ("mtn", "payment", "mtn_callback"),
        ("airtel", "payment", "airtel_callback"), ("paystack", "event", "paystack_webhook"),
        ("flutterwave", "event", "flutterwave_webhook"),
    ):  # fmt: skip
        for sample in (IMPORTERS / folder / "samples").iterdir():
            whole = json.loads(sample.read_bytes())
            found = [
                line_key(line)
                for each in (whole if isinstance(whole, list) else [whole])
                for line in read_message(
                    json.dumps(each).encode(), dialect=dialect, channel=channel, numbers=["x"]
                ).lines
            ]
            in_file = [
                line_key(each)
                for each in open_file(sample, filename=sample.name)
                if isinstance(each, StatementLine) and each.kind not in ("notice", "order")
            ]
            assert len(found) >= len(in_file) - 1, sample  # a message of the test system makes none
            assert set(found) <= set(in_file), sample


MTN = {
    "financialTransactionId": "7000000001", "externalId": "60000013", "amount": "1250", "currency": "GHS",
    "payer": {"partyIdType": "MSISDN", "partyId": "233240000013"}, "status": "SUCCESSFUL",
}  # fmt: skip
PAYOUT = {
    "Result": {
        "ResultCode": 0, "ConversationID": "AG_1", "TransactionID": "TEST0AAA09",
        "ResultParameters": {"ResultParameter": [
            {"Key": "TransactionReceipt", "Value": "TEST0AAA09"}, {"Key": "TransactionAmount", "Value": 500},
        ]},
    }
}  # fmt: skip
PORTAL = (
    "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
    "TEST0AAA09,14-03-2026 18:05:09,Business Payment to Customer via API,Completed,,-500.00,1\n"
)
STATEMENT = (IMPORTERS / "mtn_statement" / "samples" / "invented_statement.csv").read_text()


@pytest.mark.parametrize(
    ("dialect", "channel", "message", "file"),
    [("mtn", "payment", MTN, STATEMENT), ("mpesa", "result", PAYOUT, PORTAL)],
    ids=["mtn", "mpesa"],
)
def test_the_same_money_by_callback_and_by_file_has_one_key(
    dialect: str, channel: str, message: object, file: str
) -> None:
    (line,) = read_message(
        json.dumps(message).encode(), dialect=dialect, channel=channel, numbers=["600999"]
    ).lines
    rows = [
        each
        for each in open_file(io.BytesIO(file.encode()), filename="file")
        if isinstance(each, StatementLine) and each.provider_ref == line.provider_ref
    ]
    assert [(line_key(each), each.amount, each.currency) for each in rows] == [
        (line_key(line), line.amount, line.currency)
    ]
