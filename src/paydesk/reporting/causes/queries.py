"""Why cases come: cases held against the payments of the same time, and the rows behind every figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncWeek

from paydesk.domain.cases.models import Case
from paydesk.domain.payments.models import Payment
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

NOT_LINKED = 0  # the provider of a case that no payment is linked to
LONGEST_SPAN = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases count: opened from `since` to `until`, both included, by UTC; "" and None for any."""

    since: date
    until: date
    market: str = ""
    category: str = ""
    provider_id: int | None = None
    method: str | None = None
    cause: str | None = None

    @property
    def opened(self) -> tuple[datetime, datetime]:
        """[from, to) as instants."""
        start = datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC)
        end = datetime(self.until.year, self.until.month, self.until.day, tzinfo=UTC)
        return start, end + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cause:
    """Cases of one provider, method and root cause ("" while nobody named one), beside the payments that
    came that way in the same days. Provider 0: no payment is linked, so there is nothing to hold against."""

    provider_id: int
    provider: str
    method: str
    cause: str
    cases: int
    payments: int

    @property
    def per_thousand(self) -> Decimal | None:
        return per_thousand(self.cases, self.payments)


def per_thousand(cases: int, payments: int) -> Decimal | None:
    """Cases per 1,000 payments with two decimals; None without a payment."""
    return (Decimal(cases * 1000) / payments).quantize(Decimal("0.01")) if payments else None


def cases_asked(actor: Actor, asked: Asked) -> QuerySet[Case]:
    """The cases that are counted, but for provider and method; no order. What was merged counts once."""
    start, end = asked.opened
    found = in_markets(Case.objects.filter(opened_at__gte=start, opened_at__lt=end), actor)
    found = found.exclude(state="merged")
    if asked.market:
        found = found.filter(market=asked.market)
    if asked.category:
        found = found.filter(category=asked.category)
    return found if asked.cause is None else found.filter(root_cause=asked.cause)


def causes(actor: Actor, asked: Asked) -> list[Cause]:
    """Cases per 1,000 payments by provider, method and cause, most cases first; one query.

    A case counts with the first payment linked to it that nobody took off. The method is what the provider's
    row says (wallet, card), else what kind of provider it is.
    """
    inner, given = cases_asked(actor, asked).order_by().values("pk").query.sql_with_params()
    markets = [asked.market] if asked.market else None
    if actor.markets is not None:
        markets = sorted(actor.markets & {asked.market}) if asked.market else sorted(actor.markets)
    narrowed = {"provider": asked.provider_id, "method": asked.method}
    values: list[Any] = [asked.since, asked.until, markets, markets, *given]
    values += [narrowed["provider"], narrowed["provider"], narrowed["method"], narrowed["method"]]
    with connection.cursor() as cursor:
        cursor.execute(CAUSES.replace("{cases}", inner), values)
        return [Cause(*row) for row in cursor.fetchall()]


