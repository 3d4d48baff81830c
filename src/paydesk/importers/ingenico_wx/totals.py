"""What a WX report says of itself, compared with its records: sums per currency, how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from paydesk.importers.amounts import plain_text
from paydesk.importers.records import EXACT, FileWarning, StatementLine
from paydesk.importers.settlement_sums import major_units
from paydesk.kernel.money import minor_digits

DECIMALS = 2  # GlobalCollect writes every currency with two
MOST_TOTALS = 1_000


class Sums:
    """What the records come to per currency, beside what the report's TotalAmount says of them."""

    def __init__(self) -> None:
        self.records = self.rejected = 0
        self.credited: dict[str, Decimal] = {}
        self.debited: dict[str, Decimal] = {}
        self.stated: list[tuple[str, str, Decimal]] = []
        self.unreadable: list[str] = []
        self.whole_units: list[str] = []

    def add(self, line: StatementLine) -> None:
        side = self.debited if line.amount < 0 else self.credited
        side[line.currency] = EXACT.add(side.get(line.currency, Decimal(0)), abs(line.amount))
        if minor_digits(line.currency) != DECIMALS and line.currency not in self.whole_units:
            self.whole_units.append(line.currency)

    def state(self, total: Mapping[str, str]) -> None:
        """Take in one TotalAmount of the report."""
        currency = total.get("CurrencyDue", "")
        for name in ("TotalAmountCredited", "TotalAmountDebited"):
            text = total.get(name, "")
            if not text or len(self.stated) >= MOST_TOTALS:
                continue
            try:
                self.stated.append((name, currency, major_units(text, currency, DECIMALS)))
            except ValueError as problem:
                self.unreadable.append(f"{name}: {problem}")

    def warnings(self) -> Iterator[FileWarning]:
        """Where a total of the report is not what its records come to; both figures."""
        yield from (FileWarning(f"A total of the report cannot be read: {text}") for text in self.unreadable)
        if self.whole_units:
            yield FileWarning(
                f"Amounts in {', '.join(self.whole_units)} were read with two decimals, as GlobalCollect "
                "writes every currency; look at the first one."
            )
        because = f" {self.rejected} rejected records are not in it." if self.rejected else ""
        found = {"TotalAmountCredited": self.credited, "TotalAmountDebited": self.debited}
        stated: dict[tuple[str, str], Decimal] = {}
        for name, currency, amount in self.stated:  # one per merchant of the account
            stated[name, currency] = EXACT.add(stated.get((name, currency), Decimal(0)), abs(amount))
        if not stated:
            return
        keys = [*stated, *((name, each) for name, side in found.items() for each in side)]
        for name, currency in dict.fromkeys(keys):
            says = stated.get((name, currency))
            rows = found[name].get(currency, Decimal(0))
            if (says or Decimal(0)) != rows:
                claim = f"says {name} {plain_text(says)}" if says is not None else f"states no {name} in"
                yield FileWarning(
                    f"The report {claim} {currency}, its records come to {plain_text(rows)} "
                    f"{currency}.{because}"
                )


def count_warnings(counts: Mapping[str, str], records: int) -> Iterator[FileWarning]:
    for name in ("NumberOfRecords", "Totals/NumberOfRecords"):
        if (stated := counts.get(name)) and stated.lstrip("0") != str(records).lstrip("0"):
            yield FileWarning(f"The report says {name} {stated[:20]}, it holds {records} records.")
    if "NumberOfRecords" not in counts and "Totals/NumberOfRecords" not in counts:
        yield FileWarning(
            f"The report does not say how many records it holds (NumberOfRecords); {records} were read."
        )
