"""A statement as PDF and workbook: tagged, the figures in it, and no text that runs."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from python_calamine import CalamineWorkbook

from paydesk.kernel.money import Money
from paydesk.writers.statement_of_account import (
    DueLine,
    Movement,
    PaymentLine,
    StatementOfAccount,
    write_pdf,
    write_xlsx,
)


def ghs(minor: int) -> Money:
    return Money(minor, "GHS")


STATEMENT = StatementOfAccount(
    customer="=1+1 #panic() *Ɛsi*", customer_code="CUS-1", contract_code="CON-1", account_number="10482937",
    product="Phone", state="Active", market="Ghana", currency="GHS", from_on=date(2026, 2, 1),
    through_on=date(2026, 2, 28), printed_at=datetime(2026, 3, 1, 9, tzinfo=UTC), opening=ghs(0),
    movements=[
        Movement(date(2026, 2, 1), "Contract value", "", ghs(300_00), None, ghs(300_00)),
        Movement(date(2026, 2, 2), "Payment", "+TX", None, ghs(120_00), ghs(180_00)),
    ],
    dues=[DueLine(date(2026, 2, 8), "Instalment 1", ghs(50_00), ghs(20_00))],
    payments=[PaymentLine(
        date(2026, 2, 2), "PAY-1", "+TX", ghs(120_00), ghs(120_00), [("deposit", date(2026, 2, 1))]
    )],
    overdue=ghs(30_00), days_past_due=20, next_due_on=date(2026, 3, 1), next_due=ghs(50_00),
    held=[("Credit balance", Money(5, "UGX"))],
)  # fmt: skip


def test_the_closing_balance_is_opening_plus_added_less_paid():
    assert STATEMENT.closing == ghs(180_00) == STATEMENT.movements[-1].balance


def test_the_pdf_is_tagged_and_names_its_language():
    pdf = write_pdf(STATEMENT)
    assert pdf.startswith(b"%PDF")
    assert b"/StructTreeRoot" in pdf
    assert b"/Lang" in pdf


def test_an_empty_period_and_many_pages_are_typeset():
    assert write_pdf(replace(STATEMENT, movements=[], dues=[], payments=[], held=[], overdue=ghs(0)))
    long = replace(STATEMENT, dues=list(STATEMENT.dues) * 400)
    assert b"/Count 9/" in write_pdf(long)


def test_the_workbook_holds_numbers_and_plain_text():
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx(STATEMENT)))
    assert book.sheet_names == ["Statement", "Movements", "Due", "Payments"]
    said = {row[0]: row[1] for row in book.get_sheet_by_name("Statement").to_python()}
    assert said["Customer"] == "=1+1 #panic() *Ɛsi*"
    assert Decimal(str(said["Owed at the end"])) == STATEMENT.closing.amount
    assert said["We hold: Credit balance"] == "5 UGX"
    rows = book.get_sheet_by_name("Movements").to_python()
    assert rows[2][:3] == [date(2026, 2, 2), "Payment", "+TX"]
    assert rows[2][4] == 120
