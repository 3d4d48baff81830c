"""The proof of cash: what the books of an account moved, held against the balances that are shown."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection

from paydesk.domain.payments.models import ShownBalance
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import rules
from paydesk.domain.statements.models import SourceFile, StatementHead
from paydesk.kernel.money import exact_minor

HISTORY_DAYS = 14

_MOVED = """
SELECT booked_on, sum(amount_minor)::bigint FROM (
    SELECT booked_on, debit_minor - credit_minor AS amount_minor FROM books_daily_sum
    WHERE market = %(market)s AND code = %(code)s AND key_id = %(account)s AND currency = %(currency)s
    UNION ALL
    SELECT e.booked_on, p.amount_minor
    FROM ledger_account a
    JOIN ledger_posting p ON p.account_id = a.id JOIN ledger_entry e ON e.id = p.entry_id
    WHERE a.market = %(market)s AND a.code = %(code)s AND a.key_id = %(account)s AND a.currency = %(currency)s
      AND p.entry_id > (SELECT summed_through FROM books_horizon)
) part GROUP BY 1
"""
# Files list the newest row first or last; within a second the order of the file decides. A notice moves
# nothing; the answer to a question for balances is one per account of ours there, and no link of the chain.
_RUNNING = """
WITH line AS MATERIALIZED (
    SELECT l.id, l.file_id, l.line_no, l.occurred_at, coalesce(l.booked_on, l.value_on) AS day,
           payments_minor(l.balance, l.currency) AS balance,
           CASE WHEN l.status <> 'success' OR l.kind = 'failed' THEN 0
                ELSE coalesce(l.amount_minor, 0)
                     - CASE WHEN l.fee > 0 AND l.kind <> 'fee' AND %(keeps_fees)s
                            THEN payments_minor(l.fee, l.currency) ELSE 0 END
           END AS net
    FROM statements_sourcefile f JOIN statements_statementline l ON l.file_id = f.id
    WHERE f.source_account_id = %(account)s AND f.covers_to >= %(since)s AND NOT l.withdrawn
      AND l.balance IS NOT NULL AND l.currency = %(currency)s AND l.kind <> 'notice'
      AND coalesce(l.booked_on, l.value_on) >= %(since)s
), file AS (
    SELECT file_id, (array_agg(occurred_at ORDER BY line_no))[1]
           > (array_agg(occurred_at ORDER BY line_no DESC))[1] AS newest_first
    FROM line GROUP BY 1
), ordered AS (
    SELECT l.*, row_number() OVER w AS place, lag(l.balance) OVER w AS before
    FROM line l JOIN file f USING (file_id)
    WINDOW w AS (
        ORDER BY l.day, l.occurred_at, CASE WHEN f.newest_first THEN -l.line_no ELSE l.line_no END, l.id
    )
)
SELECT day, (array_agg(balance - net ORDER BY place))[1]::bigint,
       (array_agg(balance ORDER BY place DESC))[1]::bigint, sum(net)::bigint,
       count(*) FILTER (WHERE before + net <> balance),
       (array_agg(id ORDER BY place) FILTER (WHERE before + net <> balance))[1],
       coalesce((array_agg(balance - before - net ORDER BY place)
                 FILTER (WHERE before + net <> balance))[1], 0)::bigint
FROM ordered GROUP BY 1 ORDER BY 1
"""


def balance_proof(account: SourceAccount, *, today: date, days: int = HISTORY_DAYS) -> rules.Proof:
    """Books against what is shown for the last `days` days; four queries over the rows of those days."""
    since = today - timedelta(days=days - 1)
    values = {
        "market": account.market, "code": account.ledger_code, "account": account.pk,
        "currency": account.currency, "since": since,
        "keeps_fees": account.role == "originates" and account.ledger_code == "1020",
    }  # fmt: skip
    shown: dict[date, rules.Shown] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, values)
        moved = dict(cursor.fetchall())
        cursor.execute(_RUNNING, values)
        for day, opening, closing, total, breaks, first, off in cursor.fetchall():
            shown[day] = rules.Shown(day, closing, "rows", opening, total, breaks, first, off)
    for head in StatementHead.objects.filter(
        file__source_account=account, file__state__in=("posted", "posting"), closing__isnull=False,
        closed_on__gte=since,
    ).order_by("closed_on", "id"):  # fmt: skip
        closing = exact_minor(head.closing, account.currency)
        opening = exact_minor(head.opening, account.currency) if head.opening is not None else None
        if closing is not None and head.closed_on is not None and head.currency in ("", account.currency):
            one_day = opening if head.opened_on == head.closed_on else None
            shown[head.closed_on] = rules.Shown(head.closed_on, closing, "statement", one_day)
    for seen in ShownBalance.objects.filter(source_account=account, shown_on__gte=since).order_by("id"):
        shown[seen.shown_on] = rules.Shown(seen.shown_on, seen.amount_minor, "entered")
    before = _before_the_books(account, moved)
    span = [since + timedelta(days=n) for n in range(days)]
    carried = sum(amount for day, amount in moved.items() if day < since)
    return rules.prove(span, moved, carried, shown, before)


def _before_the_books(account: SourceAccount, moved: dict[date, int]) -> int | None:
    """What the provider held when our books began: the balance before the first row, or that of the first
    statement; None where nothing of the kind was handed over."""
    first = (
        SourceFile.objects.filter(source_account=account, state__in=("posted", "posting"), callbacks_on=None)
        .order_by("covers_from", "id")
        .first()
    )
    if first is None:
        return None
    head = StatementHead.objects.filter(file=first, opening__isnull=False).order_by("id").first()
    if head is not None and head.opening is not None:
        return exact_minor(head.opening, account.currency)
    with connection.cursor() as cursor:
        cursor.execute(
            _RUNNING.replace("f.source_account_id = %(account)s", "f.id = %(file)s"),
            {
                "file": first.pk, "since": date(1970, 1, 1), "currency": account.currency,
                "keeps_fees": account.role == "originates" and account.ledger_code == "1020",
            },
        )  # fmt: skip
        row = cursor.fetchone()
    return None if row is None else int(row[1]) - sum(v for day, v in moved.items() if day < row[0])
