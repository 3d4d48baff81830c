"""What the payer paid in another currency: guessed by both its columns, read with the sign of the row."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.delimited import guess
from paydesk.importers.reading import open_file
from paydesk.importers.records import RejectedLine, StatementLine

SHARED = Path(__file__).parents[6] / "shared" / "samples" / "bank-csv-xlsx"


def originals(text: str) -> list[tuple[Decimal, str, Decimal | None, str]]:
    reading = open_file(io.BytesIO(text.encode()), filename="a.csv")
    return [
        (line.amount, line.currency, line.original_amount, line.original_currency)
        for line in reading
        if isinstance(line, StatementLine)
    ]


def test_both_columns_make_the_original_and_the_same_currency_none() -> None:
    assert originals(
        "Date,Amount,Currency,Original Amount,Original Currency\n"
        "2026-03-01,12.90,CHF,15.00,USD\n2026-03-01,-5.00,CHF,6.10,USD\n2026-03-01,1.00,CHF,1.00,CHF\n"
        "2026-03-01,2.00,CHF,,\n"
    ) == [
        (Decimal("12.90"), "CHF", Decimal("15.00"), "USD"),
        (Decimal("-5.00"), "CHF", Decimal("-6.10"), "USD"),
        (Decimal("1.00"), "CHF", None, ""),
        (Decimal("2.00"), "CHF", None, ""),
    ]


def test_an_original_amount_without_its_currency_is_not_taken() -> None:
    fields = guess(io.BytesIO(b"Date,Amount,Original Amount\n2026-03-01,12.90,15.00\n")).fields
    assert "original_amount" not in fields


def test_an_original_amount_that_is_none_rejects_the_row() -> None:
    text = (
        "Date,Amount,Currency,Original Amount,Original Currency\n"
        "2026-03-01,1.00,CHF,1.10,USD\n2026-03-01,2.00,CHF,much,USD\n2026-03-01,3.00,CHF,3.30,USD\n"
    )
    (rejected,) = [
        each
        for each in open_file(io.BytesIO(text.encode()), filename="a.csv")
        if isinstance(each, RejectedLine)
    ]
    assert "'Original Amount': 'much'" in rejected.reason


def test_fees_without_a_minus_make_the_question_about_the_sign_sharper() -> None:
    rows = b"Date,Amount,Type\n2026-03-01,12.90,merchant\n2026-03-01,1.00,fee\n2026-03-02,-80.00,merchant\n"
    (asked,) = [each for each in guess(io.BytesIO(rows)).questions if each.about == "amount_sign"]
    assert "fees have none" in asked.text
    (asked,) = [
        each
        for each in guess(io.BytesIO(rows.replace(b",1.00", b",-1.00"))).questions
        if each.about == "amount_sign"
    ]
    assert "fees" not in asked.text


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_the_original_currency_of_the_origin_is_read() -> None:
    path = SHARED / "oca-original_currency.csv"
    mapping = replace(guess(path).mapping, currency="USD")
    (line,) = [
        each for each in open_file(path, filename="a", mapping=mapping) if isinstance(each, StatementLine)
    ]
    assert (line.amount, line.currency) == (Decimal("1525.00"), "USD")
    assert (line.original_amount, line.original_currency) == (Decimal("1000.00"), "EUR")
