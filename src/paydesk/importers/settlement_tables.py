"""Settlement reports that are tables: columns found by name in any order, one class per report.

Users of a PSP choose the columns of a report and their order. So a report is known by the columns only it
has (`marks`), refused in words when one it cannot do without (`needs`) is missing, and all else is optional.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import BinaryIO, ClassVar

from paydesk.importers.amounts import DecimalSign
from paydesk.importers.delimited.mapping import header_key
from paydesk.importers.delimited.tables import HEAD_ROWS, Table, open_table, separator_of
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.moments import DateOrder
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import (
    FileWarning,
    NotReadable,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
)
from paydesk.importers.settlement_rows import Columns, Row, row_of
from paydesk.importers.settlement_sums import Batches
from paydesk.importers.text_files import encoding_of
from paydesk.kernel.card_numbers import masked

_DECIMAL_COMMA = re.compile(r"[-+(]?[\d.]*\d,\d{1,2}\)?", re.ASCII)
_DECIMAL_POINT = re.compile(r"[-+(]?[\d,]*\d\.\d{1,2}\)?", re.ASCII)


class TableReport:
    """What the importers of settlement tables share; a subclass names its columns and makes its lines.

    `batches_are_whole`: whether every batch in the report ends with its payout, so that one without is said.
    `has_batches`: whether a report of payouts also has the rows they are made of.
    """

    name: str = ""
    what: ClassVar[str]
    marks: ClassVar[tuple[tuple[str, ...], ...]]
    needs: ClassVar[tuple[tuple[str, ...], ...]] = ()
    money: ClassVar[tuple[str, ...]] = ()
    batches_are_whole: ClassVar[bool] = False
    has_batches: ClassVar[bool] = True

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        """The lines of one row, usually one, and what is odd about it. `batches` are the sums so far.

        Raises ValueError with a sentence: then the row is rejected.
        """
        raise NotImplementedError

    def statement(self, table: Table, first: list[StatementLine]) -> Statement:
        """The head, from what stands above the header and the first lines."""
        currencies = {line.currency for line in first}
        return Statement(currency=currencies.pop() if len(currencies) == 1 else None)

    def notices(self, columns: Columns) -> Iterator[str]:
        """What to say of every file with these columns before its rows."""
        return iter(())

    def date_order(self, table: Table) -> tuple[DateOrder, bool]:
        """The order of day, month and year in the dates, and whether the file shows it."""
        return "ymd", True

    def is_other(self, row: Row) -> bool:
        """Whether the row is no data of the report (a totals row); it is skipped."""
        return False

    def recognises(self, head: bytes) -> bool:
        return any(self._has_marks(keys) for keys in header_rows(head))

    def knows(self, names: Iterable[str]) -> bool:
        """Whether a header of these names is this report's."""
        return self._has_marks(frozenset(map(header_key, names)))

    def _has_marks(self, keys: frozenset[str]) -> bool:
        return all(not keys.isdisjoint(map(header_key, each)) for each in self.marks)

    def read(self, file: BinaryIO) -> Iterator[Record]:
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        return self.of_table(open_table(file, needs=self.marks, limits=self.limits))

    def of_table(self, table: Table) -> Prepared:
        """The report in a table found already. Raises NotReadable when a needed column is missing."""
        columns = Columns(table.names)
        missing = [each[0] for each in self.needs if all(columns.place(name) < 0 for name in each)]
        if missing:
            raise NotReadable(
                f"This {self.what} has no column {' and no column '.join(map(repr, missing))}, without which "
                "it cannot be read; choose it in the report's settings and export it again."
            )
        return Prepared(self.name, None, lambda: self.records(table))

    def records(self, table: Table) -> Iterator[Record]:
        """The head, a line or rejected line per row, then what a person should know."""
        order, sure = self.date_order(table)
        columns = Columns(table.names, self._decimal(table), order, sure=sure)
        yield from (FileWarning(text) for text in (*table.warnings, *self.notices(columns)))
        yield self.statement(table, self._first(table, columns))
        columns.forget()
        batches = Batches(whole=self.batches_are_whole)
        narrowest = last = len(columns.names)
        last_line = 0
        for line, cells in table.rows():
            if not any(map(str.strip, cells)):
                continue
            narrowest, last, last_line = min(narrowest, last), len(cells), line
            try:
                row = row_of(line, cells, columns)
                if self.is_other(row):
                    continue
                for found in self.lines(row, batches):
                    if isinstance(found, StatementLine):
                        batches.add(found)
                    yield found
            except ValueError as problem:
                raw = {name: masked(cell) for name, cell in zip(columns.names, cells, strict=False)}
                batches.damaged = True
                yield RejectedLine(line, str(problem), raw)
        if last < narrowest:
            yield FileWarning(
                f"Line {last_line}, the last, has {last} of {narrowest} columns, so the file may be cut off: "
                "compare it with the provider's own sums, or export it again.",
                last_line,
            )
        yield from columns.warnings()
        if self.has_batches:
            yield from batches.warnings()

    def _first(self, table: Table, columns: Columns) -> list[StatementLine]:
        found: list[StatementLine] = []
        for line, cells in table.sample(60):
            try:
                row = row_of(line, cells, columns)
                if not self.is_other(row):
                    lines = self.lines(row, Batches())
                    found.extend(line for line in lines if isinstance(line, StatementLine))
            except ValueError:
                continue
        return found

    def _decimal(self, table: Table) -> DecimalSign:
        columns = Columns(table.names)
        places = [place for name in self.money if (place := columns.place(name)) >= 0]
        cells = [cell for _, row in table.sample() for place in places if (cell := _at(row, place))]
        commas = sum(1 for cell in cells if _DECIMAL_COMMA.fullmatch(cell))
        return "," if commas > sum(1 for cell in cells if _DECIMAL_POINT.fullmatch(cell)) else "."


def head_text(head: bytes) -> str:
    """The first bytes of a file as text, as they will be read: UTF-8 or UTF-16, else Windows-1252."""
    known = encoding_of(head)
    try:
        text = codecs.getincrementaldecoder(known or "utf-8")().decode(head)  # the last letter may be cut
    except UnicodeDecodeError:
        text = head.decode(known or "cp1252", "replace")
    return text.lstrip("\ufeff")


@lru_cache(maxsize=2)
def header_rows(head: bytes) -> tuple[frozenset[str], ...]:
    """The first lines of a text file as sets of column keys; none for a workbook, XML or JSON.

    Remembered, because every report looks at the same head in turn.
    """
    text = head_text(head)
    if text.startswith(("PK\x03", "<", "{", "[")) or "\x00" in text:
        return ()
    lines = [line for line in text.splitlines()[:HEAD_ROWS] if line.strip()]
    if not lines:
        return ()
    separator = separator_of(lines)
    try:
        return tuple(frozenset(map(header_key, row)) for row in csv.reader(lines, delimiter=separator))
    except csv.Error:
        return ()


def _at(row: list[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""
