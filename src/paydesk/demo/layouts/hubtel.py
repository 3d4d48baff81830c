"""Hubtel portal CSV, the layout of the built-in profile `hubtel_portal`."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from paydesk.demo.layouts.layout import CsvFile, FileWriter, Layout, figure, moment
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major

HEADER = (
    "Transaction Id", "Client Reference", "External Transaction Id", "Payment Date", "Customer Name",
    "Customer Msisdn", "Channel", "Transaction Type", "Amount", "Charges", "Amount After Charges",
    "Amount Charged", "Currency", "Status", "Description",
)  # fmt: skip
TYPES = {
    "payment": "Receive Money", "failed": "Receive Money", "reversal": "Reversal", "sweep": "Settlement",
    "float_transfer": "Float Top Up", "fee": "Monthly fee", "refund": "Refund", "payout": "Send Money",
    "adjustment": "Adjustment",
}  # fmt: skip
STATUSES = {"success": "Success", "pending": "Pending", "failed": "Failed"}
CHANNELS = {
    "24": "mtn-gh",
    "54": "mtn-gh",
    "55": "mtn-gh",
    "59": "mtn-gh",
    "20": "vodafone-gh",
    "50": "vodafone-gh",
}


def cells(row: Row) -> tuple[str, ...]:
    is_payment = row.kind in ("payment", "failed")
    charged = row.amount + row.fee if row.payer_bears_fee else row.amount
    after = row.amount if row.payer_bears_fee else row.amount - row.fee
    return (
        row.provider_ref,
        row.reference,
        row.network_ref,
        moment(row, "%d/%m/%Y %H:%M:%S"),
        row.payer,
        row.msisdn,
        CHANNELS.get(row.msisdn[3:5], "tigo-gh") if row.msisdn else "",
        TYPES[row.kind],
        figure(row, major(row.amount, thousands=True)),
        major(row.fee) if is_payment else "",
        major(after, thousands=True) if is_payment else "",
        major(charged, thousands=True) if is_payment else "",
        "GHS",
        STATUSES[row.status],
        row.text,
    )


def _open(stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int) -> FileWriter:
    return CsvFile(stream, HEADER, cells)


HUBTEL = Layout(_open, "hubtel-transactions-{first:%Y-%m-%d}.csv", "Hubtel portal export")
