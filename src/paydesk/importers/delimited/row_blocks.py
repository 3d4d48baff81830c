"""The rows of a table in blocks: split plainly where no quotation mark is near, else by the csv module."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import TextIO

from paydesk.importers.delimited.raw_rows import RawRow
from paydesk.importers.records import NotReadable

BLOCK_ROWS = 96  # measured: 64 to 200 make little difference, many more or fewer do
FIRST_CHARS = 8 * 1024  # of the first block of a text, when nobody knows yet how long its rows are

NumberedRow = tuple[int, list[str]]
Columns = list[Sequence[str]]


class UnclosedRow(list[str]):
    """A row in which a quotation mark was not closed, so that the rows up to `last_line` stand in one cell.

    It has one cell more than it should, so no reader takes it for data.
    """

    def __init__(self, cells: list[str], last_line: int) -> None:
        super().__init__(cells)
        self.last_line = last_line


class RowBlock:
    """Rows that stand one after the other, and the physical line of each."""

    def __init__(self, numbers: Sequence[int], rows: Sequence[list[str]]) -> None:
        self.numbers = numbers
        self._rows = rows

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self) -> Sequence[list[str]]:
        """The cells of each row as they stand there."""
        return self._rows

    def numbered(self) -> Iterator[NumberedRow]:
        """(line, cells) of each row."""
        return zip(self.numbers, self.rows(), strict=True)

    def columns(self) -> Columns | None:
        """The cells by column; None where the rows are not equally long or one of them is no row."""
        rows = self._rows
        if len(set(map(len, rows))) != 1 or UnclosedRow in set(map(type, rows)):
            return None
        return list(zip(*rows, strict=True))

    def raw(self, names: tuple[str, ...]) -> Iterable[RawRow]:
        """Each row by the names of its columns."""
        return map(RawRow, repeat(names), self.rows())

    def may_hold(self, sign: str) -> bool:
        """Whether a cell may hold `sign`: False is certain."""
        return True

    def part(self, start: int, stop: int) -> RowBlock:
        """The rows from place `start` up to `stop`."""
        return RowBlock(self.numbers[start:stop], self.rows()[start:stop])


class PlainBlock(RowBlock):
    """Rows of a text without a quotation mark, each of as many cells: split as a whole, by column."""

    def __init__(self, first: int, text: str, separator: str, columns: Columns) -> None:
        self._text = text
        self._separator = separator
        self._columns = columns
        self.numbers = range(first, first + len(columns[0]))

    def rows(self) -> Sequence[list[str]]:
        return [line.split(self._separator) for line in self._text.split("\n")]

    def columns(self) -> Columns:
        return self._columns

    def raw(self, names: tuple[str, ...]) -> Iterable[RawRow]:
        return map(RawRow, repeat(names), self._text.split("\n"), repeat(self._separator))

    def may_hold(self, sign: str) -> bool:
        return sign in self._text


def plain_block(first: int, text: str, separator: str) -> PlainBlock | None:
    """The block of the whole lines in `text`, of which the first is line `first`; None where the csv module
    has to say what its rows are: a quotation mark, rows of unequal length, a cell beyond its limit."""
    if '"' in text or len(text) > csv.field_size_limit():
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        if "\r" in text:
            return None
    text = text.removesuffix("\n")
    breaks = text.count("\n")
    width = text.count(separator, 0, text.find("\n") if breaks else None) + 1
    # Each line end becomes a cell of its own: where those stand at equal distances all rows are equally long.
    cells = text.replace("\n", f"{separator}\n{separator}").split(separator)
    if width == 1 or len(cells) != (width + 1) * (breaks + 1) - 1:
        return None
    if cells[width :: width + 1].count("\n") != breaks:
        return None
    return PlainBlock(first, text, separator, [cells[place :: width + 1] for place in range(width)])


def text_blocks(text: TextIO, separator: str, *, spaced: bool) -> Iterator[RowBlock]:
    """The rows of `text` from its start. `spaced`: blanks after a separator belong to no cell.

    Raises NotReadable where the csv module cannot say what a row is, after the rows before it.
    """
    line, size = 1, FIRST_CHARS
    while piece := text.read(size):
        piece += text.readline()
        block: RowBlock | None = None if spaced else plain_block(line, piece, separator)
        if block is not None:
            line = block.numbers[-1] + 1
            yield block
        else:
            lines = list(io.StringIO(piece, newline=""))
            # A row that goes on behind the piece takes its lines from the text, so the piece ends with a row.
            rows = csv.reader(chain(lines, text), delimiter=separator, skipinitialspace=spaced)
            numbers: list[int] = []
            found: list[list[str]] = []
            start = before = line - 1
            try:
                for row in islice(rows, len(lines)):
                    after = start + rows.line_num
                    if after - before > 1 and has_swallowed_rows(row, separator):
                        row = UnclosedRow([*row, ""], after)
                    numbers.append(before + 1)
                    found.append(row)
                    before = after
            except csv.Error as problem:
                yield RowBlock(numbers, found)
                raise NotReadable(
                    f"Line {before + 1} cannot be split into columns ({problem}): a quotation mark there is "
                    "opened and never closed, or the file is damaged."
                ) from problem
            line = before + 1
            block = RowBlock(numbers, found)
            yield block
        size = max(len(piece) // max(len(block), 1), 1) * BLOCK_ROWS


def blocks_of(rows: Iterable[NumberedRow]) -> Iterator[RowBlock]:
    """Blocks of rows that come one by one; what was read before a row that cannot be comes before the
    refusal."""
    rest = iter(rows)
    while True:
        block: list[NumberedRow] = []
        try:
            block.extend(islice(rest, BLOCK_ROWS))
        except NotReadable:
            yield RowBlock([line for line, _ in block], [row for _, row in block])
            raise
        if not block:
            return
        yield RowBlock([line for line, _ in block], [row for _, row in block])


def has_swallowed_rows(row: list[str], separator: str) -> bool:
    """Whether a cell of several lines holds lines that look like rows of this table."""
    if len(row) < 2:
        return False
    shape = _shape(row[0])
    for cell in row:
        for line in cell.splitlines()[1:]:
            count = line.count(separator)
            if count >= len(row) - 1 and (count >= 4 or _shape(line.partition(separator)[0]) == shape):
                return True
    return False


def _shape(text: str) -> str:
    return re.sub(r"[^\W\d]+", "a", re.sub(r"\d+", "9", text.strip(' "')))
