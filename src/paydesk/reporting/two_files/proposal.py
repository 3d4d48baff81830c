"""What a map of a table could be: its columns with examples, the likely fields, the words of its statuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import yaml

from paydesk.importers.delimited.guesses import Guess
from paydesk.importers.delimited.guessing import guess_table
from paydesk.importers.delimited.tables import Table, open_table
from paydesk.importers.opening import members
from paydesk.importers.records import NeedsMapping, NotReadable
from paydesk.kernel.refused import Refused
from paydesk.reporting.two_files.column_map import IN_AND_OUT, STATUS_WORDS, ColumnMap
from paydesk.reporting.two_files.side_file import Row
from paydesk.reporting.two_files.tables import PARQUET, StatusesUnknown, parquet_table, read_rows
from paydesk.reporting.two_files.warnings import Warnings

SAMPLED = 500  # rows looked at for examples and words
MOST_WORDS = 40
# Field of a side, and the fields of a statement line whose guessed column may feed it: the first there is.
FROM_GUESS: Mapping[str, tuple[str, ...]] = {
    "id": ("provider_ref", "network_ref", "reference"),
    "reference": ("reference",),
    "provider_ref": ("provider_ref", "network_ref"),
    "account": ("account",),
    "msisdn": ("msisdn",),
    "name": ("payer_name",),
    "amount": ("net", "amount"),
    "credit": ("credit",),
    "debit": ("debit",),
    "fee": ("fee",),
    "currency": ("currency",),
    "at": ("occurred", "booked", "value"),
    "status": ("status",),
    "batch": ("batch_key",),
}


@dataclass(frozen=True)
class FirstRows:
    """The first rows as a map reads them; `problem` says why it cannot read any."""

    rows: Sequence[Row]
    warnings: Sequence[str]
    problem: str = ""


class Proposal:
    """One table that waits for its map. Opens the file when it is made, and again for the first rows."""

    def __init__(self, source: Path, *, sheet: str = "") -> None:
        """Raises Refused with one sentence when there is no table in the file."""
        self.source = source
        self.sheet = sheet
        try:
            with ExitStack() as opened:
                self.guess: Guess = guess_table(self._table(opened))
        except NotReadable as problem:
            raise Refused(f"{source.name}: {problem}", code="file.not_readable") from problem
        self.names = tuple(column.name for column in self.guess.columns)

    def _table(self, opened: ExitStack) -> Table:
        file = opened.enter_context(self.source.open("rb"))
        head = file.read(4)
        file.seek(0)
        if head == PARQUET:
            return parquet_table(file)
        member = members(file, self.source.name)[0]
        if member.file is not file:
            opened.callback(member.file.close)
        return open_table(member.file, sheet=self.sheet)

    @property
    def likely(self) -> ColumnMap:
        """The map that the columns' names and first rows speak for; nothing of it is sure."""
        guess = self.guess
        plain = ColumnMap().places(self.names)
        columns = {name: self.names[place] for name, place in plain.items()}
        for name, sources in FROM_GUESS.items():
            found = next((guess.fields[s].column for s in sources if s in guess.fields), "")
            if found and name not in columns:
                columns[name] = found
        if any(name in columns for name in IN_AND_OUT):
            columns = {
                name: column
                for name, column in columns.items()
                if name not in (("amount",) if "amount" not in plain else IN_AND_OUT)
            }
        return ColumnMap(
            columns=columns,
            statuses=self._statuses(columns.get("status", "")),
            time_zone=guess.mapping.time_zone,
            date_order=guess.mapping.date_order,
            decimal=guess.mapping.decimal,
            default_currency=guess.mapping.currency if guess.mapping.currency != "XXX" else "",
            sheet=guess.sheet if len(guess.sheets) > 1 else "",
        )

    def _statuses(self, column: str) -> dict[str, str]:
        """Words of the first rows that importers know and this command by itself does not."""
        known = {word.casefold(): str(meaning) for word, meaning in self.guess.mapping.statuses.items()}
        found = {word.casefold() for word in self._counted(column)}
        return {word: known[word] for word in sorted(found & known.keys()) if word not in STATUS_WORDS}

    def _counted(self, column: str) -> Counter[str]:
        found: Counter[str] = Counter()
        if column in self.names:
            place = self.names.index(column)
            with ExitStack() as opened:
                for _, row in islice(self._table(opened).rows(), SAMPLED):
                    if any(map(str.strip, row)):
                        found[row[place].strip() if place < len(row) else ""] += 1
        return found

    def words(self, how: ColumnMap, more: Mapping[str, int]) -> list[tuple[str, int, str]]:
        """(word, rows among the first, what it means by `how` or "") of the status column; `more` are words
        that stand further down."""
        found = self._counted(how.columns.get("status", ""))
        if not found:
            return []
        for word, rows in more.items():
            found.setdefault("" if word == "(empty)" else word, rows)
        return [(word, rows, how.status_of(word) or "") for word, rows in found.most_common(MOST_WORDS)]

    def first_rows(self, how: ColumnMap, count: int = 30) -> FirstRows:
        """The first rows as `how` reads them."""
        warnings, kept = Warnings("first rows"), _Kept()
        problem = ""
        try:
            with ExitStack() as opened:
                table = self._table(opened)
                read_rows(table, islice(table.rows(), count), how, kept, warnings)
        except StatusesUnknown as unknown:
            problem = f"Not said yet: {', '.join(repr(word) for word in unknown.words)}."
        except (NeedsMapping, Refused):
            problem = "Choose the column of the amount, or those of money in and money out."
        except NotReadable as damage:
            problem = str(damage)
        said = [text.removeprefix("first rows, ") for text in warnings.texts() if ", line " in text]
        return FirstRows(kept.rows, said, problem)

    def yaml(self, side: str, words: Mapping[str, int]) -> str:
        """The likely map as the text of a map file for this side. A word whose meaning nobody knows stands
        there with a question mark, which the command refuses until a person has answered it."""
        likely = self.likely
        unknown = [word for word, _, meaning in self.words(likely, words) if not meaning]
        shown = likely.to_json()
        if unknown:
            shown["statuses"] = {**shown.get("statuses", {}), **dict.fromkeys(unknown, "?")}
        text = yaml.safe_dump({side: shown}, sort_keys=False, allow_unicode=True)
        return str(text)


class _Kept:
    def __init__(self) -> None:
        self.rows: list[Row] = []

    def add(self, row: Row) -> None:
        self.rows.append(row)


def proposed_header(source: Path) -> str:
    """The fingerprint of the columns of `source`, "" where it holds no table."""
    with suppress(Refused):
        return Proposal(source).guess.fingerprint
    return ""


def proposed_map(source: Path, side: str, words: Mapping[str, int]) -> str:
    """A map of `source` to start from, as text; "" where its columns say nothing."""
    with suppress(Refused):
        return Proposal(source).yaml(side, words)
    return ""
