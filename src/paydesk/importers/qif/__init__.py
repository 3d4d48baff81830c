"""QIF (Quicken): one record per transaction, without currency, ids or a rule for dates.

The order of day, month and year and the decimal sign are decided from the whole file, and said where more
than one fits. Lists of accounts, categories and securities are named, not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text, signed_amount
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.other_formats import text_of
from paydesk.importers.prepared import Prepared
from paydesk.importers.qif.habits import Habits, date_of
from paydesk.importers.qif.sections import ACCOUNT, INVESTMENT, MOVES_MONEY, Entry, Section, entries
from paydesk.importers.records import (
    EXACT,
    FileWarning,
    NotReadable,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
)
from paydesk.importers.text_files import TextScan, scan_text
from paydesk.kernel.card_numbers import masked, masked_row

LISTED = 5
ONCE = ("D", "T", "U", "N", "P", "M", "L", "C")
_BEGINS = re.compile(r"\s*!(?:Type\s*:|Account\b|Option\s*:|Clear\s*:)", re.IGNORECASE)
_LISTS = {
    ACCOUNT: "accounts", "cat": "categories", "class": "classes", "memorized": "memorised transactions",
    "security": "securities", "prices": "prices", INVESTMENT: "investment transactions",
}  # fmt: skip


class Qif:
    """The importer for Quicken interchange files."""

    name = "qif"
    about = About(
        title="QIF file (Quicken)",
        provider="banks and accounting programs",
        sources=("official", "samples"),
        source="Intuit's description of QIF; two test files of an open accounting package.",
        sure="medium",
        versions="Bank, Cash, CCard, Oth A and Oth L sections, with or without accounts",
        known_missing=(
            "QIF names no currency and no ids: lines are in XXX, and a file sent twice shows by its content.",
            "Investment transactions (!Type:Invst) are counted, not read.",
            "A transaction split over categories stays one line; its parts are in the raw row.",
        ),
    )

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        return _BEGINS.match(text_of(head)) is not None

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield a Statement per account or section, then its lines. Raises NotReadable without any."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        file.seek(0)
        if not self.recognises(file.read(64 * 1024)):
            raise NotReadable("The file does not begin as a QIF file does, with !Type or !Account.")
        scan = scan_text(file, self.limits)
        habits, lists, found = Habits(), Counter[str](), False
        for each in entries(file, scan.encoding):
            if isinstance(each, Section):
                found = found or each.name in MOVES_MONEY
            elif each.section in MOVES_MONEY:
                habits.see_date(each.first("D"))
                habits.see_amount(each.first("T") or each.first("U"))
            else:
                lists[each.section] += 1
        if not found:
            raise NotReadable(
                f"The QIF file holds no transactions of an account{_only(lists)}: nothing to read."
            )
        return Prepared(self.name, None, lambda: self._records(file, scan, habits, lists))

    def _records(
        self, file: BinaryIO, scan: TextScan, habits: Habits, lists: Counter[str]
    ) -> Iterator[Record]:
        if scan.warning:
            yield FileWarning(scan.warning)
        yield from (FileWarning(text) for text in habits.warnings())
        reader = _Reader(habits)
        account: Entry | None = None
        waiting = False  # a section has begun and its head is not out yet
        for each in entries(file, scan.encoding):
            if isinstance(each, Section):
                if waiting:
                    yield reader.head(account)
                waiting = each.name in MOVES_MONEY
                if not waiting and each.name != ACCOUNT:
                    account = None
            elif each.section == ACCOUNT:
                account = each
            elif each.section in MOVES_MONEY:
                if waiting:
                    waiting = False
                    opening = reader.opening(each)
                    yield reader.head(account, opening)
                    if opening is not None:
                        yield FileWarning(
                            f"Line {each.line} is the opening balance of {plain_text(opening)}, no movement.",
                            each.line,
                        )
                        continue
                yield reader.line(each)
        if waiting:
            yield reader.head(account)
        named = Counter({name: count for name, count in lists.items() if name != ACCOUNT})
        if named:
            yield FileWarning(f"The file also holds {_listed(named)}, not read.")
        yield from (FileWarning(text, line) for line, text in reader.notes)
        if reader.more:
            yield FileWarning(f"{reader.more:,} more remarks like these.")


class _Reader:
    """Makes lines of records, by the habits of their file."""

    def __init__(self, habits: Habits) -> None:
        self.order = habits.date_order
        self.decimal = habits.decimal
        self.days: dict[str, date] = {}
        self.notes: list[tuple[int, str]] = []
        self.more = 0

    def note(self, line: int, text: str) -> None:
        if len(self.notes) < LISTED:
            self.notes.append((line, text))
        else:
            self.more += 1

    def head(self, account: Entry | None, opening: Decimal | None = None) -> Statement:
        if account is None:
            return Statement(opening=opening)
        closing = closed_on = None
        try:
            if text := account.first("$"):
                closing = signed_amount(text, self.decimal)[0]
                closed_on = date_of(account.first("/"), self.order) if account.first("/") else None
        except ValueError as problem:
            self.note(account.line, f"Line {account.line}: the balance of the account: {problem}")
        return Statement(masked(account.first("N")) or None, None, opening, closing, None, closed_on)

    def opening(self, entry: Entry) -> Decimal | None:
        """The amount of a first record that Quicken writes for the opening balance."""
        if entry.first("P").casefold() != "opening balance":
            return None
        try:
            return signed_amount(entry.first("T") or entry.first("U"), self.decimal)[0]
        except ValueError:
            return None

    def line(self, entry: Entry) -> StatementLine | RejectedLine:
        raw = masked_row(entry.raw())
        if not entry.closed:
            self.note(
                entry.line, f"The transaction on line {entry.line} has no ^ behind it: it may be cut off."
            )
        try:
            return self._line(entry, raw)
        except ValueError as problem:
            return RejectedLine(entry.line, str(problem), raw)

    def _line(self, entry: Entry, raw: dict[str, str]) -> StatementLine:
        if again := next((code for code in ONCE if f"{code}[2]" in raw), None):
            raise ValueError(f"{again} stands twice in it: a ^ between two transactions is missing.")
        text = raw.get("T") or raw.get("U", "")
        if not text:
            raise ValueError("It has no amount (T).")
        amount, currency = signed_amount(text, self.decimal)
        if not raw.get("D"):
            raise ValueError("It has no date (D).")
        booked_on = self.days.get(raw["D"])
        if booked_on is None:
            booked_on = date_of(raw["D"], self.order)
            if len(self.days) < 5_000:
                self.days[raw["D"]] = booked_on
        self._compare(entry, amount, text)
        number, payee, memo = raw.get("N", ""), raw.get("P", ""), raw.get("M", "")
        category = raw.get("L", "")
        is_reference = any(map(str.isdigit, number))
        return StatementLine(
            line=entry.line,
            kind="payment" if amount >= 0 else "payout",
            status="success",
            amount=amount,
            currency=currency or "XXX",
            reference=number if is_reference else "",
            account=category[1:-1] if category.startswith("[") and category.endswith("]") else "",
            payer_name=payee,
            text=memo if payee in memo else f"{payee} {memo}".strip(),
            channel="" if is_reference else number.lower(),
            booked_on=booked_on,
            raw=raw,
        )

    def _compare(self, entry: Entry, amount: Decimal, text: str) -> None:
        """The two amounts of a record, and the sum of its parts, against its amount."""
        total = Decimal(0)
        parts = 0
        try:
            for code, value in entry.fields:
                if code == "U" and signed_amount(value, self.decimal)[0] != amount:
                    self.note(
                        entry.line, f"Line {entry.line}: T says {text} and U says {value}; T was taken."
                    )
                if code == "$":
                    parts += 1
                    total = EXACT.add(total, signed_amount(value, self.decimal)[0])
        except ValueError as problem:
            self.note(entry.line, f"Line {entry.line}: a part of the transaction: {problem}")
            return
        if parts and total != amount:
            self.note(
                entry.line,
                f"Line {entry.line} is {plain_text(amount)}, its {parts} parts make {plain_text(total)}.",
            )


def _only(lists: Counter[str]) -> str:
    return f", only {_listed(lists)}" if lists else ""


def _listed(lists: Counter[str]) -> str:
    return " and ".join(
        f"{count:,} {_LISTS.get(name, f'records of {name[:30]!r}')}" for name, count in lists.most_common(6)
    )
