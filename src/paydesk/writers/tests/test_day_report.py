"""The report of a day as PDF and workbook: its figures in it, and no text that runs."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

from python_calamine import CalamineWorkbook

from paydesk.kernel.money import Money
from paydesk.writers.day_report import (
    DayReport,
    ExceptionLine,
    MatchedLine,
    ProofLine,
    SettlementLine,
    write_pdf,
    write_xlsx,
)


def ghs(minor: int) -> Money:
    return Money(minor, "GHS")


REPORT = DayReport(
    account="=1+1 #panic() Hubtel GH", provider="Hubtel", market="Ghana", currency="GHS",
    day=date(2026, 3, 2), state="open", signed="", made_at=datetime(2026, 3, 3, 9, tzinfo=UTC),
    rules_version="1", digest="ab" * 32,
    proof=[ProofLine("Opening", ghs(100_00), is_total=True), ProofLine("payment", ghs(50_00), 2),
           ProofLine("Closing", ghs(150_00), is_total=True)],
    shown=ghs(145_00), drift=ghs(-5_00),
    matched=[MatchedLine("one to one", "same provider id", 2, ghs(50_00), ghs(50_00))],
    settlements=[SettlementLine("B-7", 12, "GHS", Decimal("49.50"), None, None, "on its way", "")],
    open=[ExceptionLine("EXC-1", "Amounts differ", "@SUM(A1) *x*", ghs(5_00), "open", "Ama", "Ask them")],
    resolved=[],
)  # fmt: skip


def test_the_workbook_has_the_figures_as_numbers_and_text_as_text():
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx(REPORT)))
    proof = book.get_sheet_by_name("Proof of cash").to_python()
    assert [row[2] for row in proof[1:]] == [100, 50, 150, 145, -5]
    assert book.get_sheet_by_name("Settlements").to_python()[1][:6] == ["B-7", 12, "GHS", 49.5, "", ""]
    assert book.get_sheet_by_name("Open").to_python()[1][2] == "@SUM(A1) *x*"
    assert book.get_sheet_by_name("Day").to_python()[0][1] == "=1+1 #panic() Hubtel GH"


def test_the_pdf_is_tagged_and_its_name_is_a_file_name():
    pdf = write_pdf(REPORT)
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert REPORT.file_name == "reconciliation-1-1-panic-hubtel-gh-2026-03-02"
