"""Paystack's lists: the whole output of our samples, one record alone, what is no list of theirs."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.paystack_lists import PaystackTransactions
from paydesk.importers.reading import open_file
from paydesk.importers.records import StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())
ONE = {
    "id": 1,
    "status": "success",
    "reference": "A",
    "amount": 150,
    "currency": "XOF",
    "gateway_response": "Approved",
    "paid_at": "2026-03-01T10:00:00Z",
}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    assert_as_expected(open_file(sample, filename=sample.name), HERE / "expected" / f"{sample.stem}.json")


@pytest.mark.parametrize(
    "document",
    [ONE, [ONE], {"status": True, "message": "", "data": ONE}, {"status": True, "data": [ONE]}],
    ids=["record", "list", "answer of one", "answer"],
)
def test_a_record_is_read_alone_in_a_list_and_in_an_answer(document: object) -> None:
    reading = open_file(io.BytesIO(json.dumps(document).encode()), filename="a.json")
    (line,) = [each for each in reading if isinstance(each, StatementLine)]
    assert reading.format == "paystack.transactions"
    assert (line.amount, line.currency) == (Decimal("1.50"), "XOF")  # a hundredth, also of the CFA franc


def test_an_event_is_no_transaction_and_a_transfer_neither() -> None:
    assert not PaystackTransactions().fits({"event": "charge.success", "data": ONE})
    assert not PaystackTransactions().fits({**ONE, "transfer_code": "TRF_1"})
    assert not PaystackTransactions().fits({"status": True, "data": []})
