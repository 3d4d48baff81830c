"""Bulk payment files for mobile-money portals: CSV with the columns a portal asks for.

No portal publishes a layout that fits all, so the columns are a profile saved per account; `DEFAULT` holds
what most ask for. Cells cannot become formulas in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from paydesk.kernel.money import Money

Field = Literal["msisdn", "local_number", "amount", "currency", "reference", "name", "note"]
FIELDS: tuple[Field, ...] = get_args(Field)


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    field: Field


DEFAULT = (
    Column("MSISDN", "msisdn"),
    Column("Amount", "amount"),
    Column("Reference", "reference"),
    Column("Name", "name"),
)


@dataclass(frozen=True, slots=True)
class Payout:
    """One payee: phone number as digits with country code, amount, our reference, the name on the wallet."""

    msisdn: str
    amount: Money
    reference: str
    name: str
    note: str = ""


def write(payouts: Iterable[Payout], columns: Sequence[Column] = DEFAULT, *, delimiter: str = ",") -> bytes:
    """The file as UTF-8, lines ended CR LF. Raises ValueError without a number, an amount or a reference."""
    missing = {"amount", "reference"} - {column.field for column in columns}
    if missing or not {"msisdn", "local_number"} & {column.field for column in columns}:
        raise ValueError("A bulk file needs columns for the phone number, the amount and our reference.")
    out = io.StringIO()
    table = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    table.writerow(column.heading for column in columns)
    for payout in payouts:
        table.writerow(_cell(payout, column.field) for column in columns)
    return out.getvalue().encode("utf-8")


def _cell(payout: Payout, field: Field) -> str:
    if field == "msisdn":
        return payout.msisdn
    if field == "local_number":
        return "0" + payout.msisdn[3:]
    if field == "amount":
        return f"{payout.amount.amount:f}"
    if field == "currency":
        return payout.amount.currency
    text = {"reference": payout.reference, "name": payout.name, "note": payout.note}[field]
    text = " ".join(text.split())
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
