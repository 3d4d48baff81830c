"""M-Pesa paybill export, the layout of the built-in profile `mpesa_portal`: CSV, or XLSX with lines above."""

from __future__ import annotations

from datetime import date, timedelta
from typing import BinaryIO

from paydesk.demo.layouts.layout import CsvFile, FileWriter, Layout, XlsxFile, figure, moment
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major

HEADER = (
    "Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In",
    "Withdrawn",
    "Balance", "Balance Confirmed", "Reason Type", "Other Party Info", "Linked Transaction ID", "A/C No.",
)  # fmt: skip
STATUSES = {"success": "Completed", "pending": "Pending", "failed": "Failed"}
REASONS = {
    "payment": "Pay Bill Online", "failed": "Pay Bill Online", "fee": "Pay Bill Charge",
    "reversal": "Pay Bill Reversal", "sweep": "Organization Settlement", "float_transfer": "Account Transfer",
}  # fmt: skip


def _details(row: Row) -> str:
    if row.kind in ("payment", "failed"):
        return f"Pay Bill from {row.msisdn} - {row.payer} Acc. {row.reference}"
    if row.kind == "fee":
        return f"Pay Bill Charge for {row.provider_ref}" if not row.text else row.text
    if row.kind == "reversal":
        return f"Pay Bill Reversal of {row.linked}"
    if row.kind == "sweep":
        return "Organization Settlement Account to Bank"
    return "Utility Account: Working Account to Utility Account"


def cells(row: Row) -> tuple[str, ...]:
    money = figure(row, major(row.amount, thousands=True))
    is_fee = row.kind == "fee"
    return (
        row.provider_ref,
        moment(row, "%d-%m-%Y %H:%M:%S"),
        "" if is_fee else (row.at - timedelta(seconds=1)).strftime("%d-%m-%Y %H:%M:%S"),
        _details(row),
        STATUSES[row.status],
        money if row.amount > 0 else "",
        money if row.amount < 0 else "",
        major(row.balance, thousands=True),
        "true" if row.status == "success" else "",
        REASONS[row.kind],
        f"{row.msisdn} - {row.payer}" if row.msisdn else "",
        row.linked,
        row.reference,
    )


def _above(account: DemoAccount) -> tuple[tuple[str, ...], ...]:
    return (
        ("Short Code:", account.identifier),
        ("Organization:", "Baobab Phones (invented)"),
        ("Operator:", "demo"),
        (),
    )


def _open(stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int) -> FileWriter:
    return CsvFile(stream, HEADER, cells)


def _open_xlsx(
    stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int
) -> FileWriter:
    return XlsxFile(stream, HEADER, cells, above=_above(account), made=made)


MPESA = Layout(
    _open,
    "ORG_{account}_{first:%Y%m%d}.csv",
    "M-Pesa paybill export",
    newest_first=True,
    fees="own row",
    has_pending=False,
)
MPESA_XLSX = Layout(
    _open_xlsx,
    "ORG_{account}_{first:%Y%m%d}.xlsx",
    "M-Pesa paybill export",
    newest_first=True,
    fees="own row",
    has_pending=False,
)
