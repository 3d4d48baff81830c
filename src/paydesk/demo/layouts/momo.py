"""An MTN MoMo portal export read by a mapping: FRI numbers, amounts without a sign, a currency after each."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from paydesk.demo.layouts.layout import CsvFile, FileWriter, Layout, figure, moment
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major
from paydesk.importers.delimited.mapping import KindRule, Mapping

HEADER = (
    "Transaction Id", "External Transaction Id", "Date", "Status", "Type", "From", "From Name", "To",
    "To Name", "Amount", "Currency", "Fee", "Currency", "Balance", "Currency", "Note",
)  # fmt: skip
TYPES = {
    "payment": "PAYMENT", "failed": "PAYMENT", "reversal": "REVERSAL", "sweep": "EXTERNAL_TRANSFER",
    "float_transfer": "TRANSFER", "fee": "CHARGE",
}  # fmt: skip
STATUSES = {"success": "SUCCESSFUL", "pending": "PENDING", "failed": "FAILED"}

MAPPING = Mapping(
    columns={
        "provider_ref": ("Transaction Id",),
        "network_ref": ("External Transaction Id",),
        "occurred": ("Date",),
        "status": ("Status",),
        "kind": ("Type",),
        "direction": ("Type",),
        "msisdn": ("From",),
        "payer_name": ("From Name",),
        "amount": ("Amount",),
        "fee": ("Fee",),
        "balance": ("Balance",),
        "reference": ("Note",),
    },
    currency="GHS",
    in_words=("payment",),
    out_words=("external_transfer", "transfer", "reversal", "charge"),
    date_order="ymd",
    time_zone="Africa/Accra",
    market="GH",
    kinds=(
        KindRule("payment", "payment"),
        KindRule("reversal", "reversal"),
        KindRule("external_transfer", "sweep"),
        KindRule("transfer", "float_transfer"),
        KindRule("charge", "fee"),
    ),
    statuses={"successful": "success", "pending": "pending", "failed": "failed"},
)


def _open(stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int) -> FileWriter:
    ours = f"FRI:{account.identifier}/MSISDN"

    def cells(row: Row) -> tuple[str, ...]:
        theirs, name = (f"FRI:{row.msisdn}/MSISDN", row.payer) if row.msisdn else ("FRI:bank/SP", row.text)
        parties = (theirs, name, ours, "BAOBAB PHONES")
        if row.amount < 0:
            parties = (ours, "BAOBAB PHONES", theirs, name)
        return (
            row.provider_ref,
            row.network_ref,
            moment(row, "%Y-%m-%d %H:%M:%S"),
            STATUSES[row.status],
            TYPES[row.kind],
            *parties,
            figure(row, major(row.amount, sign=False)),
            "GHS",
            major(row.fee),
            "GHS",
            major(row.balance),
            "GHS",
            row.reference,
        )

    return CsvFile(stream, HEADER, cells, quote_all=True)


MOMO = Layout(
    _open,
    "MoMo_Statement_{account}_{first:%Y%m%d}.csv",
    "MTN MoMo portal export",
    MAPPING,
    fees="once a day",
)
