"""Payments as CSV and XLSX: one row each, exact amounts, nothing a spreadsheet would run as a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.utils import timezone

from paydesk.domain.payments.rules import applied_of, payer_of
from paydesk.kernel.lifecycle import words
from paydesk.kernel.money import Money, minor_digits
from paydesk.kernel.public_codes import code_of
from paydesk.kernel.refused import Refused
from paydesk.web.answers import csv_download
from paydesk.web.payments.filters import RULE_WORDS
from paydesk.web.payments.shown import APPLIED_WORDS, PAYER_WORDS
from paydesk.web.sight import Looking

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment

HEAD = (
    "Payment", "Value date", "Received at (UTC)", "Market", "Provider", "Account", "State", "Payer",
    "Applied", "Customer", "Account number", "Payer name as sent", "Phone as sent", "Reference as typed",
    "Provider reference", "Identified by", "Currency", "Amount", "Applied amount", "Credit balance", "Open",
)  # fmt: skip
MONEY_COLUMNS = range(17, 21)
MOST_IN_WORKBOOK = 100_000  # a larger one takes minutes to write and longer to open


COLUMNS = (
    "pk", "value_on", "received_at", "market", "source_account__provider__name", "source_account__name",
    "state", "customer_id", "customer__name", "contract__account_number", "statement_line__payer_name",
    "statement_line__msisdn", "statement_line__reference", "statement_line__provider_ref", "rule", "currency",
    "amount_minor", "allocated_minor", "credited_minor", "open_minor",
)  # fmt: skip


def download(found: QuerySet[Payment], name: str, kind: str, eyes: Looking) -> HttpResponseBase:
    """`found` as a download, read in pieces: its size is not held in memory.

    Raises Refused when a workbook would be too large; CSV has no limit.
    """
    rows = (row(eyes, *values) for values in found.values_list(*COLUMNS).iterator(chunk_size=5000))
    file_name = f"{name}-{timezone.localdate().isoformat()}.{kind}"
    if kind == "csv":
        return csv_download(file_name, HEAD, rows)
    if found.order_by()[: MOST_IN_WORKBOOK + 1].count() > MOST_IN_WORKBOOK:
        raise Refused(
            f"A workbook holds up to {MOST_IN_WORKBOOK:,} payments, and these are more. "
            "Narrow the list, or take the CSV, which has no limit.",
            code="export.too_large",
        )
    return _workbook(file_name, rows)


def row(
    eyes: Looking, pk: int, value_on: date, received_at: datetime, market: str, provider: str, account: str,
    state: str,
    customer_id: int | None, customer: str | None, account_number: str | None, payer_name: str, msisdn: str,
    reference: str, provider_ref: str, rule: str, currency: str, *minor: int,
) -> list[Any]:  # fmt: skip
    """One payment in the order of HEAD; `minor` are amount, applied, credited and open."""
    amount, _, _, still_open = minor
    return [
        code_of("PAY", pk), value_on, received_at.strftime("%Y-%m-%d %H:%M:%S"), market, provider, account,
        words(state), PAYER_WORDS[payer_of(customer_id)], APPLIED_WORDS[applied_of(amount, still_open)],
        eyes.name(customer or ""), account_number or "", eyes.name(payer_name), eyes.phone(msisdn),
        reference, provider_ref,
        RULE_WORDS.get(rule, ""), currency, *(Money(each, currency).amount for each in minor),
    ]  # fmt: skip


def _workbook(file_name: str, rows: Iterable[list[Any]]) -> FileResponse:
    """A workbook written row by row to disk; text is written as text, whatever it begins with."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    formats = {digits: book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
               for digits in (0, 2, 3, 4)}  # fmt: skip
    sheet = book.add_worksheet("Payments")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(HEAD) - 1, 16)
    for column, word in enumerate(HEAD):
        sheet.write_string(0, column, word, bold)
    for number, cells in enumerate(rows, start=1):
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
