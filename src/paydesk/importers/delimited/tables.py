"""Finds the table in a CSV or spreadsheet: encoding, separator, header; then streams its rows as text."""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import BinaryIO

from paydesk.importers.delimited.mapping import header_key
from paydesk.importers.delimited.row_blocks import NumberedRow, RowBlock, blocks_of, text_blocks
from paydesk.importers.delimited.spreadsheets import Workbook, is_workbook
from paydesk.importers.delimited.words import HEADER_WORDS
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.records import NotPayments, NotReadable
from paydesk.importers.text_files import TextScan, open_text, scan_text

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
HEAD_ROWS = 80  # lines in which the header must stand
SAMPLE_ROWS = 500  # rows a guess looks at
TAIL_ROWS = 40

_KNOWN = frozenset(key for keys in HEADER_WORDS.values() for key in keys)
_VALUE = re.compile(r"[-+(]?\s*[^\W\d]{0,3}\s*[\d][\d.,:/ T'-]*\)?\s*(?:[AaPp][Mm])?", re.ASCII)

Rows = Iterator[NumberedRow]


@dataclass(frozen=True)
class Table:
    """A table found in a file. `rows()` streams (physical line, cells) of everything after the header.

    names: the header as written, made unique, an empty cell named after its position. kind: csv or xlsx.
    above: the rows above the header. tail: the last rows of a text file, read apart (may be empty).
    """

    kind: str
    names: tuple[str, ...]
    header_line: int
    above: tuple[tuple[str, ...], ...]
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    tail: tuple[tuple[str, ...], ...] = ()
    _source: Callable[[], Iterator[RowBlock]] = field(default=lambda: iter(()), repr=False)

    def rows(self) -> Rows:
        """(physical line, cells) of each row after the header, blank ones included, from the start."""
        return _rows_of(self.blocks())

    def blocks(self) -> Iterator[RowBlock]:
        """The same rows in blocks."""
        for block in self._source():
            above = bisect_right(block.numbers, self.header_line)
            if above < len(block):
                yield block.part(above, len(block)) if above else block

    def labelled(self, labels: tuple[str, ...]) -> str:
        """A value from the lines above the header: "Short Code:" and the number beside or after it."""
        wanted = {header_key(label) for label in labels}
        for row in self.above:
            for place, cell in enumerate(row):
                label, colon, rest = cell.partition(":")
                if header_key(label) not in wanted:
                    continue
                if colon and rest.strip():
                    return rest.strip()
                after = [other.strip() for other in row[place + 1 :] if other.strip(" :")]
                if after:
                    return after[0]
        return ""

    def sample(self, count: int = SAMPLE_ROWS) -> list[tuple[int, list[str]]]:
        """The first `count` rows that are not blank and not the header again."""
        keys = [header_key(name) for name in self.names]
        filled = (
            (line, row)
            for line, row in self.rows()
            if any(map(str.strip, row)) and [header_key(cell) for cell in row] != keys
        )
        return list(islice(filled, count))


def open_table(
    file: BinaryIO,
    *,
    sheet: str = "",
    needs: tuple[tuple[str, ...], ...] = (),
    limits: Limits = LIMITS,
) -> Table:
    """Find the table in `file`. With `needs` (per needed column its possible header keys) the header is the
    line that has them all; without, the line that looks most like one.

    Raises NotReadable when there is no such line, nothing below it, or the file is no table.
    """
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if not head:
        raise NotReadable("The file is empty.")
    if is_workbook(head, file):
        return _sheet_table(Workbook(file, limits), sheet, needs)
    return _text_table(file, scan_text(file, limits), needs)


def _text_table(file: BinaryIO, scan: TextScan, needs: tuple[tuple[str, ...], ...]) -> Table:
    lines = _first_lines(file, scan.encoding)
    if not any(line.strip() for line in lines):
        raise NotReadable("The file is empty.")
    separator = separator_of(lines)
    spaced = any(f'{separator} "' in line for line in lines[:5])

    def source() -> Iterator[RowBlock]:
        text = open_text(file, scan.encoding)
        try:
            yield from text_blocks(text, separator, spaced=spaced)
        finally:
            text.detach()

    top = list(islice(_rows_of(source()), HEAD_ROWS))
    place = _header_place(top, needs)
    line, header = top[place]
    tail: tuple[tuple[str, ...], ...] = ()
    if scan.tail:
        last_lines = scan.tail.splitlines()[-TAIL_ROWS:]
        tail = tuple(
            tuple(row)
            for row in csv.reader(last_lines, delimiter=separator, skipinitialspace=spaced)
            if len(row) == len(header)
        )
    table = Table(
        kind="csv",
        names=unique_names(header),
        header_line=line,
        above=tuple(tuple(row) for _, row in top[:place]),
        encoding=scan.encoding,
        separator=separator,
        warnings=(scan.warning,) if scan.warning else (),
        tail=tail,
        _source=source,
    )
    if not needs and not _is_a_table(_with_rows(table)):
        raise NotPayments(
            "The file is no table of payments: its lines share no columns that hold amounts or dates."
        )
    return _with_rows(table)


