"""The statement of account of one contract: every figure from the entries booked through its last day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from paydesk.domain.contracts.models import Contract
from paydesk.domain.contracts.states import OPEN_STATES
from paydesk.domain.ledger.queries import balances_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.writers.statement_of_account import DueLine, Movement, PaymentLine, StatementOfAccount

OWED = ("1100", "1110", "2030")
MOVEMENT_WORDS = {
    "contract.activated": "Contract value",
    "payment.allocated": "Payment",
}
HELD_WORDS = {"2010": "Unapplied cash", "2040": "Credit balance"}

_MOVEMENTS = """
SELECT e.booked_on, e.kind, sum(p.amount_minor)::bigint, e.cause_kind, e.cause_id,
       coalesce(nullif(l.provider_ref, ''), '')
FROM ledger_account a
JOIN ledger_posting p ON p.account_id = a.id
JOIN ledger_entry e ON e.id = p.entry_id
LEFT JOIN payments_payment y ON e.cause_kind = 'payment' AND y.id = e.cause_id
LEFT JOIN statements_statementline l ON l.id = y.statement_line_id
WHERE a.key_id = %(contract)s AND a.code = ANY (%(codes)s) AND a.currency = %(currency)s
  AND e.booked_on <= %(through)s
GROUP BY e.id, l.provider_ref HAVING sum(p.amount_minor) <> 0 ORDER BY e.booked_on, e.id
"""
_DUES = """
SELECT d.due_on, d.kind, row_number() OVER (PARTITION BY d.kind ORDER BY d.due_on, d.id), d.amount_minor,
       coalesce((
           SELECT sum(x.amount_minor) FROM payments_allocation x
           JOIN ledger_entry e ON e.id = x.entry_id AND e.booked_on <= %(through)s WHERE x.due_item_id = d.id
       ), 0)::bigint
FROM contracts_dueitem d WHERE d.contract_id = %(contract)s ORDER BY d.due_on, d.id
"""
_PAYMENTS = """
SELECT y.value_on, y.id, coalesce(nullif(l.provider_ref, ''), l.reference, ''), y.amount_minor,
       sum(x.amount_minor)::bigint,
       array_agg(DISTINCT to_char(d.due_on, 'YYYY-MM-DD') || d.kind)
FROM contracts_dueitem d
JOIN payments_allocation x ON x.due_item_id = d.id
JOIN ledger_entry e ON e.id = x.entry_id AND e.booked_on BETWEEN %(since)s AND %(through)s
JOIN payments_payment y ON y.id = x.payment_id
LEFT JOIN statements_statementline l ON l.id = y.statement_line_id
WHERE d.contract_id = %(contract)s
GROUP BY y.id, l.provider_ref, l.reference ORDER BY y.value_on, y.id
"""


def statement_of(
    actor: Actor,
    contract: Contract,
    *,
    since: date,
    through: date,
    name: str,
    market: str,
    printed_at: datetime,
) -> StatementOfAccount:
    """The statement of a contract over a period, both days included; four queries.

    `name` is the customer's as the person who asks may see it; `market` the market's name; `printed_at` in
    the market's zone.
    """
    actor.needs("customers:view", market=contract.market)
    currency = contract.currency
    bounds: dict[str, Any] = {
        "contract": contract.pk, "codes": list(OWED), "currency": currency,
        "since": since, "through": through,
    }  # fmt: skip
    opening, movements = Money(0, currency), []
    balance = opening
    for on, kind, minor, cause_kind, cause_id, reference in _rows(_MOVEMENTS, bounds):
        balance += Money(minor, currency)
        if on < since:
            opening = balance
            continue
        what = MOVEMENT_WORDS.get(kind, kind.replace(".", " ").replace("_", " ").capitalize())
        code = code_of("PAY", cause_id) if cause_kind == "payment" else ""
        movements.append(
            Movement(
                on, what, reference or code,
                Money(minor, currency) if minor > 0 else None,
                Money(-minor, currency) if minor < 0 else None,
                balance,
            )
        )  # fmt: skip
    dues = _rows(_DUES, bounds)
    runs = contract.state in OPEN_STATES and contract.state != "deposit_paid"
    open_dues = [(on, amount - paid) for on, _, _, amount, paid in dues if amount > paid]
    late = [on for on, _ in open_dues if on < through]
    ahead = [(on, minor) for on, minor in open_dues if on >= through]
    next_on = ahead[0][0] if ahead else None
    return StatementOfAccount(
        customer=name,
        customer_code=code_of("CUS", contract.customer_id),
        contract_code=code_of("CON", contract.pk),
        account_number=contract.account_number,
        product=contract.product,
        state=contract.state.replace("_", " ").capitalize(),
        market=market,
        currency=currency,
        from_on=since,
        through_on=through,
        printed_at=printed_at,
        opening=opening,
        movements=movements,
        dues=[
            DueLine(on, _due_words(kind, number), Money(amount, currency), Money(paid, currency))
            for on, kind, number, amount, paid in dues
            if since <= on <= through
        ],
        payments=[
            PaymentLine(
                on, code_of("PAY", id_), reference, Money(amount, currency), Money(applied, currency),
                [(each[10:], date.fromisoformat(each[:10])) for each in sorted(items)],
            )
            for on, id_, reference, amount, applied, items in _rows(_PAYMENTS, bounds)
        ],
        overdue=Money(sum(minor for on, minor in open_dues if on < through) if runs else 0, currency),
        days_past_due=(through - min(late)).days if late and runs else 0,
        next_due_on=next_on,
        next_due=Money(sum(minor for on, minor in ahead if on == next_on), currency) if next_on else None,
        held=[
            (HELD_WORDS[code], -amount)
            for code, amount in balances_of(contract.customer_id, list(HELD_WORDS))
        ],
    )  # fmt: skip


def _rows(sql: str, bounds: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, bounds)
        return cursor.fetchall()


def _due_words(kind: str, number: int) -> str:
    return f"Instalment {number}" if kind == "instalment" else kind.capitalize()
