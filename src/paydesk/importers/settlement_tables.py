"""Settlement reports that are tables: columns found by name in any order, rows as text, one class per report.

Users of a PSP choose the columns of a report and their order. So a report is known by the columns only it
has (`marks`), refused in words when one it cannot do without (`needs`) is missing, and all else is optional.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import BinaryIO, ClassVar

from paydesk.importers.amounts import Amounts, DecimalSign
from paydesk.importers.card_numbers import MAY_HOLD, masked
from paydesk.importers.delimited.mapping import header_key
from paydesk.importers.delimited.tables import HEAD_ROWS, Table, UnclosedRow, open_table, separator_of
from paydesk.importers.delimited.words import ID_ENDINGS
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import (
    FileWarning,
    NotReadable,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
)
from paydesk.importers.settlement_sums import Batches
from paydesk.importers.text_files import encoding_of

WORDS_LISTED = 20
_CUT_BY_A_SPREADSHEET = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[-+(]?[\d.]*\d,\d{1,2}\)?", re.ASCII)
_DECIMAL_POINT = re.compile(r"[-+(]?[\d,]*\d\.\d{1,2}\)?", re.ASCII)


class Columns:
    """The columns of one table by name, and what was noticed in its cells."""

    def __init__(self, names: Sequence[str], decimal: DecimalSign = ".") -> None:
        self.names = tuple(names)
        self.amounts = Amounts(decimal)
        self._by_key: dict[str, int] = {}
        for place, name in enumerate(names):
            self._by_key.setdefault(header_key(name), place)
        self._places: dict[str, int] = {}
        # Where people type; an id may look like a card number and must not be touched.
        self.typed = [
            place
            for place, name in enumerate(names)
            if "card" in header_key(name) or not header_key(name).endswith(ID_ENDINGS)
        ]
        self.cut: dict[str, tuple[int, str, int]] = {}
        self.cards: dict[str, int] = {}
        self.words: dict[tuple[str, str], tuple[int, int, str]] = {}

    def place(self, name: str) -> int:
        """Where the column `name` stands, case and blanks aside; -1 when the table has none."""
        found = self._places.get(name)
        if found is None:
            found = self._places[name] = self._by_key.get(header_key(name), -1)
        return found

    def unknown(self, row: Row, name: str, word: str, taken_as: str) -> None:
        """Note a word of the column `name` that is not known, and what its rows were taken for."""
        line, count, _ = self.words.get((name, word), (row.line, 0, ""))
        self.words[name, word] = (line, count + 1, taken_as)

    def forget(self) -> None:
        """Start again: nothing noticed yet."""
        self.cut.clear()
        self.cards.clear()
        self.words.clear()

    def warnings(self) -> Iterator[FileWarning]:
        """What was noticed in the cells that a person should know."""
        for (name, word), (line, count, taken_as) in list(self.words.items())[:WORDS_LISTED]:
            more = f" and {count - 1} more" if count > 1 else ""
            yield FileWarning(
                f"{name!r} says {word[:60]!r} on line {line}{more}, which is not known; taken as {taken_as}: "
                "ask the provider what it means.",
                line,
            )
        for name, (line, text, count) in self.cut.items():
            more = f" and {count - 1} more" if count > 1 else ""
            yield FileWarning(
                f"{name!r} is {text} on line {line}{more}: a spreadsheet cut the digits of an id, which is "
                "left out; export the report again and do not open it in between.",
                line,
            )
        for name, line in self.cards.items():
            yield FileWarning(
                f"{name!r} holds a full card number on line {line}; its middle digits were not kept.", line
            )


class Row:
    """One row of a report: its physical line and its cells by column name."""

    __slots__ = ("cells", "columns", "line")

    def __init__(self, line: int, cells: list[str], columns: Columns) -> None:
        self.line = line
        self.cells = cells
        self.columns = columns

    def text(self, *names: str) -> str:
        """The first filled cell of the columns `names`, trimmed; "" when there is none."""
        for name in names:
            place = self.columns.place(name)
            if place >= 0 and (found := self.cells[place].strip()):
                return found
        return ""

    def id(self, *names: str) -> str:
        """As `text`; "" for an id whose digits a spreadsheet cut, because two rows would share it."""
        found = self.text(*names)
        return "" if "+" in found and _CUT_BY_A_SPREADSHEET.fullmatch(found) else found

    def amount(self, *names: str) -> Decimal | None:
        """The exact amount in the first filled of the columns; None when there is none.

        Raises ValueError with a sentence that names the column.
        """
        text = self.text(*names)
        if not text:
            return None
        try:
            return self.columns.amounts[text][0]
        except ValueError as problem:
            name = next(name for name in names if self.text(name))
            raise ValueError(f"{name!r}: {problem}") from problem

    def needed_amount(self, *names: str) -> Decimal:
        """As `amount`; raises ValueError when it is empty."""
        found = self.amount(*names)
        if found is None:
            raise ValueError(f"{names[0]!r} is empty.")
        return found

    def raw(self) -> dict[str, str]:
        """The row as it stood, without full card numbers."""
        return dict(zip(self.columns.names, self.cells, strict=False))


class TableReport:
    """What the importers of settlement tables share; a subclass names its columns and makes its lines.

    `batches_are_whole`: whether every batch in the report ends with its payout, so that one without is said.
    """

    name: str = ""
    what: ClassVar[str]
    marks: ClassVar[tuple[tuple[str, ...], ...]]
    needs: ClassVar[tuple[tuple[str, ...], ...]] = ()
    money: ClassVar[tuple[str, ...]] = ()
    batches_are_whole: ClassVar[bool] = False

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        """The lines of one row, usually one, and what is odd about it; `batches` are the sums of the rows
        before it. Raises ValueError with a sentence: then the row is rejected.
        """
        raise NotImplementedError

    def statement(self, table: Table, first: list[StatementLine]) -> Statement:
        """The head, from what stands above the header and the first lines."""
        currencies = {line.currency for line in first}
        return Statement(currency=currencies.pop() if len(currencies) == 1 else None)

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
        """The report in a table that was found already. Raises NotReadable when a needed column is missing."""
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
        columns = Columns(table.names, self._decimal(table))
        yield from (FileWarning(text) for text in table.warnings)
        yield self.statement(table, self._first(table, columns))
        columns.forget()
        batches = Batches(whole=self.batches_are_whole)
        for line, cells in table.rows():
            if not any(map(str.strip, cells)):
                continue
            try:
                row = _row(line, cells, columns)
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
        yield from columns.warnings()
        yield from batches.warnings()

    def _first(self, table: Table, columns: Columns) -> list[StatementLine]:
        found: list[StatementLine] = []
        for line, cells in table.sample(60):
            try:
                row = _row(line, cells, columns)
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


@lru_cache(maxsize=2)
def header_rows(head: bytes) -> tuple[frozenset[str], ...]:
    """The first lines of a text file as sets of column keys; none for a workbook, XML or JSON.

    Remembered, because every report looks at the same head in turn.
    """
    text = head.decode(encoding_of(head) or "utf-8", "replace").lstrip("\ufeff")
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


def _row(line: int, cells: list[str], columns: Columns) -> Row:
    """The row in the width of its header, card numbers masked, cut ids noted. Raises ValueError."""
    width = len(columns.names)
    if isinstance(cells, UnclosedRow):
        raise ValueError(
            f"A quotation mark in this row is not closed: the lines up to {cells.last_line} were taken for "
            "part of it and are not read. Close it and send the file again."
        )
    if [header_key(cell) for cell in cells[:3]] == [header_key(name) for name in columns.names[:3]]:
        raise ValueError("This row is the header again.")
    if len(cells) > width:
        if any(map(str.strip, cells[width:])):
            raise ValueError(
                f"The row has {len(cells)} cells and the header {width}: a separator inside a value is not "
                "quoted."
            )
        cells = cells[:width]
    elif len(cells) < width:
        raise ValueError(
            f"The row has {len(cells)} cells and the header {width}: it is cut off after "
            f"{columns.names[max(len(cells) - 1, 0)]!r}."
        )
    joined = "\x1f".join(cells)
    if "E+" in joined or "e+" in joined:
        for name, cell in zip(columns.names, cells, strict=True):
            if _CUT_BY_A_SPREADSHEET.fullmatch(cell.strip()):
                first, text, count = columns.cut.get(name, (line, cell.strip(), 0))
                columns.cut[name] = (first, text, count + 1)
    if MAY_HOLD.search(joined):
        cells = list(cells)
        for place in columns.typed:
            if (safe := masked(cells[place])) != cells[place]:
                cells[place] = safe
                columns.cards.setdefault(columns.names[place], line)
    return Row(line, cells, columns)
