"""dLocal: the whole output of our samples, the origin's figures, totals that differ, what is refused."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SETTLEMENT, TRANSACTIONS = sorted((HERE / "samples").iterdir())
SHARED = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "dlocal"
there = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")


def read(body: str) -> list[Record]:
    return list(open_file(io.BytesIO(body.encode()), filename="a.csv"))


def lines_of(records: list[Record]) -> list[StatementLine]:
    return [each for each in records if isinstance(each, StatementLine)]


def said(records: list[Record]) -> str:
    return "\n".join(each.text for each in records if isinstance(each, FileWarning))


@pytest.mark.parametrize("sample", [SETTLEMENT, TRANSACTIONS], ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    assert_as_expected(open_file(sample, filename=sample.name), HERE / "expected" / f"{sample.stem}.json")


def test_the_rows_of_a_settlement_come_to_its_transfer() -> None:
    lines = lines_of(read(SETTLEMENT.read_text()))
    assert {line.batch_key for line in lines} == {"700001"}
    assert sum(line.net for line in lines) == 0
    assert [line.amount for line in lines if line.kind == "rounding"] == [Decimal("0.008227")]
    assert len({line.line for line in lines}) == len(lines)


def test_a_transfer_that_rounding_does_not_explain_is_said_with_both_figures() -> None:
    records = read(SETTLEMENT.read_text().replace("15.67", "16.67"))
    assert "rounding" not in [line.kind for line in lines_of(records)]
    assert "16.67" in said(records)
    assert "15.661773" in said(records)


def test_a_rejected_row_is_named_where_the_totals_differ() -> None:
    records = read(SETTLEMENT.read_text().replace("3.772121", "three"))
    assert [each.line for each in records if isinstance(each, RejectedLine)] == [6]
    assert "1 rejected rows are not in it" in said(records)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("HEADER,", "FOOTER,", "no HEADER row"),
        ("HEADER,USD", "HEADER,", "SETTLEMENT_CURRENCY"),
        ("15.67", "much", "NET_TOTAL_AMOUNT"),
        ("SETTLEMENT_FEE,9", "HEADER,9", "another settlement"),
    ],
)
def test_a_settlement_without_its_totals_or_with_two_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(NotReadable, match=message):
        read(SETTLEMENT.read_text().replace(old, new))


@there
def test_the_donation_of_the_origin_is_settled_in_dollars() -> None:
    reading = open_file(SHARED / "donation.csv", filename="donation.csv")
    (line,) = lines_of(list(reading))
    assert reading.format == "dlocal.transactions"
    assert (line.kind, line.amount, line.currency, line.fee, line.net) == (
        "payment", Decimal("1.50"), "USD", Decimal("0.03"), Decimal("1.47"),
    )  # fmt: skip
    assert (line.original_amount, line.original_currency) == (Decimal("5.00"), "BRL")
    assert line.occurred_at is not None
    assert line.occurred_at.timestamp() == 1686911383


@there
def test_the_refund_of_the_origin_is_one_row_of_local_money() -> None:
    (line,) = lines_of(list(open_file(SHARED / "refund.csv", filename="refund.csv")))
    assert (line.kind, line.amount, line.currency, line.fee) == ("refund", Decimal("-5.00"), "BRL", None)
    assert (line.provider_ref, line.reference) == ("12345", "314159265.0")
