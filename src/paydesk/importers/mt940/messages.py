"""The messages of an MT940 or MT942 file: heads, entries, and every total the file claims compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from paydesk.importers.amounts import plain_text
from paydesk.importers.limits import Limits
from paydesk.importers.mt940.entries import Entry, EntryReader
from paydesk.importers.mt940.fields import (
    MOST_LINES,
    Decoder,
    Field,
    closing_ahead,
    fields_of,
    unknown_tag,
    without_end,
)
from paydesk.importers.mt940.totals import Totals, differences
from paydesk.importers.records import (
    EXACT,
    FileWarning,
    NotReadable,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
)

REMEMBERED = 50_000
ACCOUNTS = 1_000
_BALANCE = re.compile(r"\s*([CD])\s*(\d{6})\s*([A-Z]{3})?\s*(\d+(?:[,.]\d*)?|,\d+)\s*")
_FLOOR = re.compile(r"\s*([A-Z]{3})([CD])?\s*(\d*[,.]?\d*)\s*")
_CURRENCY_BEHIND = re.compile(r"(.*?)[ /]?([A-Z]{3})")


@dataclass
class _Open:
    """The message being read."""

    offset: int
    line: int
    reference: str
    account: str = ""
    number: str = ""
    currency: str = ""
    opening: Decimal | None = None
    opened_on: date | None = None
    page: bool = False
    closing: Decimal | None = None
    closed_on: date | None = None
    closing_tag: str = ""
    stated_entries: int = 0
    head: Statement | None = None
    entry: Entry | None = None
    entries: int = 0
    totals: Totals = field(default_factory=Totals)
    references: Counter[str] = field(default_factory=Counter)
    closed: bool = False

    @property
    def label(self) -> str:
        return (
            f"Statement {' of '.join(filter(None, [self.number, self.reference])) or f'of line {self.line}'}"
        )


class Mt940Reader:
    """Reads one file of either message. `records()` streams from the start of the file."""

    def __init__(self, file: BinaryIO, limits: Limits, *, interim: bool) -> None:
        self.file = file
        self.limits = limits
        self.interim = interim
        self.entries = EntryReader()
        self.closings: dict[str, tuple[Decimal, str]] = {}
        self.notes: Counter[str] = Counter()

    def records(self) -> Iterator[Record]:
        """Every statement before its lines. Raises NotReadable when no message is in the file."""
        decoder = Decoder()
        opened: _Open | None = None
        before: Field | None = None
        messages = 0
        for found in fields_of(self.file, decoder, self.limits):
            if found.tag == "20":
                if opened is not None and before is not None:
                    yield from self._closed(opened, before, last=False)
                messages += 1
                opened = _Open(found.offset, found.line, found.lines[0].strip())
                self._look_ahead(opened)
                before = found
                continue
            if before is not None and opened is not None:
                yield from self._field(opened, before)
            if opened is None and found.tag == "61":
                yield RejectedLine(found.line, "The :61: stands before any :20:, in no statement.", "")
            before = found
        if opened is None or before is None:
            raise NotReadable("The file holds no MT940 message: there is no :20: field in it.")
        yield from self._closed(opened, before, last=True)
        yield from self._about_the_file(decoder)

    def _field(self, opened: _Open, found: Field) -> Iterator[Record]:
        """Take in one whole field of the open message."""
        tag, text = found.tag, "".join(found.lines).strip()
        if len(found.lines) >= MOST_LINES:
            self.notes[
                f"The :{tag}: of line {found.line} has more than {MOST_LINES} lines; the rest is left out."
            ] += 1
        if tag == "61":
            yield from self._head(opened)
            yield from self._flushed(opened)
            opened.entries += 1
            opened.entry = Entry(found.line, found.lines)
        elif tag in ("86", "NS"):
            if opened.entry is None:
                opened.totals.stated_in_text(text)
            elif tag == "86":
                opened.entry.about += found.lines
            else:
                opened.entry.multicash += found.lines
            if tag == "86" and (strange := unknown_tag(found)):
                self.notes[
                    f"{strange} at the start of a line is read as text of its :86:, not as a field."
                ] += 1
        elif tag in ("25", "25P"):
            opened.account = " ".join(text.split())
        elif tag in ("28", "28C"):
            opened.number = text
        elif tag in ("60F", "60M"):
            opened.page = tag == "60M"
            balance = self._balance(text)
            if balance is None:
                yield FileWarning(
                    f"{opened.label}: the opening balance {text[:40]!r} cannot be read.", found.line
                )
            else:
                opened.opening, opened.opened_on, currency = balance
                opened.currency = currency or opened.currency
        elif tag in ("62F", "62M", "64", "65"):
            yield from self._flushed(opened)
            opened.closed = True
        elif tag == "34F":
            self._floor(opened, text)
        elif tag in ("90C", "90D"):
            yield from self._flushed(opened)
            opened.currency = opened.totals.stated(tag[2], text) or opened.currency

    def _look_ahead(self, opened: _Open) -> None:
        opened.closing_tag, text, opened.stated_entries = closing_ahead(self.file, opened.offset, self.limits)
        if not opened.closing_tag:
            return
        lines = text.split("\n")
        balance = self._balance(lines[0]) or self._balance("".join(lines))
        if balance is not None:
            opened.closing, opened.closed_on, opened.currency = balance

    def _balance(self, text: str) -> tuple[Decimal, date, str] | None:
        """(signed amount, date, currency) of a balance field, None when it is none."""
        found = _BALANCE.fullmatch(text)
        if found is None:
            return None
        try:
            amount, day = self.entries.amount(found[4]), self.entries.day(found[2])
        except ValueError:
            return None
        return (amount if found[1] == "C" else amount.copy_negate()), day, found[3] or ""

    def _floor(self, opened: _Open, text: str) -> None:
        found = _FLOOR.fullmatch(text)
        if found is None:
            return
        opened.currency = opened.currency or found[1]
        if found[3].strip("0,. "):
            self.notes[
                f"{opened.label} leaves out entries below {found[3]} {found[1]} (its floor limit, :34F:)."
            ] += 1

    def _head(self, opened: _Open) -> Iterator[Statement]:
        if opened.head is not None:
            return
        account = opened.account
        behind = _CURRENCY_BEHIND.fullmatch(account)
        if behind and behind[1] and behind[2] == opened.currency:
            account = behind[1]
        opened.head = Statement(
            account=account or None,
            currency=opened.currency or None,
            opening=opened.opening,
            closing=opened.closing,
            opened_on=opened.opened_on,
            closed_on=opened.closed_on,
            number=opened.number or None,
        )
        yield opened.head

    def _flushed(self, opened: _Open) -> Iterator[Record]:
        """The line of the entry that is whole now."""
        entry, opened.entry = opened.entry, None
        if entry is None:
            return
        line = self.entries.line(entry, opened.currency or "XXX")
        if isinstance(line, StatementLine):
            opened.totals.add(line)
            line = self._with_own_id(line, opened)
        yield line

    def _with_own_id(self, line: StatementLine, opened: _Open) -> StatementLine:
        """Some banks give several entries of a statement one reference; each still needs an id of its own."""
        if not line.provider_ref:
            return line
        if len(opened.references) >= REMEMBERED:
            opened.references.clear()
        opened.references[line.provider_ref] += 1
        count = opened.references[line.provider_ref]
        if count == 1:
            return line
        self.notes[
            "Entries with the bank reference of one before them are kept apart as REFERENCE#2 and so on."
        ] += 1
        return replace(line, provider_ref=f"{line.provider_ref}#{count}")

    def _closed(self, opened: _Open, before: Field, *, last: bool) -> Iterator[Record]:
        """The end of a message: its last field, its head if it had no entry, and what does not agree."""
        before.lines = without_end(before.lines)
        if before.tag != "20":
            yield from self._field(opened, before)
        yield from self._head(opened)
        yield from self._flushed(opened)
        label, currency = opened.label, opened.currency or "XXX"
        if opened.entries != opened.stated_entries:
            yield FileWarning(
                f"{label} has {opened.stated_entries} :61: lines, but {opened.entries} entries were found."
            )
        if not opened.account:
            yield FileWarning(f"{label} names no account (:25:).")
        if not self.interim:
            yield from self._balances(opened, label, currency)
        for text in differences(opened.totals, label):
            yield FileWarning(text)

    def _balances(self, opened: _Open, label: str, currency: str) -> Iterator[FileWarning]:
        if opened.opening is None:
            yield FileWarning(f"{label} has no opening balance (:60F: or :60M:).")
        if opened.closing is None:
            cut = (
                "cannot be read"
                if opened.closing_tag
                else "is missing (:62F: or :62M:), so it may be cut off"
            )
            yield FileWarning(f"{label}: the closing balance {cut}.")
        if opened.opening is not None and opened.closing is not None:
            made = EXACT.add(opened.opening, opened.totals.net)
            if made != opened.closing:
                yield FileWarning(
                    f"{label} does not tie: opening {plain_text(opened.opening)} and entries of "
                    f"{plain_text(opened.totals.net)} make {plain_text(made)} {currency}, but it closes at "
                    f"{plain_text(opened.closing)}."
                )
        last = self.closings.get(f"{opened.account} {currency}")
        if last is not None and opened.opening is not None and last[0] != opened.opening:
            yield FileWarning(
                f"{label} opens at {plain_text(opened.opening)} {currency}, but {last[1]} of the same "
                f"account closed at {plain_text(last[0])}: something between them is missing."
            )
        if opened.closing is not None and len(self.closings) < ACCOUNTS:
            self.closings[f"{opened.account} {currency}"] = (opened.closing, label[0].lower() + label[1:])

    def _about_the_file(self, decoder: Decoder) -> Iterator[FileWarning]:
        if decoder.guessed_at:
            yield FileWarning(
                f"Line {decoder.guessed_at} is not UTF-8, so such lines were read as Windows-1252: check "
                "letters with accents."
            )
        if decoder.open_at:
            yield FileWarning(
                f"The message that begins on line {decoder.open_at} is not closed (-}}), so the file may be "
                "cut off: ask for it again.",
                decoder.open_at,
            )
        if decoder.binary_at:
            yield FileWarning(
                f"Line {decoder.binary_at} holds bytes that are no text; blanks stand in their place."
            )
        for text, count in list(self.notes.items())[:20]:
            yield FileWarning(text if count == 1 else f"{text} ({count} times)")
