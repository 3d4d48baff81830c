"""The report as a workbook: one sheet per table, amounts as numbers, text never run as a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter

from paydesk.kernel.money import Money, minor_digits
from paydesk.writers.day_report.values import DayReport, ExceptionLine

Cell = str | int | Decimal | Money | None


def write_xlsx(report: DayReport) -> bytes:
    """The report as one workbook."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    digits = minor_digits(report.currency)
    bold = book.add_format({"bold": True})
    money = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})

    exact = book.add_format({"num_format": "#,##0.00######"})

    def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        page = book.add_worksheet(name)
        page.set_column(0, max(len(head), 2) - 1, 24)
        page.freeze_panes(1, 0)
        for column, word in enumerate(head):
            page.write_string(0, column, word, bold)
        for number, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, Money):
                    page.write_number(number, column, cell.amount, money)
                elif isinstance(cell, int):
                    page.write_number(number, column, cell)
                elif isinstance(cell, Decimal):
                    page.write_number(number, column, cell, exact)
                elif cell:
                    page.write_string(number, column, cell)

    sheet(
        "Day",
        ["Reconciliation", report.account],
        [
            ["Provider", report.provider],
            ["Market", report.market],
            ["Day", report.day.isoformat()],
            ["Currency", report.currency],
            ["State", report.state],
            ["Signed", report.signed],
            ["Made", f"{report.made_at:%Y-%m-%d %H:%M} UTC"],
            ["Rules", report.rules_version],
            ["Digest", report.digest],
        ],
    )
    proof: list[Sequence[Cell]] = [[line.words, line.rows, line.amount] for line in report.proof]
    proof += [["Shown by the provider", None, report.shown], ["Drift", None, report.drift]]
    sheet("Proof of cash", ["By our books", "Rows", "Amount"], proof)
    sheet(
        "Matched",
        ["Kind", "Rule", "Matches", "Ours", "Theirs"],
        ([line.kind, line.rule, line.matches, line.ours, line.theirs] for line in report.matched),
    )
    sheet(
        "Settlements",
        ["Batch", "Rows", "Currency", "Net", "Paid out", "Arrived", "State", "Paid by"],
        (
            [
                each.batch,
                each.rows,
                each.currency,
                each.net,
                each.paid_out,
                each.arrived,
                each.state,
                each.paid_by,
            ]
            for each in report.settlements
        ),
    )
    head = ["Exception", "Class", "Why", "At risk", "State", "Owner", "Next step"]
    sheet("Open", head, map(_cells, report.open))
    sheet("Resolved", head, map(_cells, report.resolved))
    book.close()
    return file.getvalue()


def _cells(each: ExceptionLine) -> Sequence[Cell]:
    return [each.code, each.words, each.why, each.amount, each.state, each.owner, each.next_step]
