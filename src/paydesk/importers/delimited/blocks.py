"""A block of rows to statement lines, column by column: what RowReader makes of each, at a third of the cost.

Every cell is read by the functions of RowReader or by a look-up of what they said about the same text. Where
they refuse a cell the block is halved, until the odd row stands among few; those are read one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice, repeat
from typing import NamedTuple

from paydesk.importers.amounts import plain_amounts
from paydesk.importers.card_numbers import card_number_in, may_hold_card
from paydesk.importers.delimited.mapping import Field
from paydesk.importers.delimited.raw_rows import RawRow
from paydesk.importers.delimited.rows import Known, RowReader, cleaned, whole_id
from paydesk.importers.delimited.tables import UnclosedRow
from paydesk.importers.records import NotReadable, StatementLine, lines_of_columns

BLOCK_ROWS = 64  # measured: 24 and 500 cost more on the machine it was tried on
FEW_ROWS = 8
REMEMBERED = 20_000

NumberedRow = tuple[int, list[str]]
Column = tuple[str, ...]
# Status; "in", "out" or "" for a failed row; kind ("" where its column is read apart); amount; currency; fee;
# note.
Money = tuple[str, str, str, Decimal, str, Decimal | None, str]

_MONEY_FIELDS: tuple[Field, ...] = (
    "amount", "direction", "credit", "debit", "fee", "net", "currency", "status",
)  # fmt: skip


def in_blocks(rows: Iterable[NumberedRow]) -> Iterator[list[NumberedRow]]:
    """`rows` in lists of BLOCK_ROWS; what was read before a row that cannot be comes before the refusal."""
    rest = iter(rows)
    while True:
        block: list[NumberedRow] = []
        try:
            block.extend(islice(rest, BLOCK_ROWS))
        except NotReadable:
            yield block
            raise
        if not block:
            return
        yield block


class Part(NamedTuple):
    """Rows with the line of each and their columns; or a few rows with no lines, to be read one by one."""

    rows: list[NumberedRow]
    lines: list[StatementLine]
    columns: list[Column]


class BlockReader:
    """Reads blocks of rows of one table as `reader` reads single rows."""

    def __init__(self, reader: RowReader) -> None:
        self.reader = reader
        self.places = places = reader.places
        # Without a date column only the other cells tell a totals row from data: row by row.
        self._is_dated = places["occurred"] >= 0 or places["booked"] >= 0
        self._by_phrase = places["kind"] >= 0 and not reader.words_repeat
        money: tuple[Field, ...] = _MONEY_FIELDS if self._by_phrase else (*_MONEY_FIELDS, "kind")
        self._money_places = tuple(places[each] for each in money if places[each] >= 0)
        self._money: Known[Column, Money] = Known(self._money_of, REMEMBERED)
        self._has_one_date = places["occurred"] >= 0 and all(
            places[each] < 0 for each in ("occurred_time", "booked", "value")
        )

        self._party_alone = places["party"] >= 0 and places["msisdn"] < 0 and places["payer_name"] < 0
        self._usual_party = re.compile(f"^({reader.usual_phone.pattern}) - (.*)$", re.MULTILINE)

    def parts(self, block: list[NumberedRow]) -> Iterator[Part]:
        """`block` in parts, in order."""
        try:
            yield Part(block, *self._lines(block))
        except ValueError:
            if len(block) <= FEW_ROWS:
                yield Part(block, [], [])
                return
            middle = len(block) // 2
            yield from self.parts(block[:middle])
            yield from self.parts(block[middle:])

    def _lines(self, block: list[NumberedRow]) -> tuple[list[StatementLine], list[Column]]:
        """The line of every row, and the columns; raises ValueError where a row may be none."""
        reader = self.reader
        if not self._is_dated:
            raise ValueError("Rows without a date are read one by one.")
        numbers, raw_rows = zip(*block, strict=True)
        rows = raw_rows
        if set(map(len, rows)) != {reader.width} or UnclosedRow in set(map(type, rows)):
            rows = tuple(map(reader.fitted, rows))
        columns = list(zip(*rows, strict=True))
        self._check_card_numbers(columns)
        columns.append(("",) * len(rows))  # a place of -1: a field without a column
        kinds: Sequence[str]
        statuses, whens, kinds, amounts, currencies, fees, notes = zip(
            *map(
                self._money.__getitem__, zip(*[columns[place] for place in self._money_places], strict=True)
            ),
            strict=True,
        )
        if self._by_phrase:
            kinds = self._kinds(self._stripped(columns, "kind"), whens)
        moments, booked, values = self._dates(rows, columns)
        phones, payers = self._payers(columns)
        texts = self._stripped(columns, "text")
        if any(notes):
            texts = [f"{text} {note}".strip() for text, note in zip(texts, notes, strict=True)]
        originals: Iterable[tuple[Decimal | None, str]] = repeat((None, ""), len(rows))
        if min(reader.originals) >= 0:
            originals = map(reader.original, rows, amounts, currencies)
        original_amounts, original_currencies = zip(*originals, strict=True)
        provider_refs = columns[self.places["provider_ref"]]
        lines = lines_of_columns(
            (
                numbers, kinds, statuses, amounts, currencies, fees,
                self._cleaned(columns, "reference"),
                map(whole_id, provider_refs) if "+" in "".join(provider_refs)
                else self._cleaned(columns, "provider_ref"),
                self._cleaned(columns, "network_ref"),
                self._cleaned(columns, "batch_key"),
                self._cleaned(columns, "account"),
                phones, payers, texts,
                self._stripped(columns, "channel"),
                self._balances(columns),
                moments, booked, values,
                map(RawRow, repeat(reader.names), raw_rows),
                original_amounts, original_currencies,
            )
        )  # fmt: skip
        return lines, columns

    def _check_card_numbers(self, columns: list[Column]) -> None:
        """Raises ValueError if a cell in which people type holds a card number; lines part the cells."""
        text = "\n".join(map("\n".join, [columns[place] for place in self.reader.free]))
        if may_hold_card(text) and card_number_in(text) is not None:
            raise ValueError("A cell holds a full card number.")

    def _money_of(self, cells: Column) -> Money:
        """What RowReader says of the cells at `_money_places`; raises ValueError."""
        reader = self.reader
        row = [""] * (reader.width + 1)
        for place, cell in zip(self._money_places, cells, strict=True):
            row[place] = cell
        amount, beside_amount = reader.money(row)
        status = reader.statuses[row[self.places["status"]]] if self.places["status"] >= 0 else "success"
        currency = reader.currency(row, beside_amount)
        if status == "failed":
            return status, "", "failed", amount, currency, None, ""
        when = "out" if amount < 0 else "in"
        kind = "" if self._by_phrase else reader.kind(row[self.places["kind"]], when)
        return (status, when, kind, amount, currency, *reader.fee(row, amount))

    def _kinds(self, texts: Sequence[str], whens: Iterable[str]) -> list[str]:
        """The kind of each text in which a rule looks for a phrase."""
        reader = self.reader
        found: list[str] = []
        for text, word, when in zip(texts, _words(texts), whens, strict=True):
            for phrase, kind in reader.rules[when] if word else ():
                if phrase in word:
                    found.append(kind)
                    break
            else:
                found.append(reader.kind(text, when) if when else "failed")
        return found

    def _dates(
        self, rows: Iterable[list[str]], columns: list[Column]
    ) -> tuple[Iterable[datetime | None], Iterable[date | None], Iterable[date | None]]:
        occurred = self._stripped(columns, "occurred")
        if self._has_one_date and all(occurred):
            moments, booked = zip(*self.reader.moments.read_column(occurred), strict=True)
            return moments, booked, repeat(None)
        found = [self.reader.dates([*row, ""]) for row in rows]
        return tuple(zip(*found, strict=True))  # type: ignore[return-value]

    def _payers(self, columns: list[Column]) -> tuple[Iterable[str], Iterable[str]]:
        reader = self.reader
        phones, names = self._stripped(columns, "msisdn"), self._stripped(columns, "payer_name")
        if self.places["msisdn"] < 0 and self.places["party"] < 0:
            return phones, names
        parties = columns[self.places["party"]]
        if self._party_alone:
            joined = "\n".join(parties)
            usual = self._usual_party.findall(joined)
            if len(usual) == len(parties) == joined.count("\n") + 1:
                phones, names = zip(*usual, strict=True)
                return phones, list(map(str.strip, names))
        found = map(reader.payer, phones, names, parties)
        return tuple(zip(*found, strict=True))  # type: ignore[return-value]

    def _balances(self, columns: list[Column]) -> Iterable[Decimal | None]:
        texts = self._stripped(columns, "balance")
        if self.places["balance"] < 0:
            return [None] * len(texts)
        if self.reader.mapping.decimal == "." and (found := plain_amounts(texts)):
            return found
        return [self.reader.number("balance", text)[0] if text else None for text in texts]

    def _stripped(self, columns: list[Column], name: Field) -> Sequence[str]:
        column = columns[self.places[name]]
        return list(map(str.strip, column)) if self.places[name] >= 0 else column

    def _cleaned(self, columns: list[Column], name: Field) -> Sequence[str]:
        stripped = self._stripped(columns, name)
        joined = "\n" + "\n".join(stripped)
        return list(map(cleaned, stripped)) if "\n=" in joined or "\n'" in joined else stripped


def _words(texts: Sequence[str]) -> list[str]:
    """Each text as rules see it: casefolded, with one blank between words."""
    joined = "|".join(texts)
    if (
        joined.isascii()
        and joined.isprintable()
        and "  " not in joined
        and joined.count("|") == len(texts) - 1
    ):
        return joined.casefold().split("|")
    return [" ".join(text.split()).casefold() for text in texts]
