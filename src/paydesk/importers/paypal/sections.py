"""PayPal's SFTP reports: records RH FH SH CH SB SC SF RC RF FF, the body rows named by the CH record.

Amounts are whole numbers with two implied decimals in every currency, yen too: 15000 is JPY 150. The sign
stands in a column of its own. Footers claim totals, balances and counts per currency; they are compared.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import BinaryIO, ClassVar

from paydesk.importers.delimited.mapping import header_key
from paydesk.importers.delimited.tables import unique_names
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.paypal.footers import Footers
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
from paydesk.importers.settlement_tables import head_text
from paydesk.importers.text_files import TextScan, open_text, scan_text
from paydesk.kernel.card_numbers import masked

RECORDS = frozenset({"RH", "FH", "SH", "CH", "SB", "SC", "SF", "RC", "RF", "FF"})
FOOTERS = frozenset({"SC", "SF", "RC", "RF", "FF"})
HEAD_LINES = 40
_RECORD = re.compile(r'"?(?:[RFS][HF]|CH|SB|[SR]C)"?(?:[,;\t|]|$)')


class SectionReport:
    """What PayPal's sectioned reports share; a subclass names the columns only its CH record has.

    `without` are columns that make it another report.
    """

    name: str = ""
    what: ClassVar[str]
    marks: ClassVar[tuple[str, ...]]
    without: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def line(self, row: Row) -> StatementLine:
        """The line of one body row. Raises ValueError with a sentence: then the row is rejected."""
        raise NotImplementedError

    def recognises(self, head: bytes) -> bool:
        names = column_names(head)
        return names is not None and self._fits(names)

    def _fits(self, names: frozenset[str]) -> bool:
        wanted, unwanted = set(map(header_key, self.marks)), set(map(header_key, self.without))
        return wanted <= names and not unwanted & names

    def read(self, file: BinaryIO) -> Iterator[Record]:
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        file.seek(0)
        names = column_names(file.read(64 * 1024))
        if names is None or not self._fits(names):
            raise NotReadable(
                f"The file is no {self.what}: no CH record in its first lines names the columns "
                f"{', '.join(map(repr, self.marks))}."
            )
        scan = scan_text(file, self.limits)
        return Prepared(self.name, None, lambda: self._records(file, scan))

    def _records(self, file: BinaryIO, scan: TextScan) -> Iterator[Record]:
        if scan.warning:
            yield FileWarning(scan.warning)
        columns: Columns | None = None
        footers = Footers()
        headed = False
        noticed: list[Columns] = []
        account = word = ""
        for number, cells in _rows(file, scan):
            if not any(map(str.strip, cells)):
                continue
            word = cells[0].strip().lstrip("\ufeff")
            if word == "SH":
                account = _cell(cells, 3)
                footers.section()
                yield Statement(account=account or None)
                headed = True
            elif word == "CH":
                columns = Columns(("Record", *unique_names(list(cells[1:]))))
                noticed.append(columns)
            elif word == "SB":
                if columns is None:
                    raise NotReadable(f"Line {number} is a body row before any CH record named its columns.")
                if not headed:
                    yield Statement()
                    headed = True
                yield self._body(number, cells, columns, footers)
            elif word in ("SF", "RF", "SC", "RC"):
                yield from footers.compare(number, word, cells)
            elif word not in RECORDS:
                footers.damaged = True
                yield RejectedLine(
                    number,
                    f"{word[:20]!r} is no record of a PayPal report (SB, SF and so on); it was not read.",
                    masked(",".join(cells))[:1000],
                )
        if not headed:
            raise NotReadable(f"The {self.what} holds no row: nothing to read.")
        if word not in FOOTERS:
            yield FileWarning(
                "The report does not end with its footer (SF, RF or FF), so its sums cannot be checked and "
                "it may be cut off: ask for it again."
            )
        for each in noticed:
            yield from each.warnings()

    def _body(
        self, number: int, cells: list[str], columns: Columns, footers: Footers
    ) -> StatementLine | RejectedLine:
        footers.count()
        try:
            line = self.line(row_of(number, cells, columns))
        except ValueError as problem:
            footers.damaged = True
            raw = {name: masked(cell) for name, cell in zip(columns.names, cells, strict=False)}
            return RejectedLine(number, str(problem), raw)
        footers.add(line)
        return line


@lru_cache(maxsize=2)
def column_names(head: bytes) -> frozenset[str] | None:
    """The keys of the columns that the first CH record names; None for a file that is no such report."""
    text = head_text(head)
    lines = [line for line in text.splitlines()[:HEAD_LINES] if line.strip()]
    if not lines or lines[0].strip('"')[:2] not in RECORDS:
        return None
    try:
        for row in csv.reader(lines, delimiter=separator_in(text)):
            if row and row[0] == "CH":
                return frozenset(map(header_key, row[1:]))
    except csv.Error:
        return None
    return None


def separator_in(text: str) -> str:
    """What stands behind the first record's name: a comma, or the tab of a tab-separated report."""
    after = text.lstrip('\ufeff"\r\n')[2:4].lstrip('"')
    return after[0] if after[:1] in (",", "\t", ";", "|") else ","


def _rows(file: BinaryIO, scan: TextScan) -> Iterator[tuple[int, list[str]]]:
    text = open_text(file, scan.encoding)
    before = 0
    try:
        separator = separator_in(text.read(40))
        text.seek(0)
        reader = csv.reader(text, delimiter=separator)
        for row in reader:
            if reader.line_num - before > 1 and _has_swallowed_records(row):
                raise NotReadable(
                    f"Line {before + 1} opens a quotation mark that is not closed, so the rows below it "
                    "cannot be told apart; export the report again."
                )
            yield before + 1, row
            before = reader.line_num
    except csv.Error as problem:
        raise NotReadable(
            f"Line {before + 1} cannot be split into columns ({problem}); the file is damaged."
        ) from problem
    finally:
        text.detach()


def _has_swallowed_records(row: list[str]) -> bool:
    """Whether a cell of several lines holds lines that start like records."""
    return any(
        _RECORD.match(line) is not None for cell in row if "\n" in cell for line in cell.splitlines()[1:]
    )


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""
