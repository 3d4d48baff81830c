"""Chariot deposits: the whole output of our sample, the real file's figures, what is said and refused."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, RejectedLine, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLE = HERE / "samples" / "invented_deposit.csv"
SHARED = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "chariot"


def test_the_sample_reads_as_expected() -> None:
    assert_as_expected(open_file(SAMPLE, filename=SAMPLE.name), HERE / "expected" / f"{SAMPLE.stem}.json")


def test_a_refund_above_zero_is_rejected() -> None:
    body = SAMPLE.read_text().replace(",donation,Invented Giver", ",refund,Invented Giver")
    (rejected,) = [
        each
        for each in open_file(io.BytesIO(body.encode()), filename="a.csv")
        if isinstance(each, RejectedLine)
    ]
    assert "refund of 50 contradicts itself" in rejected.reason


def test_a_file_without_its_currency_is_refused_in_words() -> None:
    body = SAMPLE.read_text().replace("settled_currency", "something")
    with pytest.raises(NotReadable, match="no column 'settled_currency'"):
        list(open_file(io.BytesIO(body.encode()), filename="a.csv"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_the_real_deposit_has_two_donations_and_the_payout_they_make() -> None:
    (path,) = SHARED.iterdir()
    reading = open_file(path, filename=path.name)
    records = list(reading)
    lines = [each for each in records if isinstance(each, StatementLine)]
    assert reading.format == "chariot.deposit"
    assert [(line.kind, line.amount) for line in lines] == [
        ("payment", Decimal(5)), ("payment", Decimal(5)), ("sweep", Decimal(-10)),
    ]  # fmt: skip
    assert {line.batch_key for line in lines} == {"01kqkvxnj5mc751be13egn6j6p"}
    assert not [each for each in records if isinstance(each, FileWarning)]
