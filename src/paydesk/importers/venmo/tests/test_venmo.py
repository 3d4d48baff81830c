"""Venmo: the whole output of our samples, the real exports' counts, rows that leave the balance alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, Record, RejectedLine, Statement, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())
SHARED = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "venmo"
there = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")


def records_of(path: Path) -> list[Record]:
    return list(open_file(path, filename=path.name))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    assert_as_expected(records_of(sample), HERE / "expected" / f"{sample.stem}.json")


@there
@pytest.mark.parametrize(("name", "count"), [("transactions.csv", 11), ("ex-transactions.csv", 50)])
def test_every_row_of_the_real_exports_is_a_line(name: str, count: int) -> None:
    records = records_of(SHARED / name)
    lines = [each for each in records if isinstance(each, StatementLine)]
    assert len(lines) == count
    assert lines[0].amount == Decimal("-220.00")
    assert {line.currency for line in lines} == {"USD"}
    assert not [each for each in records if isinstance(each, RejectedLine)]


@there
def test_what_was_paid_from_the_balance_comes_to_the_balance() -> None:
    (period,) = [
        each
        for each in records_of(SHARED / "ex-balances.csv")
        if isinstance(each, Statement) and each.closing == Decimal("1528.25")
    ]
    records = records_of(SHARED / "ex-transactions.csv")
    moved = [
        line.amount
        for line in records
        if isinstance(line, StatementLine)
        and line.booked_on is not None
        and period.opened_on is not None
        and period.closed_on is not None
        and period.opened_on <= line.booked_on <= period.closed_on
        and (line.kind == "sweep" or line.channel == "Venmo balance")
    ]
    assert period.opening == 0
    assert sum(moved) == period.closing
    assert any(
        "leave the balance as it was" in each.text for each in records if isinstance(each, FileWarning)
    )


@there
@pytest.mark.parametrize(("name", "count"), [("balances.csv", 6), ("ex-balances.csv", 25)])
def test_every_period_of_the_real_balances_is_a_statement(name: str, count: int) -> None:
    records = records_of(SHARED / name)
    assert sum(isinstance(each, Statement) for each in records) == count
    assert not [each for each in records if isinstance(each, StatementLine | RejectedLine)]
