"""Events of a marketplace in a CSV or XLSX file of ours: one row per event, documented column by column."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from paydesk.domain.marketplace.rules import EVENTS, Event, problem_with
from paydesk.domain.parties.rules import PARTY_KINDS
from paydesk.importers.amounts import exact_amount
from paydesk.importers.delimited import header_key, open_table
from paydesk.importers.moments import Moments
from paydesk.kernel.money import exact_minor

MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its name, what stands in it, an example, and whether it may be left out."""

    name: str
    meaning: str
    example: str
    optional: bool = False


COLUMNS = (
    Column("event_id", "the platform's id of the event; the same one again is passed over", "EV-1001"),
    Column("event", f"one of {', '.join(EVENTS)}", "order_paid"),
    Column("at", "when it happened, with its zone", "2026-03-02T10:15:00Z"),
    Column("seller_id", "the platform's number of the seller", "S-77"),
    Column("seller_kind", f"one of {', '.join(PARTY_KINDS)}", "seller", True),
    Column("seller_name", "name of the seller, when it is first named", "Kofi's Phones", True),
    Column("currency", "currency code", "GHS"),
    Column("amount", "amount, above zero; empty for a link attempt", "120.00", True),
    Column("fee", "our fee of an order", "6.00", True),
    Column("order_id", "number of the order", "O-5001", True),
    Column("withdrawal_id", "number of the withdrawal", "W-301", True),
    Column("method", "payment method: bank, mobile_money, card", "mobile_money", True),
    Column("reason_code", "why it failed or is held", "name_mismatch", True),
    Column("reason", "the same in words", "The name of the wallet differs", True),
)
_WORDS = (header_key("seller_name"), header_key("reason"))
_NEEDED = tuple((column.name,) for column in COLUMNS if not column.optional)


@dataclass(frozen=True, slots=True)
class EventFile:
    """What a file holds: rows that are events, and the others with line number and reason."""

    events: list[Event]
    rejected: list[tuple[int, str]]


def read_event_file(file: BinaryIO) -> EventFile:
    """Every row as an event or as a rejected row that names its column.

    Raises importers.records.NotReadable where there is no table with the needed columns.
    """
    table = open_table(file, needs=_NEEDED)
    places = {header_key(name): place for place, name in enumerate(table.names)}
    moments = Moments("ymd", "UTC")
    events: list[Event] = []
    rejected: list[tuple[int, str]] = []
    for line, row in table.rows():
        if not any(cell.strip() for cell in row):
            continue

        if len(events) + len(rejected) >= MOST_ROWS:
            rejected.append(
                (line, f"The file has more than {MOST_ROWS:,} rows; load the rest as another file.")
            )
            break
        cells = {
            column.name: row[place].strip()
            if (place := places.get(header_key(column.name), -1)) in range(len(row))
            else ""
            for column in COLUMNS
        }
        try:
            event = event_of(line, cells, moments)
        except ValueError as problem:
            rejected.append((line, str(problem)))
            continue
        if why := problem_with(event):
            rejected.append((line, why))
        else:
            events.append(event)
    return EventFile(events, rejected)


def without_words_of(file: BinaryIO, seller_ref: str) -> bytes:
    """The same rows as CSV with the name of a seller, and what was said of why it failed, left empty.

    Raises NotReadable where the file has no such table (any more).
    """
    table = open_table(file, needs=_NEEDED)
    places = {header_key(name): place for place, name in enumerate(table.names)}
    whose, words = places[header_key("seller_id")], [places.get(each) for each in _WORDS]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.names)
    for _, row in table.rows():
        cells = list(row)
        if whose < len(cells) and cells[whose].strip() == seller_ref:
            for place in words:
                if place is not None and place < len(cells):
                    cells[place] = ""
        writer.writerow(cells)
    return text.getvalue().encode()


def event_of(line: int, cells: Mapping[str, str], moments: Moments) -> Event:
    """The event that these cells, by the names of the columns, tell. Raises ValueError naming the column."""
    currency = cells["currency"].upper()
    at = moments.read(cells["at"])[0]
    if at is None:
        raise ValueError("at must be a moment with its time, such as 2026-03-02T10:15:00Z.")
    kind = cells["seller_kind"] or "seller"
    if kind not in PARTY_KINDS:
        raise ValueError(f"seller_kind {kind[:30]!r} is none of {', '.join(PARTY_KINDS)}.")
    return Event(
        line=line, event_id=cells["event_id"][:80], kind=cells["event"], at=at,
        seller_ref=cells["seller_id"][:64], seller_kind=kind, seller_name=cells["seller_name"][:200],
        currency=currency, amount_minor=_minor(cells["amount"], currency, "amount"),
        fee_minor=_minor(cells["fee"], currency, "fee"), order_ref=cells["order_id"][:64],
        withdrawal_ref=cells["withdrawal_id"][:64], method=cells["method"][:40],
        reason_code=cells["reason_code"][:40], reason=cells["reason"][:200],
    )  # fmt: skip


def _minor(text: str, currency: str, column: str) -> int:
    if not text:
        return 0
    minor = exact_minor(exact_amount(text), currency)
    if minor is None:
        raise ValueError(f"{column} {text[:20]!r} is no amount in {currency}.")
    return minor