METHOD = "left(coalesce(nullif(lower(t.channel), ''), pr.kind), 40)"
CAUSES = f"""
WITH paid AS (
    SELECT pr.id AS provider_id, {METHOD} AS method, count(*) AS payments
      FROM payments_payment p
      JOIN providers_sourceaccount a ON a.id = p.source_account_id
      JOIN providers_provider pr ON pr.id = a.provider_id
      JOIN statements_statementline t ON t.id = p.statement_line_id
     WHERE p.value_on BETWEEN %s AND %s AND (%s::text[] IS NULL OR p.market = ANY(%s::text[]))
       AND p.state <> 'unposted'
     GROUP BY 1, 2
), counted AS (
    SELECT c.id, c.root_cause, coalesce(w.provider_id, 0) AS provider_id, coalesce(w.method, '') AS method
      FROM cases_case c
      LEFT JOIN LATERAL (
          SELECT pr.id AS provider_id, {METHOD} AS method
            FROM cases_caselink l
            JOIN payments_payment p ON p.id = l.object_id
            JOIN providers_sourceaccount a ON a.id = p.source_account_id
            JOIN providers_provider pr ON pr.id = a.provider_id
            JOIN statements_statementline t ON t.id = p.statement_line_id
           WHERE l.case_id = c.id AND l.kind = 'payment' AND l.state <> 'rejected'
           ORDER BY l.id LIMIT 1
      ) w ON true
     WHERE c.id IN ({{cases}})
)
SELECT k.provider_id, coalesce(pr.name, ''), k.method, k.root_cause, count(*)::int,
       coalesce(max(paid.payments), 0)::int
  FROM counted k
  LEFT JOIN providers_provider pr ON pr.id = k.provider_id
  LEFT JOIN paid ON paid.provider_id = k.provider_id AND paid.method = k.method
 WHERE (%s::int IS NULL OR k.provider_id = %s::int) AND (%s::text IS NULL OR k.method = %s::text)
 GROUP BY 1, 2, 3, 4
 ORDER BY 5 DESC, 2, 3, 4
"""  # noqa: S608 - what is put in is our own SQL


def rows_behind(actor: Actor, asked: Asked) -> QuerySet[Case]:
    """The cases behind a figure of `causes`, newest first."""
    found = cases_asked(actor, asked)
    if asked.provider_id is not None or asked.method is not None:
        inner, given = found.order_by().values("pk").query.sql_with_params()
        counted = CAUSES[CAUSES.index("SELECT c.id, c.root_cause") : CAUSES.index("\n)\nSELECT k.")]
        sql = (
            f"SELECT k.id FROM ({counted.replace('{cases}', inner)}) k"  # noqa: S608 - our own SQL
            " WHERE (%s::int IS NULL OR k.provider_id = %s::int)"
            " AND (%s::text IS NULL OR k.method = %s::text)"
        )
        wanted = [asked.provider_id, asked.provider_id, asked.method, asked.method]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*given, *wanted])
            found = found.filter(pk__in=[row[0] for row in cursor.fetchall()])
    return found.select_related("customer").order_by("-opened_at", "-pk")


def payments_in(actor: Actor, asked: Asked) -> int:
    """Payments of these days, however they came; one query."""
    found = Payment.objects.filter(value_on__range=(asked.since, asked.until)).exclude(state="unposted")
    return in_markets(found.filter(market=asked.market) if asked.market else found, actor).count()


@dataclass(frozen=True, slots=True)
class Weekly:
    """Cases of one cause, week by week (Mondays, in the order of `weeks`), with the sum."""

    cause: str
    by_week: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.by_week)


def weeks_of(asked: Asked) -> list[date]:
    """The Mondays of the weeks that the days touch."""
    first = asked.since - timedelta(days=asked.since.weekday())
    return [first + timedelta(weeks=n) for n in range((asked.until - first).days // 7 + 1)]


def by_week(actor: Actor, asked: Asked) -> list[Weekly]:
    """Volume by cause over time, the most frequent first; one query."""
    weeks = weeks_of(asked)
    found = cases_asked(actor, asked).order_by()
    rows = found.annotate(week=TruncWeek("opened_at", tzinfo=UTC)).values("root_cause", "week")
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    for row in rows.annotate(cases=Count("pk")):
        counts[row["root_cause"]][row["week"].date()] = row["cases"]
    lines = [Weekly(cause, tuple(known.get(week, 0) for week in weeks)) for cause, known in counts.items()]
    return sorted(lines, key=lambda line: (-line.total, line.cause))


def per_million(actor: Actor, asked: Asked) -> int | None:
    """Cases per million payments, whole; None without a payment. Two queries."""
    payments = payments_in(actor, asked)
    return cases_asked(actor, asked).count() * 1_000_000 // payments if payments else None


def figures(rows: Sequence[Cause]) -> tuple[int, int]:
    """(cases, those of them whose cause is named)."""
    return sum(row.cases for row in rows), sum(row.cases for row in rows if row.cause)
