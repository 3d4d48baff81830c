"""A block of rows to statement lines by column: what RowReader makes of each row, at a fraction of the cost.

Every cell is read by the functions of RowReader or by a look-up of what they said about the same text. Where
they refuse a cell the block is halved, until the odd row stands among few; those are read one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, repeat
from operator import contains
from typing import NamedTuple

from paydesk.importers.amounts import plain_amounts
from paydesk.importers.delimited.mapping import Field
from paydesk.importers.delimited.row_blocks import Columns, RowBlock
from paydesk.importers.delimited.rows import Known, RowReader, cleaned, whole_id
from paydesk.importers.records import Kind, StatementLine, lines_of_columns
from paydesk.kernel.card_numbers import card_number_in, may_hold_card

FEW_ROWS = 8
REMEMBERED = 20_000
_DATES: tuple[Field, ...] = ("occurred", "booked", "value")
_PROTECTED = ("=", "'")  # signs with which a spreadsheet protects digits
_OTHER_BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f"  # of ASCII

Column = tuple[str, ...]
# Status; "in", "out" or "" for a failed row; kind ("" where its column is read apart); amount; currency; fee;
# note.
Money = tuple[str, str, str, Decimal, str, Decimal | None, str]

_MONEY_FIELDS: tuple[Field, ...] = (
    "amount", "direction", "credit", "debit", "fee", "net", "currency", "status",
)  # fmt: skip


class Part(NamedTuple):
    """Rows with the line of each and their columns; or a few rows with no lines, to be read one by one."""

    block: RowBlock
    lines: list[StatementLine]
    columns: Columns


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
        self._party_alone = places["party"] >= 0 and places["msisdn"] < 0 and places["payer_name"] < 0
        self._usual_phones = re.compile(f"(?:{reader.usual_phone.pattern}(?:\n|\\Z))+")

    def parts(self, block: RowBlock) -> Iterator[Part]:
        """`block` in parts, in order."""
        try:
            yield Part(block, *self._lines(block))
        except ValueError:
            if len(block) <= FEW_ROWS:
                yield Part(block, [], [])
                return
            middle = len(block) // 2
            yield from self.parts(block.part(0, middle))
            yield from self.parts(block.part(middle, len(block)))

    def _lines(self, block: RowBlock) -> tuple[list[StatementLine], Columns]:
        """The line of every row, and the columns; raises ValueError where a row may be none."""
        reader = self.reader
        if not self._is_dated:
            raise ValueError("Rows without a date are read one by one.")
        columns = self._fitted(block)
        count = len(block)
        self._check_card_numbers(columns)
        columns.append(("",) * count)  # a place of -1: a field without a column
        kinds: Sequence[str]
        statuses, whens, kinds, amounts, currencies, fees, notes = zip(
            *map(
                self._money.__getitem__, zip(*[columns[place] for place in self._money_places], strict=True)
            ),
            strict=True,
        )
        texts = self._stripped(columns, "text")
        if self._by_phrase:
            same = self.places["kind"] == self.places["text"]
            kinds = self._kinds(texts if same else self._stripped(columns, "kind"), whens)
        moments, booked, values = self._dates(columns)
        phones, payers = self._payers(columns)
        if any(notes):
            texts = [f"{text} {note}".strip() for text, note in zip(texts, notes, strict=True)]
        original_amounts: Iterable[Decimal | None] = repeat(None)
        original_currencies: Iterable[str] = columns[-1]
        if min(reader.originals) >= 0:
            rows = map(list, zip(*columns, strict=True))
            original_amounts, original_currencies = zip(
                *map(reader.original, rows, amounts, currencies), strict=True
            )
        provider_refs = columns[self.places["provider_ref"]]
        protected = any(map(block.may_hold, _PROTECTED))
        lines = lines_of_columns(
            (
                block.numbers, kinds, statuses, amounts, currencies, fees,
                self._cleaned(columns, "reference", protected),
                map(whole_id, provider_refs) if block.may_hold("+") and "+" in "".join(provider_refs)
                else self._cleaned(columns, "provider_ref", protected),
                self._cleaned(columns, "network_ref", protected),
                self._cleaned(columns, "batch_key", protected),
                self._cleaned(columns, "account", protected),
                phones, payers, texts,
                self._stripped(columns, "channel"),
                self._balances(columns),
                moments, booked, values,
                block.raw(reader.names),
                original_amounts, original_currencies,
            ),
            count,
        )  # fmt: skip
        return lines, columns

    def _fitted(self, block: RowBlock) -> Columns:
        """The columns of `block`, as many as the header has; raises ValueError where a row is cut off."""
        columns = block.columns()
        if columns is not None and len(columns) == self.reader.width:
            return list(columns)
        return list(zip(*map(self.reader.fitted, block.rows()), strict=True))

    def _check_card_numbers(self, columns: Columns) -> None:
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

    def _kinds(self, texts: Sequence[str], whens: Sequence[str]) -> list[str]:
        """The kind of each text in which a rule looks for a phrase."""
        reader = self.reader
        joined, words = _words(texts)
        rules: dict[str, list[tuple[str, Kind]]] = {}
        for when in set(whens):
            rules[when] = reader.rules[when]
            if whens.count(when) > FEW_ROWS:  # worth to leave out the phrases that stand in none of them
                rules[when] = [rule for rule in rules[when] if rule[0] in joined]
        if len(rules) == 1 and (first := rules[whens[0]][:1]):
            phrase, kind = first[0]
            if all(map(contains, words, repeat(phrase))):
                return [kind] * len(words)
        found: list[str] = []
        for text, word, when in zip(texts, words, whens, strict=True):
            for phrase, kind in rules[when] if word else ():
                if phrase in word:
                    found.append(kind)
                    break
            else:
                found.append(reader.kind(text, when) if when else "failed")
        return found

    def _dates(
        self, columns: Columns
    ) -> tuple[Iterable[datetime | None], Iterable[date | None], Iterable[date | None]]:
        places, read_column = self.places, self.reader.moments.read_column
        dated = [columns[places[each]] for each in _DATES if places[each] >= 0]
        if places["occurred_time"] >= 0 or not all(map(str.strip, chain.from_iterable(dated))):
            found = [self.reader.dates(list(row)) for row in zip(*columns, strict=True)]
            return tuple(zip(*found, strict=True))  # type: ignore[return-value]
        moments: Iterable[datetime | None] = repeat(None)
        booked: Iterable[date | None] = repeat(None)
        values: Iterable[date | None] = repeat(None)
        if places["occurred"] >= 0:
            moments, booked = read_column(self._stripped(columns, "occurred"))
        if places["booked"] >= 0:
            booked = read_column(self._stripped(columns, "booked"))[1]
        if places["value"] >= 0:
            values = read_column(self._stripped(columns, "value"))[1]
        return moments, booked, values

    def _payers(self, columns: Columns) -> tuple[Iterable[str], Iterable[str]]:
        reader = self.reader
        if self.places["party"] >= 0 and self._party_alone:
            parties = columns[self.places["party"]]
            phones, _, names = zip(*map(str.partition, parties, repeat(" - ")), strict=True)
            joined = "\n".join(phones)
            if joined.count("\n") == len(phones) - 1 and self._usual_phones.fullmatch(joined):
                return phones, list(map(str.strip, names))
        numbers, texts = self._stripped(columns, "msisdn"), self._stripped(columns, "payer_name")
        if self.places["msisdn"] < 0 and self.places["party"] < 0:
            return numbers, texts
        found = map(reader.payer, numbers, texts, columns[self.places["party"]])
        return tuple(zip(*found, strict=True))  # type: ignore[return-value]

    def _balances(self, columns: Columns) -> Iterable[Decimal | None]:
        if self.places["balance"] < 0:
            return repeat(None)
        texts = self._stripped(columns, "balance")
        if self.reader.mapping.decimal == "." and (found := plain_amounts(texts)):
            return found
        return [self.reader.number("balance", text)[0] if text else None for text in texts]

    def _stripped(self, columns: Columns, name: Field) -> Sequence[str]:
        column = columns[self.places[name]]
        return list(map(str.strip, column)) if self.places[name] >= 0 else column

    def _cleaned(self, columns: Columns, name: Field, protected: bool) -> Sequence[str]:
        stripped = self._stripped(columns, name)
        if protected and self.places[name] >= 0:
            joined = "\n" + "\n".join(stripped)
            if "\n=" in joined or "\n'" in joined:
                return list(map(cleaned, stripped))
        return stripped


def _words(texts: Sequence[str]) -> tuple[str, list[str]]:
    """Each text as rules see it, casefolded and with one blank between words, and all of them in one."""
    joined = "|".join(texts)
    if joined.isascii() and "  " not in joined and not any(map(joined.__contains__, _OTHER_BLANKS)):
        joined = joined.casefold()
        if joined.count("|") == len(texts) - 1:
            return joined, joined.split("|")
    words = [" ".join(text.split()).casefold() for text in texts]
    return "|".join(words), words
