"""Reads a whole table by a mapping: the head with its balances, every row accounted for, totals compared."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from decimal import Context, Decimal, localcontext
from itertools import chain, compress
from typing import BinaryIO

from paydesk.importers.amounts import plain_text
from paydesk.importers.delimited.blocks import BlockReader
from paydesk.importers.delimited.mapping import Field, Mapping, header_key
from paydesk.importers.delimited.rows import ZERO, Known, RowReader
from paydesk.importers.delimited.tables import TAIL_ROWS, Table, open_table
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import (
    FileWarning,
    NotReadable,
    Record,
    Statement,
    StatementLine,
)

EXACT = Context(prec=120)
LISTED = 5  # line numbers named in a warning
_OPENING = ("openingbalance", "balancebroughtforward", "broughtforward", "bf", "startingbalance")
_CLOSING = (
    "closingbalance",
    "balancecarriedforward",
    "carriedforward",
    "cf",
    "endingbalance",
    "endofstatement",
)
_MONEY: tuple[Field, ...] = ("amount", "credit", "debit", "fee")


class MappedFile:
    """The importer for one mapping. `read` streams; see the records module for what it yields."""

    name = "table"

    def __init__(self, mapping: Mapping, *, limits: Limits = LIMITS) -> None:
        self.mapping = mapping
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        return True

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """The head, then one StatementLine or RejectedLine per data row, then what a person should know.

        Raises NotReadable when the file is no table or lacks the columns of the mapping.
        """
        yield from self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        """Find the table and check that it has the columns of the mapping; raises NotReadable."""
        if problems := self.mapping.problems():
            raise NotReadable(" ".join(problems))
        table = open_table(file, sheet=self.mapping.sheet, needs=needs_of(self.mapping), limits=self.limits)
        return Prepared(table.kind, None, lambda: read_table(table, self.mapping))


def needs_of(mapping: Mapping) -> tuple[tuple[str, ...], ...]:
    """The columns a table must have for this mapping: money, and a date where one is mapped."""
    needed = [mapping.columns[each] for each in ("amount", "credit", "debit") if mapping.columns.get(each)]
    dates = [*mapping.columns.get("occurred", ()), *mapping.columns.get("booked", ())]
    return (*needed, tuple(dates)) if dates else tuple(needed)


def read_table(table: Table, mapping: Mapping) -> Iterator[Record]:
    """The records of `table` by `mapping`; see MappedFile.read."""
    return chain.from_iterable(_in_lots(table, mapping))


def _in_lots(table: Table, mapping: Mapping) -> Iterator[Iterable[Record]]:
    """The records of a table, those of a block together."""
    reader = RowReader(mapping, table)
    yield map(FileWarning, table.warnings)
    head = _head(table, mapping, reader)
    yield [head]
    sums = _Sums(reader)
    others = _Others(table.names)
    last_balance: Decimal | None = None
    undated = reader.places["occurred"] < 0 and reader.places["booked"] < 0
    by_block = BlockReader(reader)
    for block, lines, columns in chain.from_iterable(map(by_block.parts, table.blocks())):
        if lines:
            sums.add(lines, columns)
            last_balance = next((x.balance for x in reversed(lines) if x.balance is not None), last_balance)
            yield lines
            continue
        for line, row in block.numbered():
            # Without a date column nothing else tells a totals row from data.
            found = None if undated and others.take(line, row, reader) else reader.read(line, row)
            if isinstance(found, StatementLine):
                sums.add([found], [(cell,) for cell in row])
                last_balance = found.balance if found.balance is not None else last_balance
                yield [found]
            elif found is None or others.take(line, row, reader):
                if others.totals_line == line:
                    yield sums.compare(line, row)
            else:
                sums.add_rejected(row)
                yield [found]
    yield others.warnings()
    if head.opening is not None and head.closing is not None and last_balance is not None:
        yield sums.tie(head)


class _Others:
    """Rows that are no data: blank ones, the header again, totals, balance lines and notes."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.keys = [header_key(name) for name in names]
        self.repeated: list[int] = []
        self.notes: list[tuple[int, str]] = []
        self.totals_line = 0

    def take(self, line: int, row: list[str], reader: RowReader) -> bool:
        """Whether `row`, which could not be read as data, is explained as something else."""
        filled = [cell.strip() for cell in row if cell.strip()]
        if not filled:
            return True
        if [header_key(cell) for cell in row][: len(self.keys)] == self.keys:
            self.repeated.append(line)
            return True
        words = {header_key(cell) for cell in filled}
        if words & {header_key(word) for word in reader.mapping.totals} and not _has_date(row, reader):
            self.totals_line = line
            return True
        if words & {*_OPENING, *_CLOSING} and not _moves_money(row, reader):
            return True
        if (
            len(filled) == 1
            and len(self.keys) > 2
            and (" " in filled[0] or not any(map(str.isalnum, filled[0])))
        ):
            self.notes.append((line, filled[0]))
            return True
        return False

    def warnings(self) -> Iterator[FileWarning]:
        if self.repeated:
            lines = ", ".join(map(str, self.repeated[:LISTED]))
            more = f" and {len(self.repeated) - LISTED} more" if len(self.repeated) > LISTED else ""
            yield FileWarning(
                f"The header stands again on line {lines}{more}; it was skipped there.", self.repeated[0]
            )
        for line, text in self.notes[:LISTED]:
            yield FileWarning(f"Line {line} is a note, not a row: {text[:120]!r}.", line)
        if len(self.notes) > LISTED:
            yield FileWarning(
                f"{len(self.notes) - LISTED} more lines are notes, not rows.", self.notes[LISTED][0]
            )


