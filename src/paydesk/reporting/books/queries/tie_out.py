"""Sub-ledger to control: what the books say, what balances store, what the desk's own tables add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from paydesk.domain.ledger.rules import KEY_KINDS, NAMES
from paydesk.domain.payments.provider_invariants import CLEARING
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

# Open due items of contracts whose sale is booked; before that nothing is owed in the books.
_OWED = """
SELECT d.contract_id AS key_id, c.currency, sum(d.amount_minor - d.allocated_minor) AS amount_minor
FROM contracts_contract c JOIN contracts_dueitem d ON d.contract_id = c.id
WHERE c.market = %(market)s AND c.state IN ('active', 'completed', 'defaulted', 'returning')
  AND d.kind IN ({kinds}) AND d.amount_minor > d.allocated_minor
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Control:
    """An account and what it must equal. `operational` gives (key_id, currency, amount) as counted.

    `sign`: -1 for accounts that stand in credit, so that what we hold is shown as a plain amount.
    """

    code: str
    sign: int
    against: str
    operational: str


CONTROLS = (
    *(
        Control(
            code, 1,
            "receipts less what was taken back and kept, what other rows moved, refunds paid, orders",
            "SELECT key_id, currency, sum(amount_minor)::bigint AS amount_minor FROM ("
            f"SELECT o.* FROM ({CLEARING.format(payments='WHERE market = %(market)s')}) o"
            " JOIN providers_sourceaccount s ON s.id = o.key_id"
            f" AND s.ledger_code = '{code}' AND s.market = %(market)s"
            " UNION ALL SELECT a.key_id, a.currency, x.amount_minor FROM ledger_entry e"
            " JOIN ledger_posting x ON x.entry_id = e.id JOIN ledger_account a ON a.id = x.account_id"
            f" AND a.code = '{code}' AND a.market = %(market)s"
            " WHERE e.cause_kind IN ('refund', 'market_event')"
            ") both_of_them GROUP BY 1, 2",
        )
        for code in ("1010", "1020")
    ),
    Control(
        "1025", 1, "what left one account and is not seen at the other",
        "SELECT source_account_id AS key_id, currency, -sum(amount_minor) AS amount_minor"
        " FROM payments_transitrow WHERE state = 'open' AND market = %(market)s GROUP BY 1, 2",
    ),
    # A conversion is two rows, one in each currency, at one account or two; nothing in them says which belong
    # together, so each stands for itself and a position is what the rows of a currency come to.
    Control(
        "1090", 1, "what conversions took from one currency and gave to another, row by row",
        "SELECT l.id AS key_id, l.currency, -l.amount_minor AS amount_minor FROM payments_dayofrows d"
        " JOIN providers_sourceaccount s ON s.id = d.source_account_id AND s.currency = d.currency"
        " AND s.role IN ('originates', 'settles') AND s.market = %(market)s"
        " JOIN statements_statementline l ON l.source_account_id = d.source_account_id"
        " AND l.currency = d.currency AND coalesce(l.booked_on, l.value_on) = d.day AND l.kind = d.kind"
        " WHERE d.kind = 'conversion' AND d.rows > 0 AND NOT l.withdrawn AND l.status = 'success'"
        " AND l.amount_minor <> 0",
    ),
    Control("1100", 1, "open deposits and instalments", _OWED.format(kinds="'deposit', 'instalment'")),
    Control("1110", 1, "open fees and penalties", _OWED.format(kinds="'fee', 'penalty'")),
    Control(
        "2010", -1, "what is open or reserved of payments with a known payer",
        "SELECT customer_id AS key_id, currency, sum(open_minor + reserved_minor) AS amount_minor"
        " FROM payments_payment WHERE market = %(market)s AND customer_id IS NOT NULL"
        " AND open_minor + reserved_minor > 0 GROUP BY 1, 2",
    ),
    Control(
        "2020", -1, "what is open or reserved of payments without a payer",
        "SELECT statement_line_id AS key_id, currency, sum(open_minor + reserved_minor) AS amount_minor"
        " FROM payments_payment WHERE market = %(market)s AND customer_id IS NULL"
        " AND open_minor + reserved_minor > 0 GROUP BY 1, 2",
    ),
    Control(
        "2030", -1, "deposits paid before the device is handed over",
        "SELECT d.contract_id AS key_id, c.currency, sum(d.allocated_minor) AS amount_minor"
        " FROM contracts_contract c JOIN contracts_dueitem d ON d.contract_id = c.id"
        " WHERE c.market = %(market)s AND c.state IN ('deposit_pending', 'deposit_paid')"
        " AND d.allocated_minor > 0 GROUP BY 1, 2",
    ),
    Control(
        "2040", -1, "what payments left as credit",
        "SELECT customer_id AS key_id, currency, sum(credited_minor) AS amount_minor FROM payments_payment"
        " WHERE market = %(market)s AND customer_id IS NOT NULL AND credited_minor > 0 GROUP BY 1, 2",
    ),
)  # fmt: skip
BY_CODE = {control.code: control for control in CONTROLS}
STORED = ("1100", "1110", "2010", "2030", "2040")
DETAILED = ("1090", "2020")  # their key is the statement line, the detail of the posting

