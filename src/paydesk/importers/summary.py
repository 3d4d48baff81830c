"""What a file holds, counted while it streams: statements, lines, sums by effect, rejected rows, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from paydesk.importers.amounts import plain_text
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
    provider kept back of them. A failed row has none.
    """

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.lines_of: list[int] = []
        self.lines = 0
        self.credit: dict[str, Decimal] = {}
        self.debit: dict[str, Decimal] = {}
        self.fees: dict[str, Decimal] = {}
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.rejected: list[RejectedLine] = []
        self.warnings: list[FileWarning] = []

    def add(self, record: Record) -> None:
        """Count one record."""
        if isinstance(record, StatementLine):
            self._add_line(record)
        elif isinstance(record, RejectedLine):
            self.rejected.append(record)
        elif isinstance(record, FileWarning):
            self.warnings.append(record)
        else:
            self.statements.append(record)
            self.lines_of.append(0)

    def add_all(self, records: Iterable[Record]) -> Summary:
        """Count every record of `records`; returns itself."""
        for record in records:
            self.add(record)
        return self

    def _add_line(self, line: StatementLine) -> None:
        self.lines += 1
        if self.lines_of:
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
            "warnings": [each.text for each in self.warnings],
        }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain_text(amount)
