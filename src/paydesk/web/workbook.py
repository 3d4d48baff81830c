"""A list as a workbook, written row by row to disk; text stays text, whatever it begins with."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase

from paydesk.kernel.refused import Refused
from paydesk.web.answers import csv_download

Cell = str | int | Decimal | date | None


MOST_IN_WORKBOOK = 100_000  # a larger one takes minutes to write and longer to open


def check_fits(found: QuerySet[Any], kind: str, things: str) -> None:
    """Raises Refused when `found` is too much for a workbook; a CSV takes any number."""
    if kind == "xlsx" and found.order_by()[: MOST_IN_WORKBOOK + 1].count() > MOST_IN_WORKBOOK:
        raise Refused(
            f"A workbook holds up to {MOST_IN_WORKBOOK:,} {things}, and these are more. "
            "Narrow the filters, or take them as CSV.",
            code="export.too_many",
        )


def list_download(
    name: str, kind: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponseBase:
    """`rows` under `head` as `name`.csv or `name`.xlsx."""
    if kind == "csv":
        return csv_download(f"{name}.csv", head, (["" if c is None else c for c in row] for row in rows))
    return xlsx_download(f"{name}.xlsx", head, rows)


def xlsx_download(
    file_name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, widths: int = 16
) -> FileResponse:
    """`rows` under `head` as a workbook of one sheet, at most 1,048,575 rows."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    formats = {
        digits: book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
        for digits in (0, 2, 3, 4)
    }
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, widths)
    for column, word in enumerate(head):
        sheet.write_string(0, column, word, bold)
    for number, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells):
            if isinstance(cell, Decimal):
                sheet.write_number(number, column, cell, formats[-int(cell.as_tuple().exponent)])
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, cell, day)
            elif cell:
                sheet.write_string(number, column, cell)
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name)
