"""Spreadsheet cells as exact text, the way the spreadsheet shows them: 150 not 150.0, dates as ISO."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.records import NotReadable

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EXACT_WHOLE_NUMBER = 10**15  # a spreadsheet keeps 15 digits; a longer whole number has lost some
_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,3})(\d{1,7})"')
_LONGEST_CELL_TAG = 200
_CHUNK = 1024 * 1024


def is_workbook(head: bytes, file: BinaryIO) -> bool:
    """Whether the file is a workbook by its signature and inner names, whatever its own name says."""
    if head.startswith(OLE_SIGNATURE):
        return True
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        file.seek(0)
        names = set(zipfile.ZipFile(file).namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    finally:
        file.seek(0)
    return any(name.lower() == "xl/workbook.xml" for name in names) or "xl/workbook.bin" in names


class Workbook:
    """The sheets of an XLSX or XLS file as rows of text.

    Raises NotReadable for a damaged or encrypted file and for one that would unpack beyond the limits.
    """

    def __init__(self, file: BinaryIO, limits: Limits = LIMITS) -> None:
        file.seek(0, io.SEEK_END)
        if file.tell() > limits.workbook_bytes:
            raise NotReadable(
                f"The spreadsheet is larger than {limits.workbook_bytes:,} bytes; export it as CSV, "
                "which is read in any size."
            )
        file.seek(0)
        if file.read(4) == b"PK\x03\x04":
            _check_unpacked(file, limits)
        file.seek(0)
        try:
            self._workbook = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
            self.sheet_names: list[str] = [
                sheet.name for sheet in self._workbook.sheets_metadata if "WorkSheet" in str(sheet.typ)
            ]
        except PasswordError as problem:
            raise NotReadable("The spreadsheet is protected by a password; save it without one.") from problem
        except BaseException as problem:
            raise _damaged(problem) from problem

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """The rows of `sheet` as (row number in the sheet, cells as text), blank rows included."""
        try:
            found = self._workbook.get_sheet_by_name(sheet)
            if found.start is None or found.end is None:
                return
            cells = iter(found.iter_rows())
        except BaseException as problem:
            raise _damaged(problem) from problem
        # iter_rows starts at the first used row of the sheet, or at the first: it depends on the reader.
        first = 1 if found.total_height >= found.end[0] + 1 else found.start[0] + 1
        for number, row in enumerate(cells, start=first):
            yield number, [cell_text(cell) for cell in row]


def cell_text(value: object) -> str:
    """One cell as exact text: what the sheet shows without thousands separators; dates and times as ISO.

    A whole number of more than 15 digits is written with an exponent, because the spreadsheet has
    already lost its last digits and nobody may take it for an id.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, int):
        return str(value) if abs(value) < EXACT_WHOLE_NUMBER else _number_text(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if value is None else str(value)


def _number_text(value: float | int) -> str:
    # Spreadsheets store 0.1 + 0.2 with 17 digits and show 15; the 15 are what the person saw and meant.
    shown = format(value, ".15g")
    if abs(value) >= EXACT_WHOLE_NUMBER or "n" in shown:
        return shown.upper() if "e" in shown else format(value, ".14E")
    text = format(Decimal(shown), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _check_unpacked(file: BinaryIO, limits: Limits) -> None:
    """Unpack once, keeping nothing: refuse a bomb, and a sheet whose rectangle of cells is too large.

    The reader allocates the whole rectangle at once: two cells in opposite corners would end the process.
    """
    total = 0
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                is_sheet = "worksheets/" in member.filename.lower()
                columns = rows = 0
                with archive.open(member) as content:
                    carried = b""
                    while chunk := content.read(_CHUNK):
                        total += len(chunk)
                        if total > limits.unpacked_bytes:
                            raise NotReadable(
                                f"The spreadsheet unpacks to more than {limits.unpacked_bytes:,} bytes."
                            )
                        if is_sheet:
                            columns, rows = _extent(carried + chunk, columns, rows)
                            carried = chunk[-_LONGEST_CELL_TAG:]
                if columns * rows > limits.sheet_cells:
                    raise NotReadable(
                        f"A sheet of the spreadsheet spans {rows:,} rows by {columns:,} columns, more than "
                        f"{limits.sheet_cells:,} cells; delete the stray cell at its end or export it as CSV."
                    )
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as problem:
        raise _damaged(problem) from problem
    except Exception as problem:  # zlib.error has no public base class of its own
        if isinstance(problem, NotReadable):
            raise
        raise _damaged(problem) from problem


def _extent(piece: bytes, columns: int, rows: int) -> tuple[int, int]:
    cells = _CELL.findall(piece)
    if not cells:
        return columns, rows
    rows = max(rows, max(int(row) for _, row in cells))
    for letters in {letters for letters, _ in cells}:
        number = 0
        for letter in letters:
            number = number * 26 + letter - 64
        columns = max(columns, number)
    return columns, rows


def _damaged(problem: BaseException) -> BaseException:
    """NotReadable for whatever the reader raised; a panic of its inner language is no Exception."""
    if isinstance(problem, NotReadable | KeyboardInterrupt | SystemExit | MemoryError):
        return problem
    if isinstance(problem, CalamineError) and "password" in str(problem).lower():
        return NotReadable("The spreadsheet is protected by a password; save it without one.")
    return NotReadable(
        "The spreadsheet is damaged or is not one; open it, save it again as XLSX and send that."
    )
