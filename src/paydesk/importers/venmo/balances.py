"""Venmo's balances: one row per period. It moves nothing, so every row is the head of a statement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.delimited.tables import Table
from paydesk.importers.moments import Moments
from paydesk.importers.records import FileWarning, Record, RejectedLine, Statement
from paydesk.importers.settlement_rows import Columns, Row, row_of
from paydesk.importers.settlement_tables import TableReport

_DAYS = Moments("ymd", "UTC")


class VenmoBalances(TableReport):
    """The importer for balances."""

    name = "venmo.balances"
    what = "Venmo list of balances"
    marks = (("Start Date",), ("End Date",), ("Start Balance",), ("End Balance",))
    about = About(
        title="Venmo balances by period",
        provider="Venmo",
        sources=("samples", "integration_code"),
        source="Exports that a bookkeeping importer reads.",
        sure="medium",
        known_missing=("A balance that says unknown is left empty.",),
    )

    def records(self, table: Table) -> Iterator[Record]:
        """One head per period; a warning where a period does not begin with what the last one ended with."""
        columns = Columns(table.names)
        yield from (FileWarning(text) for text in table.warnings)
        before: Statement | None = None
        for line, cells in table.rows():
            if not any(map(str.strip, cells)):
                continue
            try:
                found = _statement(row_of(line, cells, columns))
            except ValueError as problem:
                yield RejectedLine(line, str(problem), dict(zip(columns.names, cells, strict=False)))
                continue
            if before is not None and _follows(before, found) and before.closing != found.opening:
                assert before.closing is not None
                assert found.opening is not None
                yield FileWarning(
                    f"Line {line}: the period begins with {plain_text(found.opening)}, the one before ended "
                    f"with {plain_text(before.closing)}.",
                    line,
                )
            yield found
            before = found


def _statement(row: Row) -> Statement:
    opened_on, closed_on = (_DAYS.read(row.text(name))[1] for name in ("Start Date", "End Date"))
    if closed_on < opened_on:
        raise ValueError(f"The period ends on {closed_on}, before it begins on {opened_on}.")
    opening, closing = (_balance(row, name) for name in ("Start Balance", "End Balance"))
    return Statement(
        currency="USD", opening=opening, closing=closing, opened_on=opened_on, closed_on=closed_on
    )


def _balance(row: Row, name: str) -> Decimal | None:
    return None if row.text(name).casefold() in ("unknown", "") else row.needed_amount(name)


def _follows(before: Statement, after: Statement) -> bool:
    """Whether the periods touch and both figures are there."""
    ended: date | None = before.closed_on
    touches = ended is not None and after.opened_on == ended + timedelta(days=1)
    return touches and before.closing is not None and after.opening is not None
