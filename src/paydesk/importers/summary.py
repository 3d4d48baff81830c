"""What a file holds, counted while it streams: statements, lines, sums by effect, rejected rows, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from paydesk.importers.amounts import plain_text
from paydesk.importers.limits import LIMITS
from paydesk.importers.records import (
    EXACT,
    FileWarning,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
)


class Summary:
    """Counts and exact sums of the records it was given.

    credit and debit are unsigned sums per currency by effect on the account, before fees; fees is what the
    provider kept back of them. A failed row has none. Of rejected rows the number and the reason are kept, of
    a file with more than `listed` of them (or of warnings, or statements) the first ones and the count.
    """

    def __init__(self, listed: int = LIMITS.listed) -> None:
        self.listed = listed
        self.statements: list[Statement] = []
        self.lines_of: list[int] = []
        self.lines = 0
        self.credit: dict[str, Decimal] = {}
        self.debit: dict[str, Decimal] = {}
        self.fees: dict[str, Decimal] = {}
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.rejected: list[RejectedLine] = []
        self.warnings: list[FileWarning] = []
        self.unlisted: Counter[str] = Counter()

    def add(self, record: Record) -> None:
        """Count one record."""
        if isinstance(record, StatementLine):
            self._add_line(record)
        elif isinstance(record, RejectedLine):
            if len(self.rejected) < self.listed:
                self.rejected.append(RejectedLine(record.line, record.reason))
            else:
                self.unlisted["rejected rows"] += 1
        elif isinstance(record, FileWarning):
            if len(self.warnings) < self.listed:
                self.warnings.append(record)
            else:
                self.unlisted["warnings"] += 1
        elif len(self.statements) < self.listed:
            self.statements.append(record)
            self.lines_of.append(0)
        else:
            self.unlisted["statements"] += 1

    @property
    def rejected_count(self) -> int:
        """How many rows were rejected, listed or not."""
        return len(self.rejected) + self.unlisted["rejected rows"]

    def notes(self) -> list[str]:
        """The texts of all warnings, and of what is only counted."""
        return [each.text for each in self.warnings] + [
            f"{count:,} more {what} are counted, not listed: the limit is {self.listed:,}."
            for what, count in self.unlisted.items()
        ]

    def add_all(self, records: Iterable[Record]) -> Summary:
        """Count every record of `records`; returns itself."""
        for record in records:
            self.add(record)
        return self

    def _add_line(self, line: StatementLine) -> None:
        self.lines += 1
        if self.lines_of and not self.unlisted["statements"]:
            self.lines_of[-1] += 1
        self.kinds[line.kind, line.status] += 1
        # Both sides name every currency that occurs, so that an empty side reads "0".
        credit = self.credit.setdefault(line.currency, Decimal(0))
        debit = self.debit.setdefault(line.currency, Decimal(0))
        if line.status == "failed":
            return
        if line.fee:
            self.fees[line.currency] = EXACT.add(self.fees.get(line.currency, Decimal(0)), line.fee)
        if line.amount < 0:
            self.debit[line.currency] = EXACT.subtract(debit, line.amount)
        else:
            self.credit[line.currency] = EXACT.add(credit, line.amount)

    def as_json(self, format: str) -> dict[str, Any]:
        """The object `./paydesk read --json` prints; amounts are plain decimal text."""
        return {
            "format": format,
            "statements": [
                {
                    "account": statement.account,
                    "currency": statement.currency,
                    "opening": _text(statement.opening),
                    "closing": _text(statement.closing),
                    "lines": lines,
                }
                for statement, lines in zip(self.statements, self.lines_of, strict=True)
            ],
            "lines": self.lines,
            "credit": {currency: plain_text(amount) for currency, amount in self.credit.items()},
            "debit": {currency: plain_text(amount) for currency, amount in self.debit.items()},
            "rejected": [{"line": each.line, "reason": each.reason} for each in self.rejected],
            "warnings": self.notes(),
        }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain_text(amount)
