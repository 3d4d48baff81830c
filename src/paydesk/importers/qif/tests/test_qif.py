"""Whole outputs of the samples, dates from the whole file, amounts, refusals, damage."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.importers.limits import Limits
from paydesk.importers.qif import Qif
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine
from paydesk.importers.tests.memory import growth_while_reading
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())


def read(text: str | bytes) -> list[Record]:
    content = text.encode() if isinstance(text, str) else text
    return list(Qif().read(io.BytesIO(content)))


def dated(*days: str) -> tuple[list[date | None], str]:
    """The dates of a file with these, and its warnings."""
    records = read("!Type:Bank\n" + "".join(f"D{day}\nT1.00\n^\n" for day in days))
    lines = [each.booked_on for each in records if isinstance(each, StatementLine)]
    return lines, " ".join(each.text for each in records if isinstance(each, FileWarning))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    reading = open_file(sample, filename=sample.name)
    assert reading.format == "qif"
    assert_as_expected(reading, HERE / "expected" / f"{sample.stem}.json")


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (("8/12/13", "8/15/13", "3/4/13"), date(2013, 8, 12)),
        (("12/8/2013", "15/8/2013"), date(2013, 8, 12)),
        (("2013-08-12", "2013-08-05"), date(2013, 8, 12)),
        (("20130812",), date(2013, 8, 12)),
        (("8/12'13",), date(2013, 8, 12)),
        (("6/ 1/94", "6/30/94"), date(1994, 6, 1)),
        (("99.12.31",), date(1999, 12, 31)),
        (("5/5/2026",), date(2026, 5, 5)),
    ],
)
def test_one_date_that_tells_decides_for_all(days: tuple[str, ...], first: date) -> None:
    lines, said = dated(*days)
    assert lines[0] == first
    assert said == ""


def test_dates_that_fit_two_orders_are_read_close_together_with_a_warning() -> None:
    lines, said = dated("13/08/12", "13/08/15", "13/3/3", "13/3/4")
    assert lines == [date(2013, 8, 12), date(2013, 8, 15), date(2013, 3, 3), date(2013, 3, 4)]
    assert "13/08/12 may be 2013-08-12 or 2012-08-13" in said
    lines, said = dated("03/01/2026", "03/09/2026", "03/12/2026")
    assert lines[0] == date(2026, 3, 1)
    assert "read month first, they lie closest together so" in said


def test_one_date_alone_is_read_day_first_with_a_warning() -> None:
    lines, said = dated("03/04/2026")
    assert lines == [date(2026, 4, 3)]
    assert "03/04/2026 may be 2026-04-03 or 2026-03-04" in said


def test_amounts_that_say_nothing_about_the_decimal_sign_are_asked_about() -> None:
    records = read("!Type:Bank\nD2026-01-02\nT1,234\n^\n")
    assert [str(each.amount) for each in records if isinstance(each, StatementLine)] == ["1234"]
    assert any("exactly three digits" in each.text for each in records if isinstance(each, FileWarning))
    records = read("!Type:Bank\nD2026-01-02\nT1,20\n^\nD2026-01-02\nT1,30\n^\nD2026-01-02\nT1.20\n^\n")
    assert sum(isinstance(each, RejectedLine) for each in records) == 1
    assert any("2 amounts end in a comma" in each.text for each in records if isinstance(each, FileWarning))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Date,Amount\n", "does not begin as a QIF file"),
        ("!Type:Cat\nNRent\n^\n!Type:Memorized\nKP\n^\n", "only 1 categories and 1 memorised transactions"),
        ("!Type:Invst\nD1/1/26\nNBuy\n^\n", "only 1 investment transactions"),
        ("!Account\nNA\n^\n", "only 1 accounts"),
        ("!Type:Bank\n" + "Aline\n" * 5_001, "without the ^"),
        ("!Type:Bank\nD1/1/26\nT1\0\n^\n", "NUL byte"),
        ("!Type:Bank\nD1/1/26\nP" + "A" * 1_100_000, "a line of more than"),
    ],
)
def test_what_holds_no_transactions_or_is_damaged_is_refused(text: str, said: str) -> None:
    with pytest.raises(NotReadable) as refused:
        read(text)
    assert said in str(refused.value)


def test_a_section_without_a_row_is_an_empty_statement() -> None:
    assert [type(each) for each in read("!Type:Bank\n")] == [Statement]


WHOLE = SAMPLES[0].read_bytes()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 120), st.binary(max_size=12))
def test_damage_anywhere_gives_records_or_one_sentence(place: int, cut: int, put: bytes) -> None:
    refused = ""
    try:
        read(WHOLE[:place] + put + WHOLE[place + cut :])
    except NotReadable as problem:
        refused = str(problem)
    assert "\n" not in refused


def test_memory_stays_flat() -> None:
    file = io.BytesIO(b"!Type:Bank\n" + b"D2026-01-02\nT-1.50\nPAda\n^\n" * 8_000)
    count, grown = growth_while_reading(Qif(limits=Limits()).read(file))
    assert count > 8_000
    assert grown < 8 * 1024 * 1024
