"""Over the real-world samples beside the repository, where they are there: expected figures, and no crash."""

from __future__ import annotations

import csv
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from paydesk.cli import main
from paydesk.importers.delimited import guess
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, RejectedLine, StatementLine

SAMPLES = Path(__file__).parents[5] / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")


def command(*words: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, the JSON object on stdout, and stderr of `paydesk read`."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["read", *words, "--json"])
    (line,) = out.getvalue().splitlines()
    return code, json.loads(line), err.getvalue()


def expected() -> list[dict[str, str]]:
    """The rows of expected.csv: file, verdict, entries, credit, debit, note."""
    if not SAMPLES.is_dir():
        return []
    with (SAMPLES / "expected.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["file"])
def test_a_file_has_the_expected_verdict_entries_and_sums(row: dict[str, str]) -> None:
    """Valid: read with exactly its entries and totals, or refused when there is nothing in it. Else: refused,
    or read with a warning or a rejected row that says what is wrong."""
    code, found, _ = command(str(SAMPLES / row["file"]))
    if row["verdict"] != "valid":
        assert code == 2 or found["warnings"] or found["rejected"]
        return
    if row["entries"] == "0" and code == 2:
        return
    assert code == 0, found
    assert found["lines"] == int(row["entries"])
    assert found["rejected"] == []
    for side in ("credit", "debit"):
        if row[side]:
            assert sum(map(Decimal, found[side].values())) == Decimal(row[side]), side


TIES = {
    "camt/FI_camt_053_sample.xml.xml": True,
    "camt/genkgo-camt053.v2.multi.statement.xml": True,
    "camt/genkgo-camt053.v8.xml": False,
    "camt/oca-test-camt053": False,
    "camt/camt.053_P_CH2909000000250094239_1110092698_0_2020112503071366.xml": False,
    "camt/viafintech-valid_example_with_debit.xml": False,
}


@pytest.mark.parametrize(("name", "ties"), TIES.items())
def test_a_balance_that_does_not_tie_is_said(name: str, ties: bool) -> None:
    _, found, _ = command(str(SAMPLES / name))
    assert any("does not tie" in text for text in found["warnings"]) is not ties


def test_a_summary_that_lies_is_named_with_both_figures() -> None:
    _, found, _ = command(str(SAMPLES / "camt/viafintech-valid_example_with_batch.xml"))
    assert any("states 35 entries and holds 3" in text for text in found["warnings"])
    assert any("41136.40" in text and "12441.74" in text for text in found["warnings"])


# Asserted by the origin's own tests (README, basis T): lines, opening, closing.
BANK_TABLES = {
    "oca-balance.csv": (2, "10.00", "1510.00", {"XXX": "1533.50"}, {"XXX": "33.50"}),
    "oca-debit_credit.csv": (2, "10.00", "1510.00", {"XXX": "1533.50"}, {"XXX": "33.50"}),
    "oca-original_currency.csv": (1, None, None, {"XXX": "1525.00"}, {"XXX": "0"}),
    "oca-sample_statement_en.csv": (2, None, None, {"XXX": "1525.00"}, {"XXX": "33.50"}),
    "oca-sample_statement_en.xlsx": (2, None, None, {"XXX": "1525"}, {"XXX": "33.5"}),
    "fjacquet-viseca.csv": (9, None, None, {"CHF": "234.900"}, {"CHF": "185.700"}),
}


@pytest.mark.parametrize(("name", "figures"), BANK_TABLES.items())
def test_a_bank_table_is_guessed(name: str, figures: tuple[Any, ...]) -> None:
    code, found, _ = command(str(SAMPLES / "bank-csv-xlsx" / name))
    (statement,) = found["statements"]
    assert code == 0
    assert (found["lines"], statement["opening"], statement["closing"]) == figures[:3]
    assert (found["credit"], found["debit"]) == figures[3:]
    assert found["rejected"] == []
    assert "guessed" in found["warnings"][0]


def test_the_account_currency_of_the_origin_is_an_answer_to_a_question() -> None:
    path = SAMPLES / "bank-csv-xlsx" / "oca-original_currency.csv"
    found = guess(path)
    assert "currency" in [question.about for question in found.questions]
    from dataclasses import replace

    mapping = replace(found.mapping, currency="USD")
    lines = [
        each for each in open_file(path, filename="a", mapping=mapping) if isinstance(each, StatementLine)
    ]
    assert [(line.amount, line.currency) for line in lines] == [(Decimal("1525.00"), "USD")]


@pytest.mark.parametrize(
    "name", ["bank-csv-xlsx/oca-empty_statement_en.csv", "psp/paypal/oca-empty_activity.csv"]
)
def test_a_header_without_rows_is_refused(name: str) -> None:
    code, found, said = command(str(SAMPLES / name))
    assert code == 2
    assert found["refused"] in said
    assert "no row below it" in found["refused"]


def all_samples() -> list[Path]:
    return sorted(path for path in SAMPLES.rglob("*") if path.is_file()) if SAMPLES.is_dir() else []


def test_no_sample_crashes_and_every_refusal_is_one_sentence() -> None:
    for path in all_samples():
        code, found, said = command(str(path))
        assert code in (0, 2), path
        if code == 2:
            assert list(found) == ["refused"], path
            assert len(said.splitlines()) == 1, path
        else:
            assert found["lines"] or found["rejected"] or found["statements"], path


def test_every_row_of_a_table_is_accounted_for() -> None:
    for path in all_samples():
        if path.suffix not in (".csv", ".xlsx") or command(str(path))[0]:
            continue
        reading = open_file(path, filename=path.name)
        if reading.format not in ("csv", "xlsx"):
            continue  # a report of its own importer, which has its own tests
        found = guess(path)
        data = [row for _, row in _rows(path)]
        records = list(reading)
        lines = sum(isinstance(each, StatementLine | RejectedLine) for each in records)
        notes = sum(isinstance(each, FileWarning) and each.line is not None for each in records)
        assert len(data) == lines + notes, path
        assert found.rows_seen


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    from paydesk.importers.delimited import open_table

    with path.open("rb") as file:
        return [(line, row) for line, row in open_table(file).rows() if any(map(str.strip, row))]
