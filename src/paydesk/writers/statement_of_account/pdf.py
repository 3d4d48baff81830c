"""The statement as a PDF that screen readers can read (PDF/UA-1), typeset from the template beside."""

from __future__ import annotations

from pathlib import Path

from paydesk.kernel.money import Money
from paydesk.writers.statement_of_account.values import StatementOfAccount
from paydesk.writers.typesetting import day_text, typeset

TEMPLATE = Path(__file__).with_name("statement.typ")


def write_pdf(statement: StatementOfAccount) -> bytes:
    """The statement as one PDF. Texts go in as values, never as markup, whatever a name or product holds."""
    return typeset(TEMPLATE, _told(statement))


def _told(statement: StatementOfAccount) -> dict[str, object]:
    days = statement.days_past_due
    return {
        "customer": statement.customer,
        "facts": [
            ["Account number", statement.account_number],
            ["Contract", statement.contract_code],
            ["Customer", statement.customer_code],
            *([["Product", statement.product]] if statement.product else []),
            ["State", statement.state],
            ["Market", statement.market],
        ],
        "account_number": statement.account_number,
        "currency": statement.currency,
        "from": day_text(statement.from_on),
        "through": day_text(statement.through_on),
        "printed": f"{day_text(statement.printed_at.date())}, {statement.printed_at:%H:%M}",
        "opening": _figure(statement.opening),
        "added": _figure(statement.added),
        "paid": _figure(statement.paid),
        "closing": str(statement.closing),
        "closing_figure": _figure(statement.closing),
        "overdue": str(statement.overdue),
        "is_overdue": bool(statement.overdue),
        "days_past_due": f"{days} day{'' if days == 1 else 's'} past due",
        "next_due": f"{statement.next_due} on {day_text(statement.next_due_on)}"
        if statement.next_due and statement.next_due_on
        else "nothing",
        "movements": [
            [day_text(m.on), m.what, m.reference, _figure(m.added), _figure(m.paid), _figure(m.balance)]
            for m in statement.movements
        ],
        "dues": [
            [day_text(d.on), d.what, _figure(d.amount), _figure(d.paid), _figure(d.open)]
            for d in statement.dues
        ],
        "payments": [
            [day_text(p.on), p.code, p.reference, _figure(p.amount), _figure(p.applied), p.to]
            for p in statement.payments
        ],
        "held": [[words, str(amount)] for words, amount in statement.held],
    }


def _figure(amount: Money | None) -> str:
    return "" if amount is None else str(amount).rsplit(" ", 1)[0]
