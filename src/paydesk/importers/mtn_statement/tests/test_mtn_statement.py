"""MTN MoMo statements: whole output, whose number is ours, whose fee, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
HEADER = (
    "Id,Date,Status,Type,From,From Handler Name,To,To Handler Name,Amount,Currency,Fee,Currency,Balance,"
    "Currency\n"
)


def records(*rows: str, header: str = HEADER) -> list[Record]:
    file = io.BytesIO((header + "".join(f"{row}\n" for row in rows)).encode())
    reading = open_file(file, filename="a.csv")
    assert reading.format == "mtn.statement"
    return list(reading)


def row(number: int, sender: str, receiver: str, amount: str, fee: str, balance: str) -> str:
    return (
        f"{number},2026-02-03 10:00:0{number},Successful,Transfer,FRI:{sender}/MSISDN,A,"
        f"FRI:{receiver}/MSISDN,B,{amount},UGX,{fee},UGX,{balance},UGX"
    )


@pytest.mark.parametrize("sample", sorted((HERE / "samples").iterdir()), ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    found = open_file(sample, filename=sample.name)
    assert found.format == "mtn.statement"
    assert_as_expected(found, HERE / "expected" / f"{sample.stem}.json")


def test_the_columns_may_stand_in_any_order_as_long_as_currencies_follow_their_amounts() -> None:
    header = "To,Amount,Currency,Status,To Name,From Name,From,Type,Id,Date\n"
    found = records(
        "FRI:256770000001/MSISDN,500,UGX,Successful,Us,A,FRI:256770000002/MSISDN,Payment,1,2026-02-03 10:00",
        "FRI:256770000003/MSISDN,200,UGX,Successful,B,Us,FRI:256770000001/MSISDN,Transfer,2,2026-02-03 11:00",
        header=header,
    )
    lines = [each for each in found if isinstance(each, StatementLine)]
    assert [(line.kind, line.amount, line.msisdn) for line in lines] == [
        ("payment", 500, "256770000002"),
        ("payout", -200, "256770000003"),
    ]
    assert next(each for each in found if isinstance(each, Statement)).account == "256770000001"


def test_between_two_numbers_alone_no_row_is_guessed() -> None:
    found = records(row(1, "256770000001", "256770000002", "5", "0", "95"))
    (rejected,) = [each for each in found if isinstance(each, RejectedLine)]
    assert "which of them is ours is not clear" in rejected.reason


def test_without_a_number_that_every_row_shares_the_file_is_refused() -> None:
    with pytest.raises(NotReadable, match="does not show which is ours"):
        records(
            row(1, "256770000001", "256770000002", "5", "0", "95"),
            row(2, "256770000003", "256770000004", "5", "0", "95"),
        )


@pytest.mark.parametrize(("balances", "is_told"), [(("105", "110"), True), (("104", "108"), False)])
def test_balances_that_go_without_the_fee_are_told(balances: tuple[str, str], is_told: bool) -> None:
    found = records(
        row(1, "256770000002", "256770000001", "5", "1", balances[0]),
        row(2, "256770000003", "256770000001", "5", "1", balances[1]),
    )
    assert any(isinstance(each, FileWarning) and "other party's" in each.text for each in found) is is_told


def test_without_a_date_column_it_is_refused_by_its_name() -> None:
    with pytest.raises(NotReadable, match="'Date'"):
        records(
            "1,Successful,Debit,a,b,c,d,5,UGX",
            header="Id,Status,Type,From,From Name,To,To Name,Amount,Currency\n",
        )
