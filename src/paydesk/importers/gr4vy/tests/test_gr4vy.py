"""Gr4vy's report: the whole output of our sample, the origin's figures, what is rejected and refused."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, RejectedLine, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLE = HERE / "samples" / "invented_transactions.csv"
SHARED = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "gravy"


def test_the_sample_reads_as_expected() -> None:
    assert_as_expected(open_file(SAMPLE, filename=SAMPLE.name), HERE / "expected" / f"{SAMPLE.stem}.json")


def test_a_captured_transaction_of_nothing_is_rejected() -> None:
    body = SAMPLE.read_text().replace("1250,0,card", "0,0,card")
    reasons = [
        each.reason
        for each in open_file(io.BytesIO(body.encode()), filename="a.csv")
        if isinstance(each, RejectedLine)
    ]
    assert any("has the amount 0" in reason for reason in reasons)


def test_a_file_without_amounts_is_refused_in_words() -> None:
    body = SAMPLE.read_text().replace(",amount,", ",sum,")
    with pytest.raises(NotReadable, match="no column 'amount'"):
        list(open_file(io.BytesIO(body.encode()), filename="a.csv"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_the_real_report_has_two_payments_in_their_own_minor_units() -> None:
    (path,) = SHARED.iterdir()
    reading = open_file(path, filename=path.name)
    records = list(reading)
    lines = [each for each in records if isinstance(each, StatementLine)]
    assert reading.format == "gr4vy.transactions"
    assert [(line.amount, line.currency, line.status) for line in lines] == [
        (Decimal("10.00"), "USD", "success"), (Decimal(5000), "JPY", "success"),
    ]  # fmt: skip
    assert lines[0].provider_ref == "8177b746-e22c-48cb-a058-11bcae1dcee3"
    said = " ".join(each.text for each in records if isinstance(each, FileWarning))
    assert "authorization_failed" in said
    assert "authorization_declined" in said
