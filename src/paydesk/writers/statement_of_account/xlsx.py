"""The statement as a workbook: one sheet per table, amounts as numbers, text never run as a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import xlsxwriter

from paydesk.kernel.money import Money, minor_digits
from paydesk.writers.statement_of_account.values import StatementOfAccount

Cell = str | int | Decimal | date | Money | None


def write_xlsx(statement: StatementOfAccount) -> bytes:
    """The statement as one workbook."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    digits = minor_digits(statement.currency)
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    money = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})

    def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        page = book.add_worksheet(name)
        page.set_column(0, max(len(head) - 1, 1), 20)
        for column, word in enumerate(head):
            page.write_string(0, column, word, bold)
        if head:
            page.freeze_panes(1, 0)
        for number, cells in enumerate(rows, start=1 if head else 0):
            for column, cell in enumerate(cells):
                if isinstance(cell, Money):
                    page.write_number(number, column, cell.amount, money)
                elif isinstance(cell, int):
                    page.write_number(number, column, cell)
                elif isinstance(cell, date):
                    page.write_datetime(number, column, cell, day)
                elif cell:
                    page.write_string(number, column, str(cell))

    summary: list[Sequence[Cell]] = [
        ["Statement of account", statement.account_number],
        ["Customer", statement.customer],
        ["Customer code", statement.customer_code],
        ["Contract", statement.contract_code],
        ["Product", statement.product],
        ["State", statement.state],
        ["Market", statement.market],
        ["From", statement.from_on],
        ["Through", statement.through_on],
        ["Currency", statement.currency],
        ["Owed before", statement.opening],
        ["Added", statement.added],
        ["Paid", statement.paid],
        ["Owed at the end", statement.closing],
        ["Overdue", statement.overdue],
        ["Days past due", statement.days_past_due],
        ["Next due on", statement.next_due_on],
        ["Next due", statement.next_due],
    ]
    # What is held may be in another currency than the contract: as text with its currency.
    summary += [[f"We hold: {words}", str(amount)] for words, amount in statement.held]
    sheet("Statement", [], summary)
    sheet(
        "Movements",
        ["Date", "What", "Reference", "Added", "Paid", "Owed"],
        ([m.on, m.what, m.reference, m.added, m.paid, m.balance] for m in statement.movements),
    )
    sheet(
        "Due",
        ["Due on", "What", "Due", "Paid", "Open"],
        ([d.on, d.what, d.amount, d.paid, d.open] for d in statement.dues),
    )
    sheet(
        "Payments",
        ["Paid on", "Payment", "Reference", "Amount", "To this contract", "What it paid"],
        ([p.on, p.code, p.reference, p.amount, p.applied, p.told()] for p in statement.payments),
    )
    book.close()
    return file.getvalue()