def _sheet_table(workbook: Workbook, wanted: str, needs: tuple[tuple[str, ...], ...]) -> Table:
    names = workbook.sheet_names
    if wanted and wanted not in names:
        raise NotReadable(f"The spreadsheet has no sheet {wanted!r}; its sheets are {', '.join(names)}.")
    problem: NotReadable | None = None
    for name in [wanted] if wanted else names:
        top = list(islice(workbook.rows(name), HEAD_ROWS))
        try:
            place = _header_place(top, needs)
        except NotReadable as found:
            problem = problem or found
            continue
        line, header = top[place]

        def source(name: str = name) -> Iterator[RowBlock]:
            return blocks_of(workbook.rows(name))

        rest = [other for other in names if other != name]
        note = (f"Only the sheet {name!r} was read; the file also has {', '.join(rest)}.",) if rest else ()
        return _with_rows(
            Table(
                kind="xlsx",
                names=unique_names(header),
                header_line=line,
                above=tuple(tuple(row) for _, row in top[:place]),
                sheet=name,
                sheets=tuple(names),
                warnings=note,
                _source=source,
            )
        )
    raise problem or NotReadable("The spreadsheet has no sheet with cells in it.")


def _with_rows(table: Table) -> Table:
    if not table.sample(1):
        raise NotReadable(
            f"The file has a header on line {table.header_line} and no row below it: nothing to read."
        )
    return table


def _is_a_table(table: Table) -> bool:
    """Whether a text is a table: most of its lines have columns, and the header says what they are in known
    words or one of them holds numbers or dates. Else anything with commas in it would be one."""
    rows = [row for _, row in table.sample()]
    split = [row for row in rows if _filled(row) > 1]
    known = sum(header_key(name) in _KNOWN for name in table.names)
    if len(split) * (4 if known > 2 else 2) < len(rows):
        return False
    if known > 2:
        return True
    for place in range(len(table.names)):
        cells = [row[place].strip() for row in split if place < len(row) and row[place].strip()]
        values = sum(map(_is_value, cells))
        if values * 2 > len(cells) and values * 4 >= len(split):
            return True
    return False


def _is_value(cell: str) -> bool:
    """Whether a cell is a number, an amount, a date or a time rather than words: it has few letters."""
    digits, letters = sum(map(str.isdigit, cell)), sum(map(str.isalpha, cell))
    return digits > 0 and letters <= max(3, digits) and len(cell) <= 40


def _first_lines(file: BinaryIO, encoding: str) -> list[str]:
    text = open_text(file, encoding)
    try:
        return [line.rstrip("\r\n") for line in islice(text, 400)]
    finally:
        text.detach()


def separator_of(lines: list[str]) -> str:
    """The character that splits most lines into the same number of columns, two or more; else comma."""
    if found := re.fullmatch(r'"?sep=(.)"?', lines[0].strip().lstrip("\ufeff"), re.IGNORECASE):
        return found[1]
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines[:HEAD_ROWS], delimiter=separator) if row)
        except csv.Error:
            continue
        split = {width: count for width, count in widths.items() if width > 1}
        if not split:
            continue
        width, count = max(split.items(), key=lambda each: (each[1] * each[0], each[1]))
        score = count / sum(widths.values()) * min(width, 12) + count / 1000
        if score > best_score:
            best, best_score = separator, score
    return best


def _rows_of(blocks: Iterable[RowBlock]) -> Rows:
    return chain.from_iterable(map(RowBlock.numbered, blocks))


def _header_place(top: list[tuple[int, list[str]]], needs: tuple[tuple[str, ...], ...]) -> int:
    return _needed_header(top, needs) if needs else _likely_header(top)


def _needed_header(top: list[tuple[int, list[str]]], needs: tuple[tuple[str, ...], ...]) -> int:
    """The row that has every needed column; the sentence of the refusal names what the closest one lacks."""
    fewest: list[str] | None = None
    for place, (_, row) in enumerate(top):
        keys = {header_key(cell) for cell in row}
        missing = [names[0] for names in needs if keys.isdisjoint(map(header_key, names))]
        if not missing:
            return place
        if fewest is None or len(missing) < len(fewest):
            fewest = missing
    raise NotReadable(
        f"No line of the file is a header with the column{'s' if len(fewest or '') > 1 else ''} "
        f"{', '.join(repr(name) for name in fewest or [])} that this mapping reads."
    )


def _likely_header(top: list[tuple[int, list[str]]]) -> int:
    """The row that looks most like a header: names not values, known words, rows of its width below."""
    widths = Counter(_filled(row) for _, row in top if _filled(row) > 1)
    if not widths:
        raise NotPayments("The file is no table: no separator splits its lines into columns.")
    best, best_score = -1, 0.0
    for place, (_, row) in enumerate(top):
        cells = [cell.strip() for cell in row if cell.strip()]
        if len(cells) < 2:
            continue
        values = sum(1 for cell in cells if _VALUE.fullmatch(cell) or len(cell) > 60)
        known = sum(1 for cell in cells if header_key(cell) in _KNOWN)
        if values * 5 > len(cells) or (not known and len(cells) < 3):
            continue
        below = [_filled(other) for _, other in top[place + 1 : place + 6] if any(other)]
        like = sum(1 for width in below if 2 <= width <= len(row) and width * 3 >= len(cells))
        score = known * 3 + len(set(cells)) + like - values * 2 - place * 0.01
        if known * 4 < len(cells) and known < 2:
            score -= 8
        if score > best_score:
            best, best_score = place, score
    if best < 0:
        raise NotReadable(
            "No line of the file looks like a header with column names such as Date, Amount and Reference; "
            "if it is a table without one, add a header line."
        )
    return best


def _filled(row: list[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def unique_names(header: list[str]) -> tuple[str, ...]:
    """Header cells as column names: trimmed, an empty one "Column 3", a repeated one "Currency (2)"."""
    trimmed = [" ".join(cell.replace("\ufeff", "").split()) for cell in header]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    names: list[str] = []
    seen: Counter[str] = Counter()
    for place, name in enumerate(trimmed, start=1):
        name = name or f"Column {place}"
        seen[header_key(name)] += 1
        count = seen[header_key(name)]
        names.append(name if count == 1 else f"{name} ({count})")
    return tuple(names)
