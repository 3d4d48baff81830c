"""Payments by the bank account they came from, as far as it is told; each look-up goes by an index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from paydesk.kernel.sql_patterns import as_pattern

MOST_READ = 200
# Of the index `statement_line_account_ends`.
_ENDS = "reverse(replace(upper(l.account), ' ', ''))"
_PAID = """
    SELECT p.id, p.customer_id, l.account, l.amount, l.value_on
    FROM statements_statementline l JOIN payments_payment p ON p.statement_line_id = l.id
"""


@dataclass(frozen=True, slots=True)
class PaidFrom:
    """A payment and the account of its row, as it stands there; the amount in major units."""

    payment_id: int
    customer_id: int | None
    account: str
    amount: Decimal
    value_on: date


def paid_from_ends(customer_id: int, markets: Sequence[str], ends: Collection[str]) -> list[PaidFrom]:
    """Payments of one customer from accounts that end so, the newest first, MOST_READ at most."""
    return _paid(
        f"{_PAID} WHERE p.customer_id = %(customer)s AND p.market = ANY (%(markets)s)"
        " AND p.state <> 'unposted' AND right(replace(upper(l.account), ' ', ''), 4) = ANY (%(ends)s)"
        " ORDER BY p.value_on DESC LIMIT %(most)s",
        {
            "customer": customer_id, "markets": list(markets), "ends": [end.upper() for end in ends],
            "most": MOST_READ,
        },
    )  # fmt: skip


def paid_from_account(accounts: Collection[int], iban: str) -> list[PaidFrom]:
    """Payments from this very account, the newest first; `accounts` are ours that they came in on."""
    return _paid(
        f"{_PAID} WHERE {_ENDS} = %(iban)s AND NOT l.account = ''"
        " AND l.source_account_id = ANY (%(accounts)s) AND p.state <> 'unposted'"
        " ORDER BY p.value_on DESC LIMIT %(most)s",
        {"iban": iban[::-1], "accounts": list(accounts), "most": MOST_READ},
    )


def paid_from_end(
    accounts: Collection[int], end: str, amounts: Collection[Decimal], days: Collection[date]
) -> list[PaidFrom]:
    """The payments of anybody from an account that ends so and that both amount and day agree with, else
    the amount, else the day; two at most, so that whoever asks sees whether it is one alone. One query.
    """
    told = {"l.amount = ANY (%(amounts)s)": bool(amounts), "l.value_on = ANY (%(days)s)": bool(days)}
    known = [words for words, is_told in told.items() if is_told]
    looks = [" AND ".join(known), *known] if len(known) > 1 else known
    if not looks:
        return []
    branch = (
        f"(SELECT {{place}} AS place, found.* FROM ({_PAID} WHERE {_ENDS} LIKE %(end)s AND NOT l.account = ''"
        " AND l.source_account_id = ANY (%(accounts)s) AND p.state <> 'unposted' AND {where} LIMIT 2) found)"
    )
    query = " UNION ALL ".join(branch.format(place=place, where=where) for place, where in enumerate(looks))
    values = {
        "end": as_pattern(end[::-1]), "accounts": list(accounts), "amounts": list(amounts),
        "days": list(days),
    }  # fmt: skip
    rows = _rows(query, values)
    strictest = min((row[0] for row in rows), default=None)
    return [PaidFrom(*row[1:]) for row in rows if row[0] == strictest]


def _paid(query: str, values: dict[str, Any]) -> list[PaidFrom]:
    return [PaidFrom(*row) for row in _rows(query, values)]


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
