"""A bank statement as CSV from internet banking: debit, credit and running balance."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from paydesk.demo.layouts.layout import CsvFile, FileWriter, Layout
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major
from paydesk.importers.delimited.mapping import KindRule, Mapping

HEADER = ("Posting Date", "Value Date", "Bank Ref", "Narrative", "Money Out", "Money In", "Book Balance")

MAPPING = Mapping(
    columns={
        "booked": ("Posting Date",),
        "value": ("Value Date",),
        "provider_ref": ("Bank Ref",),
        "text": ("Narrative",),
        "kind": ("Narrative",),
        "debit": ("Money Out",),
        "credit": ("Money In",),
        "balance": ("Book Balance",),
    },
    currency="KES",
    date_order="dmy",
    time_zone="Africa/Nairobi",
    market="KE",
    kinds=(
        KindRule("settlement", "sweep"),
        KindRule("sweep", "sweep"),
        KindRule("charge", "fee"),
    ),
    kind_match="contains",
    kind_in="payment",
    kind_out="payout",
    unknown_kind="by_sign",
    account_labels=("Account Number",),
)


def cells(row: Row) -> tuple[str, ...]:
    day = row.at.strftime("%d/%m/%Y")
    money = major(abs(row.amount), thousands=True)
    return (
        day,
        day,
        row.provider_ref,
        row.text,
        money if row.amount < 0 else "",
        money if row.amount > 0 else "",
        major(row.balance, thousands=True),
    )


def _open(stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int) -> FileWriter:
    above = (("Account Name", "Baobab Phones (invented)"), ("Account Number", account.identifier), ())
    return CsvFile(stream, HEADER, cells, above=above)


BANK_CSV = Layout(_open, "jamii_statement_{last:%Y%m%d}.csv", "Jamii internet banking", MAPPING)
