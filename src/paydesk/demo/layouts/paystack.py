"""A Paystack transactions export: its column names are not published, these are by example."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from paydesk.demo.layouts.layout import CsvFile, FileWriter, Layout, figure, moment
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major
from paydesk.importers.delimited.mapping import KindRule, Mapping

HEADER = (
    "Id", "Reference", "Customer (Fullname)", "Customer Phone", "Transaction Type", "Amount Paid", "Currency",
    "Paystack Fees", "Channel", "Status", "Message", "Transaction Date", "Settlement Batch",
    "Account No (metadata)",
)  # fmt: skip
TYPES = {
    "payment": "charge", "failed": "charge", "reversal": "reversed charge", "fee": "fee",
    "sweep": "settlement", "float_transfer": "balance top up",
}  # fmt: skip
STATUSES = {"success": "success", "pending": "pending", "failed": "failed"}

MAPPING = Mapping(
    columns={
        "provider_ref": ("Id",),
        "network_ref": ("Reference",),
        "payer_name": ("Customer (Fullname)",),
        "msisdn": ("Customer Phone",),
        "kind": ("Transaction Type",),
        "amount": ("Amount Paid",),
        "currency": ("Currency",),
        "fee": ("Paystack Fees",),
        "channel": ("Channel",),
        "status": ("Status",),
        "text": ("Message",),
        "occurred": ("Transaction Date",),
        "batch_key": ("Settlement Batch",),
        "reference": ("Account No (metadata)",),
    },
    date_order="ymd",
    time_zone="Africa/Lagos",
    market="NG",
    kinds=(
        KindRule("charge", "payment"),
        KindRule("reversed charge", "reversal"),
        KindRule("fee", "fee"),
        KindRule("settlement", "sweep"),
        KindRule("balance top up", "float_transfer"),
    ),
    statuses={"success": "success", "pending": "pending", "failed": "failed", "abandoned": "failed"},
)
CHANNELS = ("card", "bank_transfer", "ussd")


def cells(row: Row) -> tuple[str, ...]:
    return (
        row.provider_ref,
        row.network_ref,
        row.payer,
        f"+{row.msisdn}" if row.msisdn else "",
        TYPES[row.kind],
        figure(row, major(row.amount)),
        "NGN",
        major(row.fee),
        CHANNELS[len(row.payer) % 3] if row.msisdn else "",
        STATUSES[row.status],
        row.text,
        moment(row, "%Y-%m-%dT%H:%M:%S+01:00"),
        row.batch,
        row.reference,
    )


def _open(stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int) -> FileWriter:
    return CsvFile(stream, HEADER, cells)


PAYSTACK = Layout(
    _open, "paystack_transactions_{first:%Y-%m-%d}.csv", "Paystack transactions", MAPPING, sweeps_itself=False
)
