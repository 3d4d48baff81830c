"""MTN MoMo merchant statement: both parties of every row, no sign; each amount followed by its currency.

Money in or out is said by whose number stands in From and To. Ours is the one number that stands in every
row. No public document describes the file; the columns are those that other people's importers read.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.delimited.mapping import header_key
from paydesk.importers.delimited.tables import Table
from paydesk.importers.json_messages import any_msisdn, words_to
from paydesk.importers.moments import Moments
from paydesk.importers.records import (
    EXACT,
    FileWarning,
    Kind,
    NotReadable,
    Record,
    Statement,
    StatementLine,
    Status,
)
from paydesk.importers.settlement_rows import Columns, Row
from paydesk.importers.settlement_sums import Batches
from paydesk.importers.settlement_tables import TableReport

STATUSES: dict[str, Status] = {
    "successful": "success", "success": "success", "completed": "success",
    "pending": "pending", "processing": "pending", "failed": "failed", "rejected": "failed",
    "cancelled": "failed", "expired": "failed",
}  # fmt: skip
MOVES = {"debit", "transfer", "payment", "externalpayment", "externaltransfer"}
# The clock of a country is known by its currency where all that use it share one.
ZONES = {
    "GHS": "Africa/Accra", "UGX": "Africa/Kampala", "RWF": "Africa/Kigali", "ZMW": "Africa/Lusaka",
    "NGN": "Africa/Lagos", "XAF": "Africa/Douala", "ZAR": "Africa/Johannesburg", "GNF": "Africa/Conakry",
    "LRD": "Africa/Monrovia", "SZL": "Africa/Mbabane",
}  # fmt: skip


class MtnStatement(TableReport):
    """The importer for merchant statements as CSV or XLSX."""

    name = "mtn.statement"
    what = "MTN MoMo statement"
    marks = (
        ("Id",), ("Status",), ("Type",), ("From",), ("To",), ("From Name", "From Handler Name"),
        ("To Name", "To Handler Name"), ("Amount",),
    )  # fmt: skip
    needs = (("Date",),)
    money = ("Amount", "Fee", "Balance")
    about = About(
        title="MTN MoMo merchant statement",
        provider="MTN MoMo",
        sources=("integration_code",),
        source="Column names as other people's importers read them; MTN publishes no layout.",
        sure="low",
        known_missing=(
            "A fee of money in is read as ours; balances that say otherwise are told.",
            "A file between two numbers alone does not show which is ours: its rows are rejected.",
        ),
    )

    ours = ""

    def records(self, table: Table) -> Iterator[Record]:
        self.ours = our_number(table)
        self.moments = {zone: Moments("dmy", zone) for zone in {*ZONES.values(), "UTC"}}
        chain = _Chain()
        for record in super().records(table):
            if isinstance(record, StatementLine):
                chain.add(record)
            yield record
        yield from chain.warnings()

    def statement(self, table: Table, first: list[StatementLine]) -> Statement:
        found = super().statement(table, first)
        return Statement(account=any_msisdn(self.ours) or self.ours or None, currency=found.currency)

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine]:
        word = row.text("Status")
        status = words_to(STATUSES, word)
        if status is None:
            raise ValueError(f"The status {word[:40]!r} is not known; ask MTN what it means.")
        sender, receiver = _number(row.text("From")), _number(row.text("To"))
        is_in = self._is_in(sender, receiver)
        amount, currency = row.needed_amount("Amount"), _currency(row, "Amount")
        if amount < 0:
            raise ValueError(f"The amount is {plain_text(amount)}; in this file no amount has a sign.")
        fee = row.amount("Fee")
        if fee and _currency(row, "Fee") != currency:
            raise ValueError(f"The fee is in {_currency(row, 'Fee')}, the amount in {currency}.")
        at, on = self.moments[ZONES.get(currency, "UTC")].read(row.text("Date"))
        other = "From" if is_in else "To"
        number = _number(row.text(other))
        ours, note = row.text("External Transaction Id"), row.text("Note")
        typed = note if is_in and not ours else ""  # a payment the payer began: what they typed names it
        yield StatementLine(
            row.line, _kind(row.text("Type"), status, is_in=is_in), status, amount if is_in else -amount,
            currency, fee=None if status == "failed" else fee,
            reference=ours or typed, provider_ref=row.id("Id"),
            account="" if any_msisdn(number) else number, msisdn=any_msisdn(number),
            payer_name=row.text(f"{other} Name", f"{other} Handler Name"),
            text=(note if not typed else "") or row.text("Type"), channel=row.text("Type"),
            balance=row.amount("Balance"), occurred_at=at if currency in ZONES else None, booked_on=on,
            raw=row.raw(),
        )  # fmt: skip

    def _is_in(self, sender: str, receiver: str) -> bool:
        between = f"From {sender[:40] or 'nobody'} to {receiver[:40] or 'nobody'}"
        if not self.ours:
            raise ValueError(
                f"{between}: the file holds rows between these two alone, so which of them is ours is not "
                "clear; export a longer period."
            )
        if (sender == self.ours) == (receiver == self.ours):
            raise ValueError(f"{between}: our number {self.ours} has to be one of the two.")
        return receiver == self.ours


def our_number(table: Table) -> str:
    """The one party of every row; "" where two are. Raises NotReadable where there is none.

    Rows without both parties (of the provider itself) do not count.
    """
    columns = Columns(table.names)
    places = (columns.place("From"), columns.place("To"))
    left: set[str] | None = None
    for _, cells in table.rows():
        if max(places) >= len(cells):
            continue
        parties = {_number(cells[place]) for place in places}
        if "" in parties or len(parties) < 2 or header_key("From") in map(header_key, parties):
            continue
        left = parties if left is None else left & parties
        if not left:
            raise NotReadable(
                "This MTN MoMo statement has no number that stands in From or To of every row, so it does "
                "not show which is ours; export it for one account, or read it by a mapping."
            )
    return next(iter(left)) if left and len(left) == 1 else ""


def _number(text: str) -> str:
    """ "FRI:233240000001/MSISDN" as its number; other texts as they stand."""
    return text.strip().removeprefix("FRI:").partition("/")[0].strip()


def _currency(row: Row, name: str) -> str:
    """The currency in the column after `name`. Raises ValueError where there is none."""
    place = row.columns.place(name) + 1
    names = row.columns.names
    found = row.cells[place].strip().upper() if place < len(names) else ""
    if place >= len(names) or not header_key(names[place]).startswith("currency"):
        raise ValueError(f"No currency column stands after {name!r}.")
    if len(found) != 3 or not found.isalpha():
        raise ValueError(f"The currency of {name!r} is {found[:20]!r}, not a code such as GHS.")
    return found


def _kind(word: str, status: Status, *, is_in: bool) -> Kind:
    key = header_key(word)
    if key not in MOVES and key != "reversal":
        raise ValueError(f"The type {word[:40]!r} is not known; ask MTN what it means.")
    if status == "failed":
        return "failed"
    if key == "reversal":
        return "reversal"
    return "payment" if is_in else "payout"


class _Chain:
    """Whether the balances go with the amounts less fees, or with the amounts alone; in either order."""

    def __init__(self) -> None:
        self.before: StatementLine | None = None
        self.net = self.gross = 0

    def add(self, line: StatementLine) -> None:
        before, self.before = self.before, line
        if before is None or before.balance is None or line.balance is None or not (line.fee or before.fee):
            return
        step = EXACT.subtract(line.balance, before.balance)
        self.net += step in (_net(line), -_net(before))
        self.gross += step in (_gross(line), -_gross(before))

    def warnings(self) -> Iterator[FileWarning]:
        if self.gross > self.net:
            yield FileWarning(
                f"The balances go with the amounts alone in {self.gross} rows with a fee, and with amount "
                f"less fee in {self.net}: the fees may be the other party's. Ask MTN before they are booked."
            )


def _gross(line: StatementLine) -> Decimal:
    return line.amount if line.status == "success" else Decimal(0)


def _net(line: StatementLine) -> Decimal:
    return line.net if line.status == "success" else Decimal(0)
