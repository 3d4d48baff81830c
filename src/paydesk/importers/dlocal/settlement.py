"""dLocal's settlement report: one transfer to our bank and, under a second header, what it is made of.

Amounts have six decimals and are kept so; the transfer has two. The totals row is the payout to us; where
rounding alone explains that the rows come to something else, a rounding row closes the gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import exact_amount, plain_text
from paydesk.importers.delimited.mapping import header_key
from paydesk.importers.delimited.tables import Table
from paydesk.importers.moments import Moments
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import (
    EXACT,
    FileWarning,
    Kind,
    NotReadable,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
)
from paydesk.importers.settlement_rounding import rounding_row
from paydesk.importers.settlement_rows import Row
from paydesk.importers.settlement_sums import Batches, currency_code
from paydesk.importers.settlement_tables import TableReport
from paydesk.kernel.money import minor_digits

KINDS: dict[str, Kind] = {
    "PAYMENT": "payment", "CAPTURE": "payment", "REFUND": "refund", "CHARGEBACK": "chargeback",
    "CHARGEBACK_REVERSAL": "chargeback", "ADJUSTMENT": "adjustment", "SETTLEMENT_FEE": "fee",
}  # fmt: skip
ZERO = Decimal(0)
_UTC = Moments("ymd", "UTC")


@dataclass(frozen=True, slots=True)
class Transfer:
    """The totals row: what was transferred, and the cells as they stood."""

    line: int
    cells: dict[str, str]
    by_key: dict[str, str]

    def text(self, name: str) -> str:
        """A cell by its column, case and signs aside; "" when there is none."""
        return self.by_key.get(header_key(name), "").strip()

    def amount(self, name: str) -> Decimal | None:
        """Raises NotReadable: without the totals nothing of the report can be compared."""
        try:
            return exact_amount(self.text(name)) if self.text(name) else None
        except ValueError as problem:
            raise NotReadable(f"{name} of the totals row: {problem}") from problem

    @property
    def currency(self) -> str:
        try:
            return currency_code(self.text("SETTLEMENT_CURRENCY"), "SETTLEMENT_CURRENCY of the totals row")
        except ValueError as problem:
            raise NotReadable(str(problem)) from problem


class DlocalSettlement(TableReport):
    """The importer for settlement reports."""

    name = "dlocal.settlement"
    what = "settlement report of dLocal"
    marks = (("DLOCAL_TRANSACTION_ID",), ("GROSS_AMOUNT",), ("NET_AMOUNT",), ("ROW_TYPE",))
    needs = ()
    money = ("GROSS_AMOUNT", "NET_AMOUNT")
    has_batches = False  # compared here, with the totals row
    about = About(
        title="dLocal settlement report (cross-border)",
        provider="dLocal",
        sources=("integration_code", "samples"),
        source="The mapping of an orchestrator that reads the report, and a report with its origin's tests.",
        sure="medium",
        known_missing=("Times carry no zone and are read as UTC, as the origin's tests do.",),
    )

    _transfer: Transfer

    def of_table(self, table: Table) -> Prepared:
        """As for every report, and bound to the transfer of this one."""
        bound = type(self)(limits=self.limits)
        bound._transfer = transfer_of(table)
        return super(DlocalSettlement, bound).of_table(table)

    def records(self, table: Table) -> Iterator[Record]:
        """The head, the transfer, the rows, what closes them, and what does not add up."""
        transfer, sums = self._transfer, _Sums(last_line=table.header_line)
        paid = transfer.amount("NET_TOTAL_AMOUNT")
        for record in super().records(table):
            sums.add(record)
            yield record
            if isinstance(record, Statement) and paid is not None:
                yield _sweep(transfer, paid)
        if paid is not None and not sums.rejected:
            closing = rounding_row(
                sums.last_line + 1, batch_key=transfer.text("TRANSFER_ID"), currency=transfer.currency,
                rows=sums.net, paid=paid, count=sums.rows,
            )  # fmt: skip
            if closing is not None:
                yield closing
                sums.net = paid
        yield from sums.compared(transfer)

    def statement(self, table: Table, first: list[StatementLine]) -> Statement:
        transfer = self._transfer
        accounts = {raw.get("MID", "") for line in first if isinstance(raw := line.raw, dict)} - {""}
        return Statement(
            account=accounts.pop() if len(accounts) == 1 else None,
            currency=transfer.currency,
            number=transfer.text("TRANSFER_ID") or None,
        )

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        transfer = self._transfer
        word = row.text("ROW_TYPE").upper()
        if word == "HEADER":
            raise NotReadable(
                f"Line {row.line} begins another settlement, so it is not clear which transfer the rows "
                "after it belong to; send each settlement as a file of its own."
            )
        currency = transfer.currency
        gross, net = row.needed_amount("GROSS_AMOUNT"), row.needed_amount("NET_AMOUNT")
        kind = KINDS.get(word)
        if kind is None:
            kind = "adjustment"
            row.columns.unknown(row, "ROW_TYPE", word, "an adjustment")
        if (kind == "payment" and gross < 0) or (word in ("REFUND", "CHARGEBACK") and gross > 0):
            raise ValueError(f"A {word} of {plain_text(gross)} contradicts itself; ask dLocal what it is.")
        fee = row.amount("FEE_AMOUNT")
        if fee is not None and EXACT.add(gross, fee) != net:
            yield FileWarning(
                f"Line {row.line}: gross {plain_text(gross)} and fee {plain_text(fee)} do not make the net "
                f"of {plain_text(net)}; the net counts.",
                row.line,
            )
        kept = EXACT.subtract(gross, net)
        if not gross and kept:
            kind, gross, kept = "fee", net, ZERO
        local, local_currency = row.amount("LOCAL_AMOUNT"), row.text("LOCAL_CURRENCY")
        foreign = bool(local) and bool(local_currency) and local_currency != currency
        occurred_at, booked_on = _when(row.text("APPROVED_DATE", "CREATION_DATE"))
        yield StatementLine(
            row.line,
            kind,
            "success",
            gross,
            currency,
            fee=None if kind == "fee" else kept,
            reference=row.id("TRANSACTION_ID"),
            provider_ref=row.id("DLOCAL_TRANSACTION_ID"),
            batch_key=transfer.text("TRANSFER_ID"),
            text=row.text("DESCRIPTION"),
            channel=" ".join(filter(None, (row.text("PAYMENT_TYPE"), row.text("PAYMENT_METHOD_CODE")))),
            occurred_at=occurred_at,
            booked_on=booked_on or _when(transfer.text("TRANSFER_DATE"))[1],
            value_on=_when(transfer.text("TRANSFER_DATE"))[1],
            raw=row.raw(),
            original_amount=local if foreign else None,
            original_currency=local_currency if foreign else "",
        )


def transfer_of(table: Table) -> Transfer:
    """The totals row above the second header. Raises NotReadable without one."""
    names: tuple[str, ...] = ()
    for place, row in enumerate(table.above):
        first = row[0].strip().upper() if row else ""
        if first == "ROW_TYPE":
            names = tuple(cell.strip() for cell in row)
        elif first == "HEADER" and names:
            cells = {name: cell for name, cell in zip(names, row, strict=False) if name}
            return Transfer(place + 1, cells, {header_key(name): cell for name, cell in cells.items()})
    raise NotReadable(
        "This settlement report of dLocal has no HEADER row with the totals above its rows, so the currency "
        "and the transfer are not known; export it again."
    )


@dataclass(slots=True)
class _Sums:
    """What the rows come to, in the terms of the totals row."""

    last_line: int
    gross: Decimal = ZERO
    fees: Decimal = ZERO
    net: Decimal = ZERO
    rows: int = 0
    own_fees: int = 0
    rejected: int = 0

    def add(self, record: Record) -> None:
        if isinstance(record, StatementLine | RejectedLine):
            self.last_line = max(self.last_line, record.line)
        if isinstance(record, RejectedLine):
            self.rejected += 1
        elif isinstance(record, StatementLine):
            is_fee = record.kind == "fee"
            self.rows += 1
            self.own_fees += is_fee
            self.gross = EXACT.add(self.gross, ZERO if is_fee else record.amount)
            kept = record.amount if is_fee else EXACT.minus(record.fee or ZERO)
            self.fees = EXACT.add(self.fees, kept)
            self.net = EXACT.add(self.net, record.net)

    def compared(self, transfer: Transfer) -> Iterator[FileWarning]:
        """Where the totals row says something else; it has the decimals of its currency, rows have six."""
        because = f" {self.rejected} rejected rows are not in it." if self.rejected else ""
        half = Decimal(5).scaleb(-minor_digits(transfer.currency) - 1, EXACT)
        made = (("GROSS", self.gross), ("FEE", self.fees), ("NET", self.net))
        for name, amount in ((f"{each}_TOTAL_AMOUNT", amount) for each, amount in made):
            stated = transfer.amount(name)
            if stated is not None and EXACT.subtract(stated, amount).copy_abs() > half:
                yield FileWarning(
                    f"The totals row says {name} {plain_text(stated)} {transfer.currency}, the rows come "
                    f"to {plain_text(amount)} {transfer.currency}.{because}",
                    transfer.line,
                )
        items = transfer.text("NUMBER_OF_ITEMS")
        # Whether the settlement's own fee is an item is not published.
        if items and items not in (str(self.rows), str(self.rows - self.own_fees)):
            yield FileWarning(
                f"The totals row says NUMBER_OF_ITEMS {items[:20]}, the report holds {self.rows}.{because}",
                transfer.line,
            )


def _sweep(transfer: Transfer, paid: Decimal) -> StatementLine:
    """The transfer to our bank, which is the totals row itself."""
    try:
        occurred_at, booked_on = _when(transfer.text("TRANSFER_DATE"))
    except ValueError as problem:
        raise NotReadable(f"TRANSFER_DATE of the totals row: {problem}") from problem
    return StatementLine(
        transfer.line,
        "sweep",
        "success",
        EXACT.minus(paid),
        transfer.currency,
        provider_ref=transfer.text("TRANSFER_ID"),
        batch_key=transfer.text("TRANSFER_ID"),
        occurred_at=occurred_at,
        booked_on=booked_on,
        raw=transfer.cells,
    )


def _when(text: str) -> tuple[datetime | None, date | None]:
    return _UTC.read(text) if text else (None, None)
