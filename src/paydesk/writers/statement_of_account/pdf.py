"""The statement as a PDF that screen readers can read (PDF/UA-1), typeset from the template beside."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import typst

from paydesk.kernel.money import Money
from paydesk.writers.statement_of_account.values import StatementOfAccount

TEMPLATE = Path(__file__).with_name("statement.typ")


@cache
def _compiler() -> tuple[bytes, typst.Fonts]:
    """The template and typst's own fonts: nothing is fetched, and every machine sets the same page."""
    return TEMPLATE.read_bytes(), typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def write_pdf(statement: StatementOfAccount) -> bytes:
    """The statement as one PDF. Texts go in as values, never as markup, whatever a name or product holds."""
    template, fonts = _compiler()
    pdf = typst.compile(
        template,
        font_paths=fonts,
        sys_inputs={"statement": json.dumps(_told(statement))},
        format="pdf",
        pdf_standards=["ua-1"],
    )
    assert isinstance(pdf, bytes)
    return pdf


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
        "from": _day(statement.from_on),
        "through": _day(statement.through_on),
        "printed": f"{_day(statement.printed_at.date())}, {statement.printed_at:%H:%M}",
        "opening": _figure(statement.opening),
        "added": _figure(statement.added),
        "paid": _figure(statement.paid),
        "closing": str(statement.closing),
        "closing_figure": _figure(statement.closing),
        "overdue": str(statement.overdue),
        "is_overdue": bool(statement.overdue),
        "days_past_due": f"{days} day{'' if days == 1 else 's'} past due",
        "next_due": f"{statement.next_due} on {_day(statement.next_due_on)}"
        if statement.next_due and statement.next_due_on
        else "nothing",
        "movements": [
            [_day(m.on), m.what, m.reference, _figure(m.added), _figure(m.paid), _figure(m.balance)]
            for m in statement.movements
        ],
        "dues": [
            [_day(d.on), d.what, _figure(d.amount), _figure(d.paid), _figure(d.open)] for d in statement.dues
        ],
        "payments": [
            [_day(p.on), p.code, p.reference, _figure(p.amount), _figure(p.applied), p.to]
            for p in statement.payments
        ],
        "held": [[words, str(amount)] for words, amount in statement.held],
    }


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _figure(amount: Money | None) -> str:
    return "" if amount is None else str(amount).rsplit(" ", 1)[0]
