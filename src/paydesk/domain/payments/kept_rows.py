"""Rows kept as evidence that made no payment: fees, reversals, pending and failed rows, other money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from paydesk.domain.statements.models import StatementLine
from paydesk.domain.statements.rules import why_no_payment
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

# Counted per account before the account is looked up: a file may hold a million rows.
_SELECT = """
    WITH kept AS (
        SELECT l.source_account_id, l.kind, l.status, l.currency, sign(l.amount_minor)::int AS effect,
               count(*) AS rows, sum(l.amount) AS amount
        FROM statements_statementline l
        LEFT JOIN payments_payment p ON p.statement_line_id = l.id
        WHERE p.id IS NULL AND l.file_id IN ({})
        GROUP BY 1, 2, 3, 4, 5
    )
    SELECT k.kind, k.status, k.currency, s.role, s.currency, k.rows, k.amount, k.effect
    FROM kept k JOIN providers_sourceaccount s ON s.id = k.source_account_id
    ORDER BY k.kind, k.status, k.currency
"""


@dataclass(frozen=True, slots=True)
class KeptRows:
    """Rows of one kind, status and currency without a payment: how many, their exact sum, and why."""

    kind: str
    status: str
    currency: str
    rows: int
    amount: Decimal
    why: str


def kept_rows_of_file(file_id: int) -> list[KeptRows]:
    """The rows a file brought that made no payment, by kind, status and currency; one query."""
    return _kept("%s", [file_id])


def kept_rows(actor: Actor, *, since: date) -> list[KeptRows]:
    """The same over the files posted since a day in the actor's markets; one query over their rows."""
    files = """SELECT f.id FROM statements_sourcefile f
               JOIN providers_sourceaccount a ON a.id = f.source_account_id
               WHERE f.state = 'posted' AND f.posted_at >= %s AND (%s OR a.market = ANY (%s))"""
    return _kept(files, [since, actor.markets is None, sorted(actor.markets or ())])


def kept_lines(actor: Actor, *, since: date) -> QuerySet[StatementLine]:
    """Those rows one by one, the newest file first, each with its file and account; one query."""
    found = StatementLine.objects.filter(
        payment__isnull=True, file__state="posted", file__posted_at__date__gte=since
    ).select_related("payment", "file__source_account__provider")
    return in_markets(found, actor, field="file__source_account__market").order_by("-file_id", "line_no")


def _kept(files: str, values: Sequence[object]) -> list[KeptRows]:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT.format(files), values)
        found: dict[tuple[str, str, str, str], tuple[int, Decimal]] = {}
        for kind, status, currency, role, account_currency, rows, amount, effect in cursor.fetchall():
            why = why_no_payment(kind, status, currency, effect, role=role, account_currency=account_currency)
            key = kind, status, currency, why or "An earlier row of the same payment made it."
            before = found.get(key, (0, Decimal(0)))
            found[key] = (before[0] + rows, before[1] + amount)
    return [
        KeptRows(kind, status, currency, rows, amount, why)
        for (kind, status, currency, why), (rows, amount) in found.items()
    ]
