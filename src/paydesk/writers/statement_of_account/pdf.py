"""The statement as a PDF that screen readers can read (PDF/UA-1), typeset from the template beside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from paydesk.kernel.money import Money
from paydesk.writers.statement_of_account.values import StatementOfAccount
from paydesk.writers.typesetting import day_text, typeset

TEMPLATE = Path(__file__).with_name("statement.typ")


WORDS = (
    "Statement of account", "What is owed", "Added in the period", "Paid in the period", "Movements",
    "Nothing moved in this period.", "Date", "What", "Reference", "Added", "Paid", "Owed",
    "Due in the period", "Nothing fell due in this period.", "Due on", "Due", "Open",
    "Payments received", "No payment was received in this period.", "Paid on", "Payment", "Amount",
    "To this contract", "What it paid",
)  # fmt: skip


def write_pdf(
    statement: StatementOfAccount, *, language: str = "en", said: Callable[[str], str] = str
) -> bytes:
    """The statement as one PDF. Texts go in as values, never as markup, whatever a name or product holds.

    `said` puts words of ours and their days into `language`; names, codes and amounts never pass it.
    """
    return typeset(TEMPLATE, _told(statement, said) | {"language": language})


def _told(statement: StatementOfAccount, said: Callable[[str], str]) -> dict[str, object]:
    days = statement.days_past_due

    def day(on: date) -> str:
        return said(day_text(on))

    first, last = day(statement.from_on), day(statement.through_on)
    made = f"{day(statement.printed_at.date())}, {statement.printed_at:%H:%M}"
    late = said(f"{days} day{'' if days == 1 else 's'} past due")
    next_due = said("nothing")
    if statement.next_due and statement.next_due_on:
        next_due = said(f"{statement.next_due} on {day_text(statement.next_due_on)}")
    return {
        "words": {words: said(words) for words in WORDS},
        "customer": statement.customer,
        "facts": [
            [said(label), value]
            for label, value in [
                ("Account number", statement.account_number),
                ("Contract", statement.contract_code),
                ("Customer", statement.customer_code),
                ("Product", statement.product),
                ("State", said(statement.state)),
                ("Market", statement.market),
            ]
            if value
        ],
        "account_number": statement.account_number,
        "currency": statement.currency,
        "period": said(f"From {first} through {last}. All amounts in {statement.currency}."),
        "made": said(f"Statement of account {statement.account_number}, made {made} (local time)"),
        "page": said("Page {} of {}".format("<page>", "<pages>")),
        "owed_before": said(f"Owed before {first}"),
        "owed_on": said(f"Owed on {last}"),
        "opening": _figure(statement.opening),
        "added": _figure(statement.added),
        "paid": _figure(statement.paid),
        "closing_figure": _figure(statement.closing),
        "overdue": said(f"Overdue on {last}: {statement.overdue}, {late}.") if statement.overdue else "",
        "not_overdue": said(f"Nothing is overdue on {last}."),
        "next_due": said(f"Next to pay: {next_due}."),
        "movements": [
            [day(m.on), said(m.what), m.reference, _figure(m.added), _figure(m.paid), _figure(m.balance)]
            for m in statement.movements
        ],
        "dues": [
            [day(d.on), said(d.what), _figure(d.amount), _figure(d.paid), _figure(d.open)]
            for d in statement.dues
        ],
        "payments": [
            [day(p.on), p.code, p.reference, _figure(p.amount), _figure(p.applied), p.told(said)]
            for p in statement.payments
        ],
        "held": [
            said(f"We also hold for the customer: {said(words)}, {amount}.")
            for words, amount in statement.held
        ],
    }


def _figure(amount: Money | None) -> str:
    return "" if amount is None else str(amount).rsplit(" ", 1)[0]
