"""USSD and branch collections of an invented Nigerian bank: XLSX with a title above the header."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from paydesk.demo.layouts.layout import FileWriter, Layout, XlsxFile, figure, moment
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major
from paydesk.importers.delimited.mapping import KindRule, Mapping

HEADER = (
    "Session ID", "Trans Date", "Payer", "Phone No", "Bill Reference", "Amount (NGN)", "Commission", "Entry",
    "Response", "RRN", "Settlement Ref",
)  # fmt: skip
TYPES = {
    "payment": "BILL PAYMENT", "failed": "BILL PAYMENT", "reversal": "REVERSAL", "fee": "COMMISSION",
    "sweep": "SETTLEMENT", "float_transfer": "FUNDING",
}  # fmt: skip
STATUSES = {"success": "Approved", "pending": "Pending", "failed": "Declined"}

MAPPING = Mapping(
    columns={
        "provider_ref": ("Session ID",),
        "occurred": ("Trans Date",),
        "payer_name": ("Payer",),
        "msisdn": ("Phone No",),
        "reference": ("Bill Reference",),
        "amount": ("Amount (NGN)",),
        "fee": ("Commission",),
        "kind": ("Entry",),
        "status": ("Response",),
        "network_ref": ("RRN",),
        "batch_key": ("Settlement Ref",),
    },
    currency="NGN",
    date_order="dmy",
    time_zone="Africa/Lagos",
    market="NG",
    kinds=(
        KindRule("bill payment", "payment"),
        KindRule("reversal", "reversal"),
        KindRule("commission", "fee"),
        KindRule("settlement", "sweep"),
        KindRule("funding", "float_transfer"),
    ),
    statuses={"approved": "success", "pending": "pending", "declined": "failed"},
)


def cells(row: Row) -> tuple[str, ...]:
    return (
        row.provider_ref,
        moment(row, "%d-%b-%Y %H:%M:%S"),
        row.payer,
        f"0{row.msisdn[3:]}" if row.msisdn else "",
        row.reference,
        figure(row, major(row.amount, thousands=True)),
        major(row.fee),
        TYPES[row.kind],
        STATUSES[row.status],
        row.network_ref,
        row.batch,
    )


def _open(stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int) -> FileWriter:
    above = (("Sahel USSD collections (invented)",), ("Biller", account.identifier), ())
    return XlsxFile(stream, HEADER, cells, above=above, made=made)


USSD = Layout(
    _open, "collections_{account}_{first:%d-%m-%Y}.xlsx", "USSD collections", MAPPING, sweeps_itself=False
)
