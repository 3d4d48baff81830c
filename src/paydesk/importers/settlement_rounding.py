"""The gap that rounding leaves between the rows of a settlement and what was paid out for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from paydesk.importers.amounts import plain_text
from paydesk.importers.records import EXACT, FileWarning, StatementLine
from paydesk.kernel.money import minor_digits

MOST_BATCHES = 100_000  # of one archive; further ones are not compared


def rounding_row(
    line: int, *, batch_key: str, currency: str, rows: Decimal, paid: Decimal, count: int
) -> StatementLine | None:
    """The row that takes `rows`, what the rows of a batch left, to `paid`, what was paid out of it.

    None where nothing is to be closed, and where the gap is more than rounding explains: half a minor unit
    for each of the `count` rows. Such a gap is for a person, with both figures.
    """
    gap = EXACT.subtract(paid, rows)
    most = EXACT.multiply(Decimal(count), Decimal(5).scaleb(-minor_digits(currency) - 1, EXACT))
    if not gap or gap.copy_abs() > most:
        return None
    return StatementLine(
        line,
        "rounding",
        "success",
        gap,
        currency,
        batch_key=batch_key,
        text=f"{count} rows come to {plain_text(rows)} {currency}, {plain_text(paid)} was paid out",
    )


@dataclass(slots=True)
class _Batch:
    line: int
    rows: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    count: int = 0
    rows_in: set[int] = field(default_factory=set)
    paid_in: set[int] = field(default_factory=set)


class AcrossFiles:
    """The batches of an archive whose rows stand in one file and whose payout stands in another."""

    def __init__(self) -> None:
        self.damaged = False
        self._batches: dict[tuple[str, str], _Batch] = {}

    def add(self, file: int, line: StatementLine) -> None:
        """Count a line of the file with the number `file`."""
        key = (line.batch_key, line.currency)
        if not line.batch_key or line.status != "success":
            return
        if key not in self._batches and len(self._batches) >= MOST_BATCHES:
            return
        batch = self._batches.setdefault(key, _Batch(line.line))
        if line.kind == "sweep":
            batch.paid = EXACT.subtract(batch.paid, line.net)
            batch.paid_in.add(file)
        else:
            batch.rows = EXACT.add(batch.rows, line.net)
            batch.rows_in.add(file)
            batch.count += 1

    def records(self, last_line: int) -> Iterator[StatementLine | FileWarning]:
        """What closes each batch, numbered behind `last_line`, or a warning with both figures."""
        for (batch_key, currency), batch in self._batches.items():
            if not batch.rows_in or not batch.paid_in or batch.rows_in & batch.paid_in:
                continue  # a file that holds both has compared them itself
            closing = None
            if not self.damaged:
                closing = rounding_row(
                    last_line + 1, batch_key=batch_key, currency=currency, rows=batch.rows, paid=batch.paid,
                    count=batch.count,
                )  # fmt: skip
            if closing is not None:
                last_line += 1
                yield closing
            elif batch.rows != batch.paid:
                because = " Rejected rows are not in it." if self.damaged else ""
                yield FileWarning(
                    f"The rows of batch {batch_key} come to {plain_text(batch.rows)} {currency} in one file, "
                    f"its payout is {plain_text(batch.paid)} {currency} in another.{because}",
                    batch.line,
                )