# What is compared key by key: stored balances where there are any, else postings.
_BY_STORED = """
SELECT a.key_id, a.currency, b.amount_minor FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
WHERE a.market = %(market)s AND a.code = %(code)s AND b.amount_minor <> 0
"""
_BY_DETAIL = """
SELECT p.detail_id AS key_id, a.currency, sum(p.amount_minor) AS amount_minor
FROM ledger_account a JOIN ledger_posting p ON p.account_id = a.id
WHERE a.market = %(market)s AND a.code = %(code)s GROUP BY 1, 2 HAVING sum(p.amount_minor) <> 0
"""
_BY_DAY = """
SELECT key_id, currency, sum(amount_minor) AS amount_minor FROM (
    SELECT key_id, currency, debit_minor - credit_minor AS amount_minor FROM books_daily_sum
    WHERE market = %(market)s AND code = %(code)s
    UNION ALL
    SELECT a.key_id, a.currency, p.amount_minor
    FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id AND a.code = %(code)s
    WHERE p.entry_id > (SELECT summed_through FROM books_horizon) AND a.market = %(market)s
) part GROUP BY 1, 2
"""


def _compared(control: Control) -> str:
    if control.code in STORED:
        ledger = _BY_STORED
    elif control.code in DETAILED:
        ledger = _BY_DETAIL
    else:
        ledger = _BY_DAY
    return f"""
        SELECT coalesce(l.key_id, o.key_id) AS key_id, coalesce(l.currency, o.currency) AS currency,
               {control.sign} * coalesce(l.amount_minor, 0) AS ledger_minor,
               coalesce(o.amount_minor, 0) AS operational_minor
        FROM ({ledger}) l
        FULL JOIN ({control.operational}) o ON o.key_id = l.key_id AND o.currency = l.currency
    """


@dataclass(frozen=True, slots=True)
class Tied:
    """One control account in one currency. `keys_apart`: keys on which two sides differ."""

    code: str
    name: str
    against: str
    postings: Money
    stored: Money | None
    operational: Money
    keys: int
    keys_apart: int

    @property
    def holds(self) -> bool:
        return not self.keys_apart and not self.difference and self.stored in (None, self.postings)

    @property
    def difference(self) -> Money:
        return self.postings - self.operational


def tie_out(actor: Actor, market: str) -> list[Tied]:
    """Every control account per currency, in the order of the chart; two queries each.

    Postings are read from the daily sums and what came since; stored balances and the desk's tables are
    compared key by key. That each stored balance equals its own postings is proven by `./paydesk check`.
    """
    actor.needs("ledger:view", market=market)
    found = []
    for control in CONTROLS:
        with connection.cursor() as cursor:
            bounds = {"market": market, "code": control.code}
            cursor.execute(
                f"SELECT currency, sum(amount_minor)::bigint FROM ({_BY_DAY}) d GROUP BY 1", bounds
            )
            posted = {currency: control.sign * minor for currency, minor in cursor.fetchall()}
            cursor.execute(
                f"""
                SELECT currency, sum(ledger_minor)::bigint, sum(operational_minor)::bigint, count(*),
                       count(*) FILTER (WHERE ledger_minor <> operational_minor)
                FROM ({_compared(control)}) c GROUP BY 1
                """,
                bounds,
            )
            compared = {row[0]: row[1:] for row in cursor.fetchall()}
        for currency in sorted(posted.keys() | compared.keys()):
            ledger, operational, keys, apart = compared.get(currency, (0, 0, 0, 0))
            found.append(
                Tied(
                    control.code,
                    NAMES[control.code],
                    control.against,
                    Money(posted.get(currency, 0), currency),
                    Money(ledger, currency) if control.code in STORED else None,
                    Money(operational, currency),
                    keys,
                    apart,
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class TiedKey:
    """One key of a control account: what is posted, stored, and counted by the desk."""

    key_kind: str
    key_id: int
    postings: Money
    stored: Money | None
    operational: Money

    @property
    def holds(self) -> bool:
        return self.postings == self.operational and self.stored in (None, self.postings)

    @property
    def difference(self) -> Money:
        return self.postings - self.operational


def keys_tied(
    actor: Actor, market: str, code: str, currency: str, *, start: int, count: int, apart_only: bool = False
) -> list[TiedKey]:
    """The keys of a control account, those that differ first, then by amount; two queries.

    Postings are summed for the keys shown alone.
    """
    actor.needs("ledger:view", market=market)
    control = BY_CODE[code]
    bounds: dict[str, Any] = {"market": market, "code": code, "currency": currency}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT key_id, ledger_minor::bigint, operational_minor::bigint FROM ({_compared(control)}) c
            WHERE currency = %(currency)s AND (NOT %(apart)s OR ledger_minor <> operational_minor)
            ORDER BY abs(ledger_minor - operational_minor) DESC, ledger_minor DESC, key_id
            LIMIT %(count)s OFFSET %(start)s
            """,
            bounds | {"apart": apart_only, "start": start, "count": count},
        )
        rows = cursor.fetchall()
        posted = {key: ledger for key, ledger, _ in rows}
        if code in STORED:
            cursor.execute(
                """
                SELECT a.key_id, sum(p.amount_minor)::bigint FROM ledger_account a
                JOIN ledger_posting p ON p.account_id = a.id
                WHERE a.market = %(market)s AND a.code = %(code)s AND a.currency = %(currency)s
                  AND a.key_id = ANY (%(keys)s) GROUP BY 1
                """,
                bounds | {"keys": [row[0] for row in rows]},
            )
            posted = dict.fromkeys(posted, 0) | {k: control.sign * v for k, v in cursor.fetchall()}
    kind = "statement_line" if code in DETAILED else KEY_KINDS[code]
    return [
        TiedKey(
            kind,
            key,
            Money(posted[key], currency),
            Money(ledger, currency) if code in STORED else None,
            Money(operational, currency),
        )
        for key, ledger, operational in rows
    ]


def breaks(tied: Sequence[Tied]) -> list[Tied]:
    """The lines that do not tie."""
    return [each for each in tied if not each.holds]
