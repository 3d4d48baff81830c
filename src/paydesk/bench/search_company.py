"""A company to search: customers, contracts, rows and payments by the million, filled by SQL.

Nothing is posted and nothing is owed: there are no journal entries, allocations or due items behind these
payments, and the secondary indexes are made after the rows. Names and numbers are invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from paydesk.bench.results import Bench
from paydesk.demo.names import FAMILY, GIVEN
from paydesk.domain.providers.models import Provider, SourceAccount
from paydesk.domain.statements.models import SourceFile
from paydesk.kernel.refused import Refused

LAST_DAY = date(2026, 3, 2)
DAYS = 365
BYTES_PER_CUSTOMER, BYTES_PER_PAYMENT = 1_500, 1_500  # measured, with indexes; see docs/performance.md
_CHUNK = 500_000
_SYLLABLES = (
    "ba be bo da de do fa fe fo ga ge go ka ke ko la le lo ma me mo na ne no pa pe po ra re ro sa se so "
    "ta te to wa we wo ya"
)
_TABLES = (
    "parties_customer", "parties_customerphone", "parties_party", "parties_nameword", "contracts_contract",
    "statements_statementline", "payments_payment",
)  # fmt: skip

# Every figure of a row is made from its number, so that a measurement can ask for what is there.
_CUSTOMERS = (
    """
    INSERT INTO parties_customer (id, market, name, external_ref, opened_at, created_by, version)
    OVERRIDING SYSTEM VALUE
    SELECT n, CASE WHEN n %% 5 < 3 THEN 'GH' ELSE 'KE' END,
           (%(given)s::text[])[1 + n %% %(givens)s] || ' ' || CASE WHEN n %% 10 < 6
               THEN (%(family)s::text[])[1 + (n / %(givens)s) %% %(families)s]
               ELSE initcap((%(syllables)s::text[])[1 + m %% 40] || (%(syllables)s::text[])[1 + m / 40 %% 40]
                            || (%(syllables)s::text[])[1 + m / 1600 %% 40]) END,
           'C' || lpad(n::text, 8, '0'), now(), 'system:bench', 1
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n, LATERAL (SELECT n * 48271 %% 64000) made(m)
    """,
    """
    INSERT INTO parties_customerphone (customer_id, msisdn)
    SELECT n, CASE WHEN n %% 5 < 3 THEN '2332' ELSE '2547' END || lpad((n * 48271 %% 99999989)::text, 8, '0')
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
    """,
    """
    INSERT INTO parties_party (market, kind, name, external_ref, opened_at, created_by)
    SELECT CASE WHEN n %% 5 < 3 THEN 'GH' ELSE 'KE' END, 'seller',
           (%(given)s::text[])[1 + n %% %(givens)s] || ' ' || initcap(
               (%(syllables)s::text[])[1 + n / 10 %% 40] || (%(syllables)s::text[])[1 + n / 400 %% 40]
           ) || ' Stores', 'S-' || n, now(), 'system:bench'
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n WHERE n %% 10 = 0
    """,
    """
    INSERT INTO contracts_contract (id, market, customer_id, account_number, account_key, product, currency,
        price_minor, deposit_minor, state, allocation_order, opened_on, activated_on, created_by, version)
    OVERRIDING SYSTEM VALUE
    SELECT c.id, c.market, c.id, k.key, k.key, 'Phone', CASE c.market WHEN 'GH' THEN 'GHS' ELSE 'KES' END,
           30000, 0, 'active', 'due_date_1', '2026-01-01', '2026-01-01', 'system:bench', 1
    FROM parties_customer c, LATERAL (SELECT (7000000000 + c.id)::text) k(key)
    WHERE c.id BETWEEN %(first)s::bigint AND %(last)s::bigint ORDER BY c.id
    """,
)
# One row in 25 is no payment, one in 2,000 is in suspense, one in ten has no reference.
_PAYMENTS = (
    """
    INSERT INTO statements_statementline (id, file_id, source_account_id, line_no, line_key, kind, status,
        amount, amount_minor, currency, reference, provider_ref, network_ref, batch_key, account, msisdn,
        payer_name, text, channel, occurred_at, booked_on, value_on, account_keys, text_keys, raw)
    OVERRIDING SYSTEM VALUE
    SELECT n, %(file)s, CASE c.market WHEN 'GH' THEN %(gh)s ELSE %(ke)s END, n,
           lpad(to_hex(n), 32, '0')::uuid, CASE WHEN n %% 25 = 0 THEN 'failed' ELSE 'payment' END,
           CASE WHEN n %% 25 = 0 THEN 'failed' ELSE 'success' END, a.minor / 100.0, a.minor,
           CASE c.market WHEN 'GH' THEN 'GHS' ELSE 'KES' END, r.reference, upper(substr(md5(n::text), 1, 10)),
           CASE WHEN n %% 3 = 0 THEN (10000000000 + n * 3)::text ELSE '' END, '', '', p.msisdn, upper(c.name),
           'Pay bill', 'momo', d.on_day + interval '12 hours', d.on_day, d.on_day,
           CASE WHEN r.reference = '' THEN '{}'::text[] ELSE ARRAY[r.reference] END, '{}',
           format('{"Receipt": "%%s", "Completed": "%%s", "Paid In": "%%s", "A/C No.": "%%s", "Tel": "%%s"}',
                  upper(substr(md5(n::text), 1, 10)), d.on_day, a.minor / 100.0, r.reference, p.msisdn)
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
    JOIN parties_customer c ON c.id = 1 + n * 7919 %% %(customers)s
    CROSS JOIN LATERAL (SELECT msisdn FROM parties_customerphone WHERE customer_id = c.id LIMIT 1) p
    CROSS JOIN LATERAL (SELECT 500 + (n * 48271 %% 400) * 50) a(minor)
    CROSS JOIN LATERAL (
        SELECT %(last_day)s::date - (%(days)s - 1 - n * %(days)s / (%(payments)s + 1))::int
    ) d(on_day)
    CROSS JOIN LATERAL (SELECT CASE WHEN n %% 10 = 0 THEN '' ELSE (7000000000 + c.id)::text END) r(reference)
    ORDER BY n
    """,
    """
    INSERT INTO payments_payment (id, market, source_account_id, statement_line_id, evidence_key, state,
        amount_minor, currency, paid_at, received_at, booked_on, value_on, customer_id, contract_id, rule,
        matched_key, allocated_minor, credited_minor, version)
    OVERRIDING SYSTEM VALUE
    SELECT l.id, CASE l.source_account_id WHEN %(gh)s THEN 'GH' ELSE 'KE' END, l.source_account_id, l.id,
           'bench:' || l.id, 'received', l.amount_minor, l.currency, l.occurred_at, l.occurred_at,
           l.booked_on, l.value_on, k.customer_id, k.customer_id,
           CASE WHEN k.customer_id IS NULL THEN '' ELSE 'account_number' END,
           l.reference, CASE WHEN k.customer_id IS NULL THEN 0 ELSE l.amount_minor END, 0, 1
    FROM statements_statementline l
    CROSS JOIN LATERAL (
        SELECT CASE WHEN l.id %% 2000 <> 1 THEN 1 + l.id * 7919 %% %(customers)s END
    ) k(customer_id)
    WHERE l.id BETWEEN %(first)s::bigint AND %(last)s::bigint AND l.kind = 'payment' ORDER BY l.id
    """,
)


def bytes_needed(customers: int, payments: int) -> int:
    """Room on the server's disk for a company of this size."""
    return customers * BYTES_PER_CUSTOMER + payments * BYTES_PER_PAYMENT