def _has_date(row: list[str], reader: RowReader) -> bool:
    places = (reader.places["occurred"], reader.places["booked"])
    return any(0 <= place < len(row) and any(map(str.isdigit, row[place])) for place in places)


def _moves_money(row: list[str], reader: RowReader) -> bool:
    places = (reader.places[each] for each in ("amount", "credit", "debit"))
    return any(0 <= place < len(row) and row[place].strip(" 0.,-") for place in places)


class _Sums:
    """Running sums per money column, to be compared with the file's own totals rows."""

    def __init__(self, reader: RowReader) -> None:
        self.reader = reader
        self.columns = [(each, reader.places[each]) for each in _MONEY if reader.places[each] >= 0]
        zero = dict.fromkeys((each for each, _ in self.columns), Decimal(0))
        self.total = dict(zero)  # of every row
        self.open = dict(zero)  # of rows that failed or wait
        self.before = dict(zero)  # of every row up to the last totals row
        self.effect = Decimal(0)
        self.known = Known(self._amount)

    def add(self, lines: list[StatementLine], columns: Sequence[Sequence[str]]) -> None:
        """Rows that were read, and their cells by column."""
        if not lines:
            return
        self._add(columns, self.total)
        good = [line.amount for line in lines if line.status == "success"]
        with localcontext(EXACT):
            self.effect = sum(good, self.effect)
        if len(good) < len(lines):
            waits = [line.status != "success" for line in lines]
            self._add([tuple(compress(column, waits)) for column in columns], self.open)

    def add_rejected(self, row: list[str]) -> None:
        """A rejected row is still in the file's own totals."""
        self._add([(cell,) for cell in row], self.total)

    def _add(self, columns: Sequence[Sequence[str]], sums: dict[Field, Decimal]) -> None:
        for name, place in self.columns:
            if place < len(columns):
                amounts = list(map(self.known.__getitem__, filter(None, columns[place])))
                with localcontext(EXACT):
                    sums[name] = sum(amounts, sums[name])

    def _amount(self, text: str) -> Decimal:
        """A cell that is no amount adds nothing: blanks, or the fee of a failed row."""
        try:
            return self.reader.amounts[text][0]
        except ValueError:
            return ZERO

    def compare(self, line: int, row: list[str]) -> Iterator[FileWarning]:
        """A warning with both figures for each column whose total in `row` fits none of our sums.

        A totals row may count failed rows or not, and be of the whole file or since the last one.
        """
        for name, place in self.columns:
            text = row[place].strip() if place < len(row) else ""
            if not text:
                continue
            column = self.reader.names[place]
            try:
                stated = self.reader.amounts[text][0]
            except ValueError:
                yield FileWarning(f"Line {line} is a totals row; its {column} {text!r} is no amount.", line)
                continue
            total = self.total[name]
            good, since = EXACT.subtract(total, self.open[name]), EXACT.subtract(total, self.before[name])
            if stated.copy_abs() not in {total.copy_abs(), good.copy_abs(), since.copy_abs()}:
                yield FileWarning(
                    f"Line {line} is a totals row: it says {column} {plain_text(stated)}, the rows make "
                    f"{plain_text(total)}.",
                    line,
                )
        self.before = dict(self.total)

    def tie(self, head: Statement) -> Iterator[FileWarning]:
        assert head.opening is not None
        assert head.closing is not None
        made = EXACT.add(head.opening, self.effect)
        if made != head.closing:
            yield FileWarning(
                f"The balance does not tie: opening {plain_text(head.opening)} and the rows make "
                f"{plain_text(made)}, the last balance is {plain_text(head.closing)}."
            )


def _head(table: Table, mapping: Mapping, reader: RowReader) -> Statement:
    """The head, with balances where the balance column lets us say them before the rows are streamed.

    A table does not state its period: that is counted from the lines.
    """
    first = [
        found for line, row in table.sample(60) if isinstance(found := reader.read(line, row), StatementLine)
    ]
    opening = closing = None
    if reader.places["balance"] >= 0 and first:
        opening, closing = _balances(first, _last_lines(table, reader) or first)
    currencies = {line.currency for line in first}
    return Statement(
        account=mapping.account or table.labelled(mapping.account_labels) or None,
        currency=currencies.pop() if len(currencies) == 1 and currencies != {"XXX"} else None,
        opening=opening,
        closing=closing,
    )


def _last_lines(table: Table, reader: RowReader) -> list[StatementLine]:
    rows = [list(row) for row in table.tail]
    if table.kind == "xlsx":
        rows = [row for _, row in deque(table.rows(), maxlen=TAIL_ROWS)]
    found = (reader.read(0, row) for row in rows)
    return [line for line in found if isinstance(line, StatementLine)]


def _balances(first: list[StatementLine], last: list[StatementLine]) -> tuple[Decimal | None, Decimal | None]:
    """Opening and closing balance, whichever way the rows are ordered; None when they show no order."""
    upward = downward = 0
    for lines in (first, last):
        for one, two in zip(lines, lines[1:], strict=False):
            if one.balance is None or two.balance is None:
                continue
            upward += EXACT.add(one.balance, _effect(two)) == two.balance
            downward += EXACT.add(two.balance, _effect(one)) == one.balance
    oldest, newest = (first[0], last[-1]) if upward >= downward else (last[-1], first[0])
    if oldest.balance is None or newest.balance is None:
        return None, None
    if not upward and not downward and len(first) > 1:
        return None, None
    return EXACT.subtract(oldest.balance, _effect(oldest)), newest.balance


def _effect(line: StatementLine) -> Decimal:
    return line.amount if line.status == "success" else Decimal(0)
