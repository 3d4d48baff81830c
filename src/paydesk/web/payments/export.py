"""Payments as CSV and XLSX: one row each, exact amounts, nothing a spreadsheet would run as a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.utils import timezone

from paydesk.kernel.lifecycle import words
from paydesk.kernel.money import minor_digits
from paydesk.web.answers import csv_download
from paydesk.web.payments.filters import RULE_WORDS
from paydesk.web.payments.shown import ShownPayment, shown

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment

HEAD = (
    "Payment", "Value date", "Received at (UTC)", "Market", "Provider", "Account", "State", "Payer",
    "Applied", "Customer", "Account number", "Payer name as sent", "Phone as sent", "Reference as typed",
    "Provider reference", "Identified by", "Currency", "Amount", "Applied amount", "Credit balance", "Open",
)  # fmt: skip
MONEY_COLUMNS = range(17, 21)
ROWS_PER_SHEET = 1_000_000  # a sheet holds 1,048,576


def download(found: QuerySet[Payment], name: str, kind: str) -> HttpResponseBase:
    """`found` as a download, read in pieces: its size is not held in memory."""
    rows = (row(shown(payment)) for payment in found.iterator(chunk_size=2000))
    file_name = f"{name}-{timezone.localdate().isoformat()}.{kind}"
    if kind == "csv":
        return csv_download(file_name, HEAD, rows)
    return _workbook(file_name, rows)


def row(each: ShownPayment) -> list[Any]:
    payment, line = each.payment, each.payment.statement_line
    return [
        each.code, payment.value_on, payment.received_at.strftime("%Y-%m-%d %H:%M:%S"), payment.market,
        payment.source_account.provider.name, payment.source_account.name, words(payment.state),
        each.identity.word, each.application.word, payment.customer.name if payment.customer else "",
        payment.contract.account_number if payment.contract else "", line.payer_name, line.msisdn,
        line.reference, line.provider_ref, RULE_WORDS.get(payment.rule, ""), payment.currency,
        each.amount.amount, each.applied.amount, each.credited.amount, each.open.amount,
    ]  # fmt: skip


def _workbook(file_name: str, rows: Iterable[list[Any]]) -> FileResponse:
    """A workbook written row by row to disk; text is written as text, whatever it begins with."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    formats = {digits: book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
               for digits in (0, 2, 3, 4)}  # fmt: skip
    for place, part in enumerate(_sheets(rows)):
        sheet = book.add_worksheet(f"Payments {place + 1}" if place else "Payments")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(HEAD) - 1, 16)
        for column, word in enumerate(HEAD):
            sheet.write_string(0, column, word, bold)
        for number, cells in enumerate(part, start=1):
            for column, cell in enumerate(cells):
                if column in MONEY_COLUMNS:
                    sheet.write_number(number, column, cell, formats[minor_digits(cells[16])])
                elif column == 1:
                    sheet.write_datetime(number, column, cell, day)
                elif cell:
                    sheet.write_string(number, column, cell)
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name)


def _sheets(rows: Iterable[list[Any]]) -> Iterator[Iterable[list[Any]]]:
    """The rows in parts that fit a sheet each; at least one part, so that an empty list has its head."""
    running = iter(rows)
    held = next(running, None)
    yield _part(held, running)
    while (held := next(running, None)) is not None:
        yield _part(held, running)


def _part(first: list[Any] | None, running: Iterator[list[Any]]) -> Iterator[list[Any]]:
    if first is None:
        return
    yield first
    for _, cells in zip(range(ROWS_PER_SHEET - 1), running, strict=False):
        yield cells