@dataclass(frozen=True)
class Company:
    """What was filled, and how to ask for it."""

    customers: int
    payments: int

    def of_ghana(self, dice: random.Random) -> int:
        """The number of a customer of the market that is searched."""
        while True:
            number = dice.randint(1, self.customers)
            if number % 5 < 3:
                return number

    def name(self, connection: psycopg.Connection[Any], customer: int) -> str:
        return str(_one(connection, "SELECT name FROM parties_customer WHERE id = %s", customer))

    def phone(self, customer: int) -> str:
        return f"2332{customer * 48271 % 99999989:08d}"

    def account_number(self, customer: int) -> str:
        return str(7_000_000_000 + customer)

    def payment(self, dice: random.Random) -> int:
        """The number of a payment of the market that is searched."""
        while True:
            number = dice.randint(1, self.payments)
            if number % 25 and (1 + number * 7919 % self.customers) % 5 < 3:
                return number

    def provider_ref(self, connection: psycopg.Connection[Any], payment: int) -> str:
        return str(_one(connection, "SELECT upper(substr(md5(%s::text), 1, 10))", payment))

    def amount_minor(self, payment: int) -> int:
        return 500 + payment * 48271 % 400 * 50

    def value_on(self, payment: int) -> date:
        return LAST_DAY - timedelta(days=DAYS - 1 - payment * DAYS // (self.payments + 1))


def _one(connection: psycopg.Connection[Any], query: str, value: int) -> Any:
    row = connection.execute(query, [value]).fetchone()  # type: ignore[arg-type]
    assert row
    return row[0]


def filled(connection: psycopg.Connection[Any]) -> Company | None:
    """The company that a database which was kept has; None in a new one.

    Raises Refused where filling it was broken off.
    """
    if not _value(connection, "SELECT to_regclass('bench_company') IS NOT NULL"):
        return None
    size = connection.execute("SELECT customers, payments FROM bench_company").fetchone()
    if size is None:
        name = _value(connection, "SELECT current_database()")
        raise Refused(f"Filling {name} was broken off; drop this database, or keep another name.")
    return Company(*size)


def _value(connection: psycopg.Connection[Any], query: LiteralString) -> Any:
    row = connection.execute(query).fetchone()
    assert row
    return row[0]


def fill(bench: Bench, url: str, *, customers: int, payments: int) -> Company:
    """Fill the empty database of `url`, whose owner this is; indexes are taken off meanwhile."""
    values: dict[str, Any] = {
        "given": GIVEN["GH"].split(), "givens": len(GIVEN["GH"].split()),
        "family": FAMILY["GH"].split(), "families": len(FAMILY["GH"].split()),
        "syllables": _SYLLABLES.split(), "customers": customers, "payments": payments,
        "last_day": LAST_DAY, "days": DAYS,
    }  # fmt: skip
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SET synchronous_commit = off")
        connection.execute("CREATE TABLE bench_company (customers bigint, payments bigint)")
        values |= _accounts()
        with _without_indexes(bench, connection):
            _in_chunks(bench, connection, "customers", _CUSTOMERS, customers, values)
            # What the trigger would do, for all at once.
            connection.execute(
                "INSERT INTO parties_nameword SELECT DISTINCT w FROM"
                " (SELECT name FROM parties_customer UNION ALL SELECT name FROM parties_party) n,"
                " regexp_split_to_table(lower(name), ' ') w WHERE length(w) >= 3"
            )
            connection.execute("CREATE INDEX bench_phone ON parties_customerphone (customer_id)")
            connection.execute("ANALYZE")
            _in_chunks(bench, connection, "payments", _PAYMENTS, payments, values)
            connection.execute("DROP INDEX bench_phone")
        bench.say("Gathering statistics ...")
        connection.execute("VACUUM ANALYZE")
        connection.execute("INSERT INTO bench_company VALUES (%s, %s)", [customers, payments])
    return Company(customers, payments)


def _accounts() -> dict[str, int]:
    provider = Provider.objects.create(code="bench", name="Bench", kind="mobile_money")
    accounts = {
        market: SourceAccount.objects.create(
            provider=provider,
            market=market,
            name="Bench collections",
            identifier=f"till-{market}",
            currency=currency,
            role="originates",
            time_zone="UTC",
        )
        for market, currency in (("GH", "GHS"), ("KE", "KES"))
    }
    file = SourceFile.objects.create(
        document_id=1,
        filename="bench.csv",
        sha256="0" * 64,
        size_bytes=1,
        source_account=accounts["GH"],
        state="posted",
        uploaded_by="system:bench",
        uploaded_at=datetime(2026, 3, 2, 12, 0, tzinfo=UTC),
    )
    return {"gh": accounts["GH"].pk, "ke": accounts["KE"].pk, "file": file.pk}


def _in_chunks(
    bench: Bench,
    connection: psycopg.Connection[Any],
    what: str,
    statements: tuple[str, ...],
    count: int,
    values: dict[str, Any],
) -> None:
    for first in range(1, count + 1, _CHUNK):
        last = min(first + _CHUNK - 1, count)
        for statement in statements:
            connection.execute(statement, {**values, "first": first, "last": last})  # type: ignore[arg-type]
        bench.say(f"  {last:,} of {count:,} {what}")


@contextmanager
def _without_indexes(bench: Bench, connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Rows come in without triggers and without indexes but those of constraints; both come back."""
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY (%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)",
        [list(_TABLES)],
    ).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    for table in _TABLES:
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    yield
    for name, definition in indexes:
        bench.say(f"Making the index {name} ...")
        connection.execute(definition)
    for table in _TABLES:
        connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
