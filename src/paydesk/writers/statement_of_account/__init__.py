"""The statement of account of one contract, as a tagged PDF and as a workbook; both from the same values."""

from paydesk.writers.statement_of_account.pdf import write_pdf
from paydesk.writers.statement_of_account.values import DueLine, Movement, PaymentLine, StatementOfAccount
from paydesk.writers.statement_of_account.xlsx import write_xlsx

__all__ = ["DueLine", "Movement", "PaymentLine", "StatementOfAccount", "write_pdf", "write_xlsx"]
