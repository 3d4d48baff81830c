"""The reconciliation report of a day of an account, as a tagged PDF and a workbook, from the same values."""

from paydesk.writers.day_report.pdf import write_pdf
from paydesk.writers.day_report.values import DayReport, ExceptionLine, MatchedLine, ProofLine, SettlementLine
from paydesk.writers.day_report.xlsx import write_xlsx

__all__ = [
    "DayReport",
    "ExceptionLine",
    "MatchedLine",
    "ProofLine",
    "SettlementLine",
    "write_pdf",
    "write_xlsx",
]
