"""A settlement table says the same as a workbook, with other separators and in another encoding."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter

from paydesk.importers.reading import open_file
from paydesk.importers.records import Record

IMPORTERS = Path(__file__).parents[1]
FOLDERS = ("chariot", "checkout", "dlocal", "gr4vy", "venmo")
SAMPLES = [path for folder in FOLDERS for path in sorted((IMPORTERS / folder / "samples").glob("*.csv"))]


def read(body: bytes) -> tuple[str, list[Record]]:
    reading = open_file(io.BytesIO(body), filename="a")
    return reading.format, list(reading)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_the_form_of_a_table_changes_nothing(sample: Path) -> None:
    body = sample.read_bytes()
    separator = ";" if body.partition(b"\n")[0].count(b";") > 5 else ","
    rows = list(csv.reader(io.StringIO(body.decode()), delimiter=separator))
    workbook = io.BytesIO()
    with xlsxwriter.Workbook(workbook) as made:
        sheet = made.add_worksheet()
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell)
    tabbed = io.StringIO()
    csv.writer(tabbed, delimiter="\t").writerows(rows)
    assert read(workbook.getvalue()) == read(body)
    assert read(tabbed.getvalue().encode("utf-16")) == read(body)
