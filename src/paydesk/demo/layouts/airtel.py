"""An Airtel Money till export as this company receives it: by example, no layout is public."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from paydesk.demo.layouts.layout import CsvFile, FileWriter, Layout, figure, moment
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major
from paydesk.importers.delimited.mapping import KindRule, Mapping

HEADER = (
    "Transaction ID", "Transaction Date", "Sender MSISDN", "Sender Name", "Service Type",
    "Transaction Amount",
    "Charges", "Wallet Balance", "Status", "Payer Reference",
)  # fmt: skip
TYPES = {
    "payment": "Merchant Payment", "failed": "Merchant Payment", "reversal": "Reversal",
    "sweep": "Bank Sweep",
    "float_transfer": "Float Transfer", "fee": "Service Fee",
}  # fmt: skip
STATUSES = {"success": "TS", "pending": "TA", "failed": "TF"}

MAPPING = Mapping(
    columns={
        "provider_ref": ("Transaction ID",),
        "occurred": ("Transaction Date",),
        "msisdn": ("Sender MSISDN",),
        "payer_name": ("Sender Name",),
        "kind": ("Service Type",),
        "amount": ("Transaction Amount",),
        "fee": ("Charges",),
        "balance": ("Wallet Balance",),
        "status": ("Status",),
        "reference": ("Payer Reference",),
    },
    currency="KES",
    date_order="dmy",
    time_zone="Africa/Nairobi",
    market="KE",
    kinds=(
        KindRule("merchant payment", "payment"),
        KindRule("reversal", "reversal"),
        KindRule("bank sweep", "sweep"),
        KindRule("float transfer", "float_transfer"),
        KindRule("service fee", "fee"),
    ),
    statuses={"ts": "success", "ta": "pending", "tf": "failed"},
)


def cells(row: Row) -> tuple[str, ...]:
    return (
        row.provider_ref,
        moment(row, "%d/%m/%Y %H:%M"),
        row.msisdn[3:],
        row.payer,
        TYPES[row.kind],
        figure(row, major(row.amount)),
        major(row.fee),
        major(row.balance),
        STATUSES[row.status],
        row.reference,
    )


def _open(stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int) -> FileWriter:
    return CsvFile(stream, HEADER, cells, delimiter=";")


AIRTEL = Layout(_open, "airtel_money_till_{first:%d%m%Y}.csv", "Airtel Money till export", MAPPING)
