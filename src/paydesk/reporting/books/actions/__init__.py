"""The verbs of the books: summing, exporting the journal, closing days."""

from paydesk.reporting.books.actions.days import (
    DayClosingRefused,
    approve_days,
    ask_to_close,
    ask_to_reopen,
    decide_day_closing,
    withdraw_day_closing,
)
from paydesk.reporting.books.actions.exports import (
    FORMS,
    JournalExportRefused,
    export_journal,
    hand_out_journal,
    sum_up_postings,
)

__all__ = [
    "FORMS",
    "DayClosingRefused",
    "JournalExportRefused",
    "approve_days",
    "ask_to_close",
    "ask_to_reopen",
    "decide_day_closing",
    "export_journal",
    "hand_out_journal",
    "sum_up_postings",
    "withdraw_day_closing",
]
