"""A provider new to the desk: semicolons, decimal commas. Its first file waits for a person to map it."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from paydesk.demo.layouts.layout import CsvFile, FileWriter, Layout, moment
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major

HEADER = (
    "TXN NO", "POSTED", "SUBSCRIBER", "SUBSCRIBER NAME", "NARRATION", "CREDIT GHS", "DEBIT GHS",
    "RUNNING BALANCE", "STATE",
)  # fmt: skip
STATUSES = {"success": "DONE", "pending": "PENDING", "failed": "REJECTED"}


def cells(row: Row) -> tuple[str, ...]:
    money = major(abs(row.amount)).replace(".", ",")
    return (
        row.provider_ref,
        moment(row, "%d.%m.%Y %H:%M"),
        row.msisdn,
        row.payer,
        f"Merchant payment {row.reference}".strip() if row.kind == "payment" else row.text,
        money if row.amount > 0 else "",
        money if row.amount < 0 else "",
        major(row.balance).replace(".", ","),
        STATUSES[row.status],
    )


def _open(stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int) -> FileWriter:
    return CsvFile(stream, HEADER, cells, delimiter=";", encoding="cp1252")


TELECEL = Layout(_open, "telecel cash {first:%d-%m} export.csv", fees="once a day")
