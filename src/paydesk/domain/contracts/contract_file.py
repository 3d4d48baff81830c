"""Contracts in a CSV or XLSX file: one row per contract, with its customer and its plan."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import BinaryIO, TypeVar

from paydesk.domain.contracts.actions import Terms
from paydesk.domain.contracts.rules import FREQUENCIES
from paydesk.domain.parties.rules import IDENTITY_KINDS
from paydesk.importers.amounts import exact_amount
from paydesk.importers.delimited import header_key, open_table
from paydesk.importers.moments import Moments
from paydesk.kernel.money import exact_minor

T = TypeVar("T")
MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its name, what stands in it, an example, and whether it may be left out."""

    name: str
    meaning: str
    example: str
    optional: bool = False


COLUMNS = (
    Column("market", "country code of the market", "GH"),
    Column("customer_ref", "your number for the customer", "C-10023"),
    Column("customer_name", "name of the customer", "Ama Mensah"),
    Column("phones", "phone numbers, parted by / or ;", "0244123456 / 0201234567", True),
    Column("account_number", "what the payer types as reference", "10482937"),
    Column("product", "what was financed", "Spark 10", True),
    Column("currency", "currency code", "GHS"),
    Column("price", "whole price, the deposit included", "1450.00"),
    Column("deposit", "deposit, 0 for none", "250.00", True),
    Column("opened_on", "day of the contract (year-month-day)", "2026-02-01"),
    Column("first_due_on", "day of the first instalment", "2026-02-08"),
    Column("instalments", "number of instalments", "24"),
    Column("frequency", "daily, weekly or monthly", "weekly"),
    Column(
        "activated_on",
        "day the device was handed over; empty while the deposit is awaited",
        "2026-02-01",
        True,
    ),
    Column("identity_kind", f"kind of document: {', '.join(IDENTITY_KINDS)}", "national_id", True),
    Column("identity_number", "number of that document", "GHA-000000000-0", True),
)
_NEEDED = tuple((column.name,) for column in COLUMNS if not column.optional)


@dataclass(frozen=True, slots=True)
class ContractFile:
    """What a file holds: the rows that are contracts, and the others with line number and reason."""

    terms: list[Terms]
    rejected: list[tuple[int, str]]


def read_contract_file(file: BinaryIO) -> ContractFile:
    """Read every row as Terms or as a rejected row with a reason that names its column.

    Raises importers.records.NotReadable when there is no table with the needed columns in the file.
    """
    table = open_table(file, needs=_NEEDED)
    places = {header_key(name): place for place, name in enumerate(table.names)}
    terms: list[Terms] = []
    rejected: list[tuple[int, str]] = []
    days = Moments("ymd", "UTC")
    for line, row in table.rows():
        if not any(cell.strip() for cell in row):
            continue
        cells = {
            column.name: row[place].strip()
            if (place := places.get(header_key(column.name), -1)) in range(len(row))
            else ""
            for column in COLUMNS
        }
        if len(terms) + len(rejected) >= MOST_ROWS:
            rejected.append(
                (line, f"The file has more than {MOST_ROWS:,} rows; load the rest as another file.")
            )
            break
        try:
            terms.append(_terms(cells, line, days))
        except ValueError as problem:
            rejected.append((line, str(problem)))
    return ContractFile(terms, rejected)


def _terms(cells: dict[str, str], line: int, days: Moments) -> Terms:
    missing = [column.name for column in COLUMNS if not column.optional and not cells[column.name]]
    if missing:
        raise ValueError(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} empty.")
    currency = cells["currency"].upper()
    frequency = cells["frequency"].lower()
    if frequency not in FREQUENCIES:
        raise ValueError(f"frequency {cells['frequency']!r} is none of {', '.join(FREQUENCIES)}.")

    def day(text: str) -> date:
        return days.read(text)[1]

    return Terms(
        market=cells["market"].upper(),
        customer_ref=cells["customer_ref"],
        customer_name=cells["customer_name"],
        phones=tuple(p.strip() for p in cells["phones"].replace(";", "/").split("/") if p.strip()),
        account_number=cells["account_number"],
        product=cells["product"],
        currency=currency,
        price_minor=_minor("price", cells["price"], currency),
        deposit_minor=_minor("deposit", cells["deposit"] or "0", currency),
        opened_on=_named("opened_on", day, cells["opened_on"]),
        first_due_on=_named("first_due_on", day, cells["first_due_on"]),
        instalments=_named("instalments", int, cells["instalments"]),
        frequency=frequency,
        activated_on=_named("activated_on", day, cells["activated_on"]) if cells["activated_on"] else None,
        line=line,
        identity_kind=cells["identity_kind"],
        identity_number=cells["identity_number"],
    )


def _minor(name: str, text: str, currency: str) -> int:
    amount: Decimal = _named(name, exact_amount, text)
    minor = exact_minor(amount, currency)
    if minor is None:
        raise ValueError(f"{name} {text!r} is not a whole number of minor units of {currency}.")
    return minor


def _named(name: str, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from None


def template_csv() -> str:
    """A file with the columns and one example row, to start from."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.name for column in COLUMNS])
    writer.writerow([column.example for column in COLUMNS])
    return out.getvalue()
