"""What settlement files claim, compared: the rows of a batch against its payout; minor units by currency."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from paydesk.importers.amounts import LONGEST_AMOUNT, plain_text
from paydesk.importers.records import EXACT, FileWarning, StatementLine
from paydesk.kernel.money import minor_digits

_CODE = re.compile(r"[A-Za-z]{3}", re.ASCII)
LISTED = 5  # batches named one by one
ZERO = Decimal(0)


def currency_code(text: str, name: str = "The currency") -> str:
    """An ISO 4217 code in upper case. Raises ValueError with a sentence that says `name`."""
    code = text.strip()
    if not _CODE.fullmatch(code):
        raise ValueError(f"{name} is {text[:20]!r}, which is no three-letter code such as EUR.")
    return code.upper()


def major_units(text: str, currency: str, digits: Mapping[str, int] | int | None = None) -> Decimal:
    """Whole minor units in `text` as an exact amount: "1500" is 15.00 EUR and 1500 JPY.

    `digits` is the provider's own count of decimals: one for all its currencies, or per currency where it
    departs from ISO 4217. Raises ValueError with a sentence when `text` is no whole number.
    """
    number = text.strip()
    unsigned = number.removeprefix("-").removeprefix("+")
    if not (unsigned.isascii() and unsigned.isdigit()) or len(number) > LONGEST_AMOUNT:
        raise ValueError(f"{text[:20]!r} is not a whole number of minor units.")
    own = digits if isinstance(digits, int) else (digits or {}).get(currency)
    places = minor_digits(currency) if own is None else own
    return Decimal(number).scaleb(-places, EXACT)


@dataclass(slots=True)
class _Batch:
    rows: Decimal = ZERO
    sweep: Decimal = ZERO
    has_sweep: bool = False
    line: int = 0
    count: int = 0


class Batches:
    """Sums per batch and currency while rows stream by: what the rows left, and what was paid out of it.

    `whole`: whether the report holds every batch to its payout. A batch without one is else not compared.
    `damaged` is set by a reader that rejected a row: then a difference is what is to be expected.
    """

    def __init__(self, *, whole: bool = False) -> None:
        self.whole = whole
        self.damaged = False
        self._batches: dict[tuple[str, str], _Batch] = {}
        self._alone: dict[str, _Batch] = {}

    def add(self, line: StatementLine) -> None:
        """Count a line; failed and pending ones are not, those without a batch apart."""
        if line.status != "success":
            return
        if not line.batch_key:
            self._count_alone(line)
            return
        batch = self._batches.setdefault((line.batch_key, line.currency), _Batch(line=line.line))
        if line.kind == "sweep":
            batch.sweep = EXACT.add(batch.sweep, line.net)
            batch.has_sweep = True
        else:
            batch.rows = EXACT.add(batch.rows, line.net)

    def _count_alone(self, line: StatementLine) -> None:
        if line.kind == "sweep" or not line.net:
            return
        alone = self._alone.setdefault(line.currency, _Batch(line=line.line))
        alone.rows = EXACT.add(alone.rows, line.net)
        alone.count += 1

    def rows_of(self, batch_key: str, currency: str) -> Decimal:
        """What the rows of a batch left so far, its payout not counted."""
        batch = self._batches.get((batch_key, currency))
        return batch.rows if batch else ZERO

    def warnings(self) -> Iterator[FileWarning]:
        """One per batch that does not come to zero, with both figures, the first few one by one; and one for
        what is in no batch beside batches that were paid out.
        """
        left = 0
        found = 0
        for (key, currency), batch in self._batches.items():
            rest = EXACT.add(batch.rows, batch.sweep)
            if not rest or not (batch.has_sweep or self.whole):
                continue
            found += 1
            if found > LISTED:
                left += 1
                continue
            yield FileWarning(_sentence(key, currency, batch, rest, damaged=self.damaged), batch.line)
        if left:
            yield FileWarning(f"{left} more batches do not come to what was paid out for them.")
        paid_out = {currency for (_, currency), batch in self._batches.items() if batch.has_sweep}
        for currency, alone in self._alone.items():
            if currency in paid_out:
                rows = f"{alone.count} rows name" if alone.count > 1 else "1 row names"
                yield FileWarning(
                    f"{rows} no batch and the payouts of the file do not hold "
                    f"{'them' if alone.count > 1 else 'it'}: {plain_text(alone.rows)} {currency}.",
                    alone.line,
                )


def _sentence(key: str, currency: str, batch: _Batch, rest: Decimal, *, damaged: bool) -> str:
    rows = plain_text(batch.rows)
    because = " Rejected rows are not in it." if damaged else ""
    if not batch.has_sweep:
        return (
            f"The rows of batch {key} come to {rows} {currency} and the file has no payout of it: "
            f"{plain_text(rest)} {currency} stays open.{because}"
        )
    return (
        f"Batch {key} does not come to zero: its rows make {rows} {currency}, its payout is "
        f"{plain_text(EXACT.minus(batch.sweep))} {currency}, a difference of {plain_text(rest)}.{because}"
    )
