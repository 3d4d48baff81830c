"""Checkout.com: the whole output of our samples, the origin's figures, breakdown and payout read together."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())
SHARED = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "checkoutcom"
there = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")

BREAKDOWN = (
    "Type,Payment ID,Reference,Processed On,Holding Currency,Payout ID,Gross In Holding Currency,"
    "Net In Holding Currency\n"
)
PAYOUTS = "Payout ID,Payout Date,Payout Amount,Holding Currency,Payments\n"


def lines_of(records: list[Record]) -> list[StatementLine]:
    return [each for each in records if isinstance(each, StatementLine)]


def archive(**files: bytes) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for name, body in files.items():
            opened.writestr(f"{name}.csv", body)
    return packed


def together(breakdown: str, payouts: str) -> list[Record]:
    body = archive(breakdown=(BREAKDOWN + breakdown).encode(), payouts=(PAYOUTS + payouts).encode())
    return list(open_file(body, filename="both.zip"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    assert_as_expected(open_file(sample, filename=sample.name), HERE / "expected" / f"{sample.stem}.json")


@there
def test_the_figures_of_the_origin_hold() -> None:
    (breakdown,) = SHARED.glob("settlement-breakdown*")
    reading = open_file(breakdown, filename="breakdown")
    records = list(reading)
    lines = lines_of(records)
    first = lines[0]
    assert reading.format == "checkout.breakdown"
    assert (first.kind, first.amount, first.fee, first.net) == (
        "payment",
        50,
        Decimal("1.5"),
        Decimal("48.5"),
    )
    same = [line for line in lines if line.reference == first.reference]  # with its network token's fee
    assert sum(line.net for line in same) == Decimal("48.40")
    assert {line.batch_key for line in lines} == {"00000003K599"}
    assert sum(line.net for line in lines) == Decimal("79.50")
    assert [line.kind for line in lines] == ["payment"] * 3 + ["fee"] * 6
    assert not [each for each in records if isinstance(each, FileWarning | RejectedLine)]


@there
def test_breakdown_and_payout_make_ten_rows_and_one_that_closes_the_cent() -> None:
    files = {f"file{place}": path.read_bytes() for place, path in enumerate(sorted(SHARED.iterdir()))}
    records = list(open_file(archive(**files), filename="both.zip"))
    lines = lines_of(records)
    *parsed, rounding = lines
    (payout,) = [line for line in parsed if line.kind == "sweep"]
    assert len(parsed) == 10
    assert payout.amount == Decimal("-79.51")
    assert (rounding.kind, rounding.amount, rounding.batch_key) == (
        "rounding",
        Decimal("0.01"),
        "00000003K599",
    )
    assert sum(line.net for line in lines) == 0
    assert len({line.line for line in lines}) == len(lines)


def test_a_gap_that_is_no_rounding_is_said_with_both_figures() -> None:
    records = together(
        "Charge,pay_1,A,2026-03-01T10:00:00,EUR,P1,10,9.70\n", "P1,2026-03-02T02:00:00,9.50,EUR,9.50\n"
    )
    assert [line.kind for line in lines_of(records)] == ["payment", "sweep"]
    (said,) = [each.text for each in records if isinstance(each, FileWarning)]
    assert "9.70" in said
    assert "9.50" in said


def test_rows_of_a_payout_that_is_not_in_the_archive_are_left_as_they_are() -> None:
    records = together(
        "Charge,pay_1,A,2026-03-01T10:00:00,EUR,P1,10,9.70\n", "P2,2026-03-02T02:00:00,9.50,EUR,9.50\n"
    )
    assert [each for each in records if isinstance(each, FileWarning)] == []


def test_a_report_without_its_currency_column_is_refused_in_words() -> None:
    body = BREAKDOWN.replace(",Holding Currency", "") + "Charge,pay_1,A,2026-03-01T10:00:00,P1,10,9.70\n"
    with pytest.raises(NotReadable, match="no column 'Holding Currency'"):
        list(open_file(io.BytesIO(body.encode()), filename="a.csv"))


@pytest.mark.parametrize(
    "row",
    [
        "Charge,pay_1,A,2026-03-01T10:00:00,EUR,P1,-10,-9.70",
        "Refund,pay_1,A,2026-03-01T10:00:00,EUR,P1,10,9.70",
    ],
)
def test_an_amount_that_contradicts_its_type_is_rejected(row: str) -> None:
    body = f"{BREAKDOWN}{row}\n"
    (rejected,) = [
        each
        for each in open_file(io.BytesIO(body.encode()), filename="a.csv")
        if isinstance(each, RejectedLine)
    ]
    assert "contradicts itself" in rejected.reason
