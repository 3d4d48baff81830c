"""The rows of a settlement table by column name: text first, card numbers masked, cut ids noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from paydesk.importers.amounts import Amounts, DecimalSign
from paydesk.importers.delimited.mapping import header_key
from paydesk.importers.delimited.row_blocks import UnclosedRow
from paydesk.importers.delimited.words import ID_ENDINGS
from paydesk.importers.moments import DateOrder
from paydesk.importers.records import FileWarning
from paydesk.kernel.card_numbers import MAY_HOLD, masked

WORDS_LISTED = 20
WORDS_KEPT = 1000
_CUT_BY_A_SPREADSHEET = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)


@dataclass(slots=True)
class _Word:
    """A word that is not known: the first line it stands on, what it was taken for, and how many rows."""

    line: int
    taken_as: str
    rows: int = 0
    last: int = 0


class Columns:
    """The columns of one table by name, how its cells are written, and what was noticed in them."""

    def __init__(
        self, names: Sequence[str], decimal: DecimalSign = ".", order: DateOrder = "ymd", *, sure: bool = True
    ) -> None:
        """`sure` is whether the file shows the `order` of its dates, or it was assumed."""
        self.names = tuple(names)
        self.order: DateOrder = order
        self.sure = sure
        self.amounts = Amounts(decimal)
        self._by_key: dict[str, int] = {}
        for place, name in enumerate(names):
            self._by_key.setdefault(header_key(name), place)
        self.places = _Places(self)
        self.first_name = names[0].strip().casefold() if names else ""
        self.head_keys = [header_key(name) for name in names[:3]]
        # Where people type; an id may look like a card number and must not be touched.
        self.typed = [
            place
            for place, name in enumerate(names)
            if "card" in header_key(name) or not header_key(name).endswith(ID_ENDINGS)
        ]
        self.cut: dict[str, tuple[int, str, int]] = {}
        self.cards: dict[str, int] = {}
        self.words: dict[tuple[str, str], _Word] = {}
        self.stages: dict[str, tuple[int, int]] = {}

    def place(self, name: str) -> int:
        """Where the column `name` stands, case and blanks aside; -1 when the table has none."""
        return self._by_key.get(header_key(name), -1)

    def place_of(self, *names: str) -> int:
        """Where the first of the columns stands that the table has; -1 when it has none."""
        return next((place for name in names if (place := self.place(name)) >= 0), -1)

    def unknown(self, row: Row, name: str, word: str, taken_as: str) -> None:
        """Note a word of the column `name` that is not known, and what its rows were taken for."""
        if len(self.words) >= WORDS_KEPT and (name, word) not in self.words:
            return
        found = self.words.setdefault((name, word), _Word(row.line, taken_as))
        if found.last != row.line:
            found.rows += 1
            found.last = row.line

    def passed_over(self, row: Row, what: str) -> None:
        """Note a row that moves no money and makes no line, such as a stage of a payment."""
        line, count = self.stages.get(what, (row.line, 0))
        self.stages[what] = (line, count + 1)

    def forget(self) -> None:
        """Start again: nothing noticed yet."""
        self.cut.clear()
        self.cards.clear()
        self.words.clear()
        self.stages.clear()

    def warnings(self) -> Iterator[FileWarning]:
        """What was noticed in the cells that a person should know."""
        for (name, word), found in list(self.words.items())[:WORDS_LISTED]:
            more = f" and {found.rows - 1} more" if found.rows > 1 else ""
            yield FileWarning(
                f"{name!r} says {word[:60]!r} on line {found.line}{more}, which is not known; taken as "
                f"{found.taken_as}: ask the provider what it means.",
                found.line,
            )
        for what, (line, count) in list(self.stages.items())[:WORDS_LISTED]:
            rows = f"{count} rows are" if count > 1 else "1 row is"
            yield FileWarning(f"{rows} {what[:60]!r}, which moves no money; passed over.", line)
        for name, (line, text, count) in self.cut.items():
            more = f" and {count - 1} more" if count > 1 else ""
            yield FileWarning(
                f"{name!r} is {text} on line {line}{more}: a spreadsheet cut its digits, so it is not "
                "used as an id; export the report again and do not open it in between.",
                line,
            )
        for name, line in self.cards.items():
            yield FileWarning(
                f"{name!r} holds a full card number on line {line}; its middle digits were not kept.", line
            )


class _Places(dict[tuple[str, ...], tuple[int, ...]]):
    """Where the columns of some names stand, those the table does not have left out; looked up once."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self.columns = columns

    def __missing__(self, names: tuple[str, ...]) -> tuple[int, ...]:
        found = tuple(place for name in names if (place := self.columns.place(name)) >= 0)
        self[names] = found
        return found


class Row:
    """One row of a report: its physical line and its cells by column name."""

    __slots__ = ("cells", "columns", "line")

    def __init__(self, line: int, cells: list[str], columns: Columns) -> None:
        self.line = line
        self.cells = cells
        self.columns = columns

    def text(self, *names: str) -> str:
        """The first filled cell of the columns `names`, trimmed; "" when there is none."""
        for place in self.columns.places[names]:
            if found := self.cells[place].strip():
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


def row_of(line: int, cells: list[str], columns: Columns) -> Row:
    """The row in the width of its header, card numbers masked, cut ids noted. Raises ValueError."""
    width = len(columns.names)
    if isinstance(cells, UnclosedRow):
        raise ValueError(
            f"A quotation mark in this row is not closed: the lines up to {cells.last_line} were taken for "
            "part of it and are not read. Close it and send the file again."
        )
    starts_alike = bool(cells) and cells[0].strip().casefold() == columns.first_name != ""
    if starts_alike and [header_key(cell) for cell in cells[:3]] == columns.head_keys:
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
