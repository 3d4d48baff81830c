"""Ingenico WX files: the whole output of our sample, what is rejected or refused, the origin's figures."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.ingenico_wx import IngenicoWx
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, StatementLine
from paydesk.importers.tests.memory import growth_while_reading
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLE = HERE / "samples" / "week_with_everything.xml"
SHARED = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "ingenico"

HEAD = '<report xmlns="https://wx.v2_6.globalcollect.com"><AccountID>1</AccountID>'


def record(category: str = "+", record_type: str = "ON", amount: str = "100", rest: str = "") -> str:
    return (
        f"<DataRecord><OrderID>7</OrderID><PaymentData><Recordcategory>{category}</Recordcategory>"
        f"<Recordtype>{record_type}</Recordtype><PaymentCurrency>EUR</PaymentCurrency>"
        f"<PaymentAmount>{amount}</PaymentAmount>{rest}</PaymentData></DataRecord>"
    )


def read(text: str) -> list[Record]:
    return list(open_file(io.BytesIO(text.encode()), filename="a.xml"))


def test_the_sample_reads_as_expected() -> None:
    assert_as_expected(open_file(SAMPLE, filename=SAMPLE.name), HERE / "expected" / f"{SAMPLE.stem}.json")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (record("?", "ON"), "record category"),
        (record(amount="1.00"), "minor units"),
        (record(amount=""), "no amount"),
        (record("-", "CB", "100"), "contradicts itself"),
        (record(rest="<PaymentStatus>77</PaymentStatus>"), "payment status '77'"),
        (record(rest="<TransactionDateTime>someday</TransactionDateTime>"), "TransactionDateTime"),
    ],
)
def test_a_record_that_is_not_understood_is_rejected_and_the_next_one_is_read(wrong: str, said: str) -> None:
    records = read(HEAD + wrong + record(amount="300") + "</report>")
    (rejected,) = [each for each in records if isinstance(each, RejectedLine)]
    assert rejected.line == 1
    assert said in rejected.reason
    assert [each.amount for each in records if isinstance(each, StatementLine)] == [Decimal("3.00")]


def test_a_report_without_a_count_says_so() -> None:
    assert any(
        "NumberOfRecords" in each.text
        for each in read(HEAD + record() + "</report>")
        if isinstance(each, FileWarning)
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + record(), "damaged"),
        (HEAD + record(rest="<Extra/>" * 5_100) + "</report>", "elements"),
        ('<!DOCTYPE a SYSTEM "file:///etc/hostname">' + HEAD + "</report>", "DOCTYPE"),
    ],
)
def test_a_damaged_report_is_refused(content: str, said: str) -> None:
    with pytest.raises(NotReadable, match=said):
        read(content)


def test_another_report_is_not_claimed() -> None:
    assert not IngenicoWx().recognises(b'<report xmlns="urn:other"/>')
    with pytest.raises(NotReadable, match="no Ingenico"):
        IngenicoWx().prepare(io.BytesIO(b'<report xmlns="urn:other"/>'))


def test_memory_stays_flat() -> None:
    body = (HEAD + record() * 5_000 + "</report>").encode()
    count, growth = growth_while_reading(IngenicoWx().read(io.BytesIO(body)))
    assert count > 5_000
    assert growth < 8_000_000


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
@pytest.mark.parametrize(
    ("name", "kind", "amount"),
    [("chargeback.xml.gz", "chargeback", "-200.00"), ("donation.xml.gz", "payment", "3.00")],
)
def test_the_figures_of_the_origin_hold(name: str, kind: str, amount: str) -> None:
    reading = open_file(SHARED / name, filename=name)
    records = list(reading)
    (line,) = [each for each in records if isinstance(each, StatementLine)]
    assert (reading.format, line.kind, line.amount, line.currency) == (
        "ingenico.wx",
        kind,
        Decimal(amount),
        "USD",
    )
    assert [each for each in records if isinstance(each, FileWarning | RejectedLine)] == []
