"""What a layout is: how its files are named, written, and read by a mapping where the desk has no profile."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, BinaryIO, Literal, Protocol, cast

from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.rows import Row
from paydesk.importers.delimited.mapping import Mapping


class FileWriter(Protocol):
    """Writes one file. `add` may be called again and again; it sets `line` of every row it writes."""

    def add(self, rows: Iterable[Row]) -> None: ...

    def close(self) -> None: ...


Opener = Callable[[BinaryIO, DemoMarket, DemoAccount, date, int], FileWriter]


@dataclass(frozen=True, slots=True)
class Layout:
    """`open(stream, market, account, last day, opening balance)` begins a file; closing it leaves the stream
    open.

    `filename` has {account}, {first} and {last}. `mapping` is what the analyst saves as profile
    `profile_name` with the first file; None where a built-in profile or the format itself says how to read
    it. `fees` says how the provider shows what it keeps; `sweeps_itself` where the file shows the sweep to
    the bank, otherwise rows carry a settlement id.
    """

    open: Opener
    filename: str
    profile_name: str = ""
    mapping: Mapping | None = None
    newest_first: bool = False
    fees: Literal["in the row", "own row", "once a day"] = "in the row"
    sweeps_itself: bool = True
    has_pending: bool = True

    def name(self, account: DemoAccount, first: date, last: date) -> str:
        return self.filename.format(account=account.identifier, first=first, last=last)


class CsvFile:
    """A CSV with lines above the header if `above` has any. `cells` turns a row into its cells."""

    def __init__(
        self,
        stream: BinaryIO,
        header: Sequence[str],
        cells: Callable[[Row], Sequence[str]],
        *,
        above: Sequence[Sequence[str]] = (),
        delimiter: str = ",",
        quote_all: bool = False,
        encoding: str = "utf-8",
    ) -> None:
        self._text = io.TextIOWrapper(cast("IO[bytes]", stream), encoding=encoding, newline="")
        self._csv = csv.writer(
            self._text, delimiter=delimiter, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
        )
        self._cells = cells
        self._csv.writerows(above)
        self._csv.writerow(header)
        self._line = len(above) + 1

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._line += 1
            row.line = self._line
            self._csv.writerow(self._cells(row))

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


class XlsxFile:
    """A workbook with one sheet, written row by row with flat memory; ids and amounts are cells of text."""

    def __init__(
        self,
        stream: BinaryIO,
        header: Sequence[str],
        cells: Callable[[Row], Sequence[str]],
        *,
        above: Sequence[Sequence[str]] = (),
        made: date,
    ) -> None:
        import xlsxwriter  # type: ignore[import-untyped]

        self._workbook = xlsxwriter.Workbook(stream, {"constant_memory": True})
        # Otherwise the time of writing stands in the file, and two equal runs make different bytes.
        self._workbook.set_properties({"created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001
        self._sheet = self._workbook.add_worksheet("Transactions")
        self._cells = cells
        self._line = 0
        for line in (*above, header):
            self._write(line)

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._write(self._cells(row))
            row.line = self._line

    def _write(self, cells: Sequence[str]) -> None:
        for column, cell in enumerate(cells):
            if cell:
                self._sheet.write_string(self._line, column, cell)
        self._line += 1

    def close(self) -> None:
        self._workbook.close()


def moment(row: Row, shape: str) -> str:
    """The row's local time in `shape`, or what a spreadsheet shows when its column is too narrow."""
    return "########" if row.broken == "date" else row.at.strftime(shape)


def figure(row: Row, text: str) -> str:
    """The amount, or with the letter O where a zero was typed."""
    if row.broken != "amount":
        return text
    return text.replace("0", "O", 1) if "0" in text else f"{text}O"
