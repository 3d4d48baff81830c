"""Trustly's files: the whole output of our samples, what is rejected or refused, the origin's figures."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, StatementLine
from paydesk.importers.tests.memory import growth_while_reading
from paydesk.importers.tests.whole_output import assert_as_expected
from paydesk.importers.trustly import Trustly

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())
SHARED = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "trustly"

HEAD = "H,P11KFUN,1.0.0,2026-03-01T12:00:00.000Z,2026-03-02T12:00:00.000Z,9001,0001of0001\n"


def item(
    amount: str = "1.00", word: str = "Sale", reason: str = "AC118", trace: str = "T1", fee: str = ""
) -> str:
    return (
        "I,70,2026-03-01T10:00:00.000Z,69,9001,Deferred,1,102,1111,hash,Capture,Processed,"
        f"2026-03-02T05:00:00.000Z,2026-03-02T05:00:00.000Z,USD,{amount},{trace},{reason},501,{word},ORDER,ptx,{fee}\n"
    )


def read(text: str) -> list[Record]:
    return list(open_file(io.BytesIO(text.encode()), filename="a.csv"))


def line_of(row: str) -> StatementLine:
    (line,) = [each for each in read(HEAD + row + "L,1,1,0,0\n") if isinstance(each, StatementLine)]
    return line


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    assert_as_expected(open_file(sample, filename=sample.name), HERE / "expected" / f"{sample.stem}.json")


def test_a_contested_debit_is_a_chargeback_and_one_that_bounced_a_reversal() -> None:
    assert line_of(item("-1.00", "Return", "R10")).kind == "chargeback"
    assert line_of(item("-1.00", "Return", "R03")).kind == "reversal"
    assert line_of(item("-1.00", "", "R03")).kind == "reversal"


def test_an_item_that_is_only_a_fee_is_one() -> None:
    line = line_of(item("0.00", "Sale", fee="-0.25"))
    assert (line.kind, line.amount, line.fee) == ("fee", Decimal("-0.25"), None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (item("-1.00"), "contradicts"),
        (item(word="Lottery"), "'lottery'"),
        (item("x"), "amount"),
        (item(trace=""), "no trace id"),
        ("I,70,2026-03-01T10:00:00.000Z\n", "cut off"),
        ("T,70\n", "no record 'T'"),
        (item().replace(",USD,", ",dollars,"), "currency"),
    ],
)
def test_a_record_that_is_not_understood_is_rejected_and_the_next_one_is_read(wrong: str, said: str) -> None:
    records = read(HEAD + wrong + item("3.00") + "L,2,3.00,0,0\n")
    (rejected,) = [each for each in records if isinstance(each, RejectedLine)]
    assert said in rejected.reason
    assert [each.amount for each in records if isinstance(each, StatementLine)] == [Decimal("3.00")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + "L,0,0,0,0\n" + item(), "behind the trailer"),
        (HEAD + item().replace("hash", '"hash') + item(), "quotation mark on line 2"),
        (HEAD + item() + "\x00", "NUL"),
    ],
)
def test_what_loses_records_is_refused(content: str, said: str) -> None:
    with pytest.raises(NotReadable, match=said):
        read(content)


def test_a_file_without_its_trailer_says_that_its_end_may_be_missing() -> None:
    assert any("no trailer" in each.text for each in read(HEAD + item()) if isinstance(each, FileWarning))


def test_memory_stays_flat() -> None:
    body = (HEAD + item() * 6_000).encode()
    count, growth = growth_while_reading(Trustly().read(io.BytesIO(body)))
    assert count > 6_000
    assert growth < 8_000_000


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_the_figures_of_the_origin_hold() -> None:
    reading = open_file(next(SHARED.glob("P11KFUN*")), filename="fun")
    records = list(reading)
    lines = [each for each in records if isinstance(each, StatementLine)]
    assert reading.format == "trustly.funding"
    assert [(line.kind, line.amount, line.net) for line in lines] == [
        ("payment", Decimal("860"), Decimal("858.37")),
        ("payment", Decimal("2.84"), Decimal("2.84")),
        ("sweep", Decimal("-861.21"), Decimal("-861.21")),
    ]
    assert {line.batch_key for line in lines} == {"ABC"}
    assert sum(line.net for line in lines) == 0
    said = [each.text for each in records if isinstance(each, FileWarning)]
    assert said == ["The trailer says 146 items, the file holds 2."]  # sums of 862.84 and 861.21 agree


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_a_reconciliation_file_books_nothing_and_says_why() -> None:
    records = list(open_file(next(SHARED.glob("P11KREC*")), filename="rec"))
    said = " ".join(each.text for each in records if isinstance(each, FileWarning))
    assert not [each for each in records if isinstance(each, StatementLine | RejectedLine)]
    assert all(each in said for each in ("settled by a funding file", "71", "406.30", "7.75"))
