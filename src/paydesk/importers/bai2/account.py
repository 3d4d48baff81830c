"""One account of a BAI2 file: its head with balances, its transactions as lines, and what does not add up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from paydesk.importers.amounts import plain_text
from paydesk.importers.bai2 import type_codes
from paydesk.importers.bai2.controls import Level, of_trailer, stated_total
from paydesk.importers.bai2.details import Summary, detail, major, summaries
from paydesk.importers.bai2.records import Logical
from paydesk.importers.records import (
    EXACT,
    FileWarning,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
    Status,
)
from paydesk.kernel.card_numbers import MAY_HOLD, masked
from paydesk.kernel.money import minor_digits

STANDARD_CURRENCY = "USD"  # what the standard takes where a file names none


@dataclass(frozen=True, slots=True)
class Group:
    """What a group header says of all its accounts."""

    line: int = 0
    currency: str = ""
    as_of: date | None = None
    status: Status = "success"


class Account:
    """Reads the records of one account as they come; `level` is what its trailer is held against."""

    def __init__(self, record: Logical, group: Group) -> None:
        fields = record.fields()
        self.record = record
        self.group = group
        self.number = fields[0]
        named = (fields[1] if len(fields) > 1 else "").upper()
        self.currency = named or group.currency
        self.level = Level(f"account {masked(self.number) or 'without a number'}", record.count)
        self.summaries: list[Summary] = []
        self.problem = ""
        try:
            self.summaries = summaries(fields[2:])
        except ValueError as problem:
            self.problem = f"The balances of {self.level.label} cannot be read: {problem}"
        for each in self.summaries:
            self.level.add(each.written)
        self.assumed = not self.currency
        if self.assumed:
            self.currency = STANDARD_CURRENCY
        self.odd_currency = ""
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isalpha()):
            self.odd_currency, self.currency = self.currency, "XXX"
        self.digits = minor_digits(self.currency)
        self.credit = Decimal(0)
        self.debit = Decimal(0)
        self.credits = self.debits = 0

    def head(self) -> Iterator[Record]:
        """The statement with its balances, and what is odd about them."""
        yield Statement(
            account=masked(self.number) or None,
            currency=None if self.currency == "XXX" else self.currency,
            opening=self._balance(type_codes.OPENING_LEDGER),
            closing=self._balance(type_codes.CLOSING_LEDGER, type_codes.CURRENT_LEDGER),
            opened_on=self.group.as_of,
            closed_on=self.group.as_of,
        )
        if self.problem:
            yield FileWarning(self.problem, self.record.line)
        if self.odd_currency:
            yield FileWarning(
                f"{self.level.title} is in {self.odd_currency[:20]!r}, which is no currency code; its "
                "amounts were "
                "read with two decimals.",
                self.record.line,
            )

    def _summary(self, *codes: str) -> Summary | None:
        """The first summary with one of `codes`, in their order."""
        for code in codes:
            for each in self.summaries:
                if type_codes.plain_code(each.code) == code and each.written is not None:
                    return each
        return None

    def _balance(self, *codes: str) -> Decimal | None:
        found = self._summary(*codes)
        return None if found is None or found.written is None else major(found.written, self.digits)

    def transaction(self, record: Logical) -> Iterator[Record]:
        """The line of a record 16, or why there is none."""
        self.level.records += record.count
        raw = "\n".join(record.raw)
        if MAY_HOLD.search(raw) is not None:  # a comma beside a number hides it: field by field
            raw = ",".join(masked(each) for each in raw.split(","))
        try:
            yield from self._line(record, raw)
        except ValueError as problem:
            yield RejectedLine(record.line, str(problem), raw)
        for text in record.inside:
            yield self._inside(record.line, text)

    def _inside(self, line: int, text: str) -> FileWarning:
        """What looks like a transaction in the text of another: left there, because payers write "
        "that text."""
        self.level.inside += 1
        with suppress(ValueError):
            written = detail(Logical("16", line, [text.partition(",")[2]])).written
            self.level.inside_written = EXACT.add(self.level.inside_written, written or Decimal(0))
        return FileWarning(
            f"Line {line}: {masked(text.strip())[:60]!r} looks like a transaction, but stands in the "
            "text of one. "
            "Payers can write in that text, so it was left there and not booked; if the bank means "
            "it, ask for "
            "the file with every record on a line of its own.",
            line,
        )

    def _line(self, record: Logical, raw: str) -> Iterator[Record]:
        found = detail(record)
        self.level.add(found.written)
        plain, extra = type_codes.plain_code(found.code), ""
        if plain is None and found.code.isascii() and found.code.isdigit():
            plain, extra = found.code[:3], found.code
        meaning = type_codes.type_code(plain) if plain else None
        if meaning is None:
            raise ValueError(
                f"Type code {found.code[:20]!r} is no credit or debit of BAI2, so its side is not known."
            )
        written = found.written or Decimal(0)
        if meaning.side == "none":
            amount = Decimal(0)
        else:
            amount = major(written if meaning.side == "credit" else written.copy_negate(), self.digits)
        moves = bool(amount)
        kind = meaning.kind
        if kind in ("payment", "payout") and moves and (amount > 0) != (meaning.side == "credit"):
            kind = "reversal"  # a credit with a minus takes money back
        self._count(amount)
        yield StatementLine(
            record.line, kind if moves else "notice", self.group.status if moves else "success",
            amount if moves else Decimal(0).scaleb(-self.digits), self.currency,
            reference=masked(found.customer_reference), network_ref=masked(found.bank_reference),
            text=masked(f"{meaning.title} · {found.text}" if found.text else meaning.title),
            channel=found.code, booked_on=self.group.as_of, value_on=found.funds.value_on, raw=raw,
        )  # fmt: skip
        yield from self._odd(record.line, found.written, amount, extra, meaning.side)
        if found.funds.odd:
            yield FileWarning(
                f"Line {record.line}: the value date is not read: {found.funds.odd}", record.line
            )
        if found.funds.sums and (total := _total(found.funds.sums)) != written:
            yield FileWarning(
                f"Line {record.line}: the parts of its availability make "
                f"{plain_text(major(total, self.digits))}, "
                f"the amount is {plain_text(major(written, self.digits))}.",
                record.line,
            )

    def _odd(
        self, line: int, written: Decimal | None, amount: Decimal, extra: str, side: type_codes.Side
    ) -> Iterator[FileWarning]:
        if extra:
            yield FileWarning(
                f"Line {line}: type code {extra} is the bank's own; its first three digits, "
                f"{extra[:3]}, say {side}.",
                line,
            )
        if side == "none":
            return
        if written is None:
            yield FileWarning(f"Line {line}: the transaction states no amount.", line)
        elif written < 0:
            yield FileWarning(
                f"Line {line}: a {side} of {plain_text(major(written, self.digits))}; a minus turns "
                "it round, so "
                f"{plain_text(amount)} was booked.",
                line,
            )

    def _count(self, amount: Decimal) -> None:
        if amount > 0:
            self.credit = EXACT.add(self.credit, amount)
            self.credits += 1
        elif amount < 0:
            self.debit = EXACT.subtract(self.debit, amount)
            self.debits += 1

    def of_trailer(self, trailer: Logical) -> Iterator[FileWarning]:
        """What the account's trailer says against what was found."""
        self.level.records += trailer.count
        if self.level.counts_inside(stated_total(trailer)):
            yield FileWarning(
                f"The trailer of {self.level.label} is right only with what stands in the text of other "
                f"transactions ({self.level.inside}): the bank most likely means it.",
                trailer.line,
            )
        yield from of_trailer(trailer, self.level, "", self.digits)

    def end(self) -> Iterator[FileWarning]:
        """What balances and totals of the head say against the transactions."""
        sides = (
            (type_codes.TOTAL_CREDITS, "credits", self.credit, self.credits),
            (type_codes.TOTAL_DEBITS, "debits", self.debit, self.debits),
        )
        has_details = bool(self.credits or self.debits)
        for code, what, total, count in sides:
            stated = self._summary(code)
            if stated is None or stated.written is None or not has_details:
                continue
            sum_stated = major(stated.written, self.digits).copy_abs()
            if sum_stated != total or (stated.count is not None and stated.count != count):
                number = "" if stated.count is None else f" in {stated.count:,}"
                yield FileWarning(
                    f"{self.level.title} states {what} of {plain_text(sum_stated)}{number}; its "
                    "transactions make "
                    f"{plain_text(total)} in {count:,}.",
                    self.record.line,
                )
        opening = self._balance(type_codes.OPENING_LEDGER)
        closing = self._balance(type_codes.CLOSING_LEDGER, type_codes.CURRENT_LEDGER)
        if opening is None or closing is None:
            return
        made = EXACT.subtract(EXACT.add(opening, self.credit), self.debit)
        if made != closing:
            yield FileWarning(
                f"{self.level.title} does not tie: opening {plain_text(opening)} and transactions make "
                f"{plain_text(made)}, closing is {plain_text(closing)}.",
                self.record.line,
            )


def _total(sums: tuple[Decimal, ...]) -> Decimal:
    total = Decimal(0)
    for each in sums:
        total = EXACT.add(total, each)
    return total
