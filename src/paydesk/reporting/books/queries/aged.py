"""Aged lists at any date, from the entries booked by then: unapplied cash, suspense, receivables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.reporting.books.queries.trial_balance import AsOf, balance_of
from paydesk.reporting.books.rules import AGE_BANDS, NOT_DUE, band_of

UNAPPLIED, SUSPENSE, RECEIVABLE = "unapplied", "suspense", "receivable"
ACCOUNTS = {UNAPPLIED: ("2010",), SUSPENSE: ("2020",), RECEIVABLE: ("1100", "1110")}
BANDS = tuple(label for label, _, _ in AGE_BANDS)
DUE_BANDS = (NOT_DUE, *BANDS)

# What may have been open on the day: what is open now, and what was booked on since. What became payable as a
# refund left it by an entry about the refund.
_PAYMENTS = """
WITH candidate AS MATERIALIZED (
    SELECT id FROM payments_payment
    WHERE market = %(market)s AND open_minor + reserved_minor > 0
    UNION
    SELECT cause_id FROM ledger_entry
    WHERE market = %(market)s AND cause_kind = 'payment'
      AND (booked_on > %(on)s OR posted_at > %(known_at)s)
    UNION
    SELECT r.payment_id FROM ledger_entry e JOIN refunds_refund r ON r.id = e.cause_id
    WHERE e.market = %(market)s AND e.cause_kind = 'refund'
      AND (e.booked_on > %(on)s OR e.posted_at > %(known_at)s)
), open AS (
    SELECT y.id AS key_id, y.customer_id, p.currency, y.value_on, -sum(p.amount_minor)::bigint AS open_minor,
           greatest(%(on)s - y.value_on, 0) AS days
    FROM candidate c
    JOIN payments_payment y ON y.id = c.id
    CROSS JOIN LATERAL (
        SELECT id FROM ledger_entry e
        WHERE e.cause_kind = 'payment' AND e.cause_id = c.id
          AND e.booked_on <= %(on)s AND e.posted_at <= %(known_at)s
        UNION ALL
        SELECT e.id FROM refunds_refund r JOIN ledger_entry e ON e.cause_kind = 'refund' AND e.cause_id = r.id
        WHERE r.payment_id = c.id AND e.booked_on <= %(on)s AND e.posted_at <= %(known_at)s OFFSET 0
    ) e
    JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_account a ON a.id = p.account_id AND a.code = ANY (%(codes)s)
    GROUP BY y.id, p.currency HAVING sum(p.amount_minor) <> 0
)
"""
# Due items of contracts whose sale was booked by the day, less what was applied to them by then.
_RECEIVABLES = """
WITH sold AS MATERIALIZED (
    SELECT e.cause_id AS contract_id FROM ledger_entry e
    WHERE e.market = %(market)s AND e.kind = 'contract.activated'
      AND e.booked_on <= %(on)s AND e.posted_at <= %(known_at)s
), item AS (
    SELECT d.contract_id, c.currency, d.due_on, d.amount_minor - coalesce(d.allocated_minor, 0)
           + coalesce((
               SELECT sum(x.amount_minor) FROM payments_allocation x
               JOIN ledger_entry e ON e.id = x.entry_id
                   AND (e.booked_on > %(on)s OR e.posted_at > %(known_at)s)
               WHERE x.due_item_id = d.id
           ), 0) AS open_minor
    FROM sold s
    JOIN contracts_contract c ON c.id = s.contract_id
    JOIN contracts_dueitem d ON d.contract_id = c.id
), open AS (
    SELECT contract_id AS key_id, currency, due_on, open_minor::bigint, greatest(%(on)s - due_on, 0) AS days
    FROM item WHERE open_minor <> 0
)
"""


@dataclass(frozen=True, slots=True)
class AgedBand:
    """What stands open of one age."""

    label: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Aged:
    """One list in one currency: its ages, and the balance of its accounts that it must equal."""

    currency: str
    bands: Sequence[AgedBand]
    control: Money

    @property
    def total(self) -> Money:
        return sum((band.amount for band in self.bands), Money(0, self.currency))

    @property
    def difference(self) -> Money:
        return self.control - self.total


def _sql(kind: str) -> str:
    return _RECEIVABLES if kind == RECEIVABLE else _PAYMENTS


def _bounds(kind: str, as_of: AsOf) -> dict[str, Any]:
    return {
        "market": as_of.market,
        "on": as_of.on,
        "known_at": as_of.known_at or "infinity",
        "codes": list(ACCOUNTS[kind]),
    }


def _band(kind: str, days: int) -> int:
    """The place among the bands of a list: receivables have one more in front, for what is not past due."""
    if kind != RECEIVABLE:
        return band_of(days)
    return band_of(days) + 1 if days else 0


def bands_of(kind: str) -> Sequence[str]:
    return DUE_BANDS if kind == RECEIVABLE else BANDS


def aged(actor: Actor, kind: str, as_of: AsOf) -> list[Aged]:
    """What was open on a day by age, per currency, as now or as reported; two queries.

    `count` is of payments, or of due items. Receivables are aged item by item, by days past due.
    """
    actor.needs("ledger:view", market=as_of.market)
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(kind) + "SELECT currency, days, count(*), sum(open_minor)::bigint FROM open GROUP BY 1, 2",
            _bounds(kind, as_of),
        )
        rows = cursor.fetchall()
    control = balance_of(actor, as_of, ACCOUNTS[kind])
    labels = bands_of(kind)
    cells: dict[str, list[list[int]]] = {
        currency: [[0, 0] for _ in labels] for currency, balance in control.items() if balance
    }
    for currency, days, count, minor in rows:
        cell = cells.setdefault(currency, [[0, 0] for _ in labels])[_band(kind, days)]
        cell[0] += count
        cell[1] += minor
    sign = 1 if kind == RECEIVABLE else -1
    return [
        Aged(
            currency,
            [
                AgedBand(label, count, Money(minor, currency))
                for label, (count, minor) in zip(labels, cells[currency], strict=True)
            ],
            Money(sign * control.get(currency, Money(0, currency)).amount_minor, currency),
        )
        for currency in sorted(cells)
    ]


@dataclass(frozen=True, slots=True)
class AgedRow:
    """One payment, or one contract with its due items together: how old the oldest is, and what is open."""

    key_id: int
    days: int
    since: date
    open: Money
    bands: Sequence[Money]


def aged_rows(
    actor: Actor,
    kind: str,
    as_of: AsOf,
    currency: str,
    *,
    start: int,
    count: int,
    band: int | None = None,
) -> list[AgedRow]:
    """The rows behind a list, oldest first: payments, or contracts with what is open of each age; one query.

    `band`: only what has that age; of a contract, only its due items of that age.
    """
    actor.needs("ledger:view", market=as_of.market)
    labels = bands_of(kind)
    # Ages per band as a range of days, the last one open.
    first = {0: 0} if kind != RECEIVABLE else {0: 0, 1: 1}
    ranges = []
    for place in range(len(labels)):
        own = place if kind != RECEIVABLE else place - 1
        low = first.get(place, AGE_BANDS[own][1] if own >= 0 else 0)
        high = 0 if own < 0 else AGE_BANDS[own][2]
        ranges.append((low, 10**6 if high is None else high))
    sums = ", ".join(
        f"coalesce(sum(open_minor) FILTER (WHERE days BETWEEN {low} AND {high}), 0)::bigint"
        for low, high in ranges
    )
    low, high = (0, 10**6) if band is None else ranges[band]
    since = "due_on" if kind == RECEIVABLE else "value_on"
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(kind)
            + f"""
            SELECT key_id, max(days), min({since}), sum(open_minor)::bigint, {sums}
            FROM open WHERE currency = %(currency)s AND days BETWEEN {low} AND {high}
            GROUP BY key_id ORDER BY 2 DESC, 4 DESC, 1 LIMIT %(count)s OFFSET %(start)s
            """,
            _bounds(kind, as_of) | {"currency": currency, "start": start, "count": count},
        )
        return [
            AgedRow(key, days, since_on, Money(minor, currency), [Money(m, currency) for m in parts])
            for key, days, since_on, minor, *parts in cursor.fetchall()
        ]
