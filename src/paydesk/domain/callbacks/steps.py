"""Keeping track of pending payments: heard of, settled by final rows, wherever those came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from paydesk.domain.callbacks.rules import ASK_AFTER
from paydesk.domain.payments.clocks import STALE_PENDING
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements import rules as line_rules
from paydesk.foundation.clocks import steps as clocks
from paydesk.importers.records import StatementLine

SUBJECT = "pending"  # what clocks and the audit trail call a pending payment


def follow(
    account: SourceAccount, lines: Sequence[StatementLine], *, now: datetime, promises: bool = True
) -> None:
    """Remember the pending payments among `lines`, settle those that are final; in any order, repeats are
    harmless. With `promises` False nothing new is remembered.

    Joins the caller's transaction; up to three statements.
    """
    pending = {line.provider_ref: line for line in lines if _is_awaited(line)}
    if pending and promises:
        _hear(account, list(pending.values()), now)
    finals = [line for line in lines if line.status != "pending"]
    # The id of a push is not the id of its payment, so a late "accepted" must find that it is over.
    pushes = [line for line in finals if line.network_ref.startswith("ws_CO_")]
    if pushes:
        _remember(account, pushes, now)
    for status, state in (("failed", "failed"), ("success", "received")):
        refs = [
            ref for line in finals if line.status == status for ref in (line.provider_ref, line.network_ref)
        ]
        if any(refs):
            settle_by_refs(account.pk, [ref for ref in refs if ref], state, now)


def _is_awaited(line: StatementLine) -> bool:
    """Whether a payment to us is promised by a line; money that goes out is nobody's to wait for."""
    return line.status == "pending" and line.kind == "payment" and line.amount >= 0


_SETTLES_FROM = {"failed": ["waiting", "stale"], "received": ["waiting", "stale", "failed", "expired"]}


def settle_by_refs(account_id: int, refs: Sequence[str], state: str, now: datetime) -> None:
    """Settle what is pending under `refs`; a success also after a failure, never the other way."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE callbacks_pendingpayment
            SET state = %s, settled_at = %s, due_at = NULL, version = version + 1
            WHERE id IN (
                SELECT id FROM callbacks_pendingpayment
                WHERE source_account_id = %s AND ask_ref = ANY (%s) AND state = ANY (%s)
                ORDER BY id FOR UPDATE
            ) RETURNING id
            """,
            [state, now, account_id, sorted(set(refs)), _SETTLES_FROM[state]],
        )
        settled = [row[0] for row in cursor.fetchall()]
    clocks.meet_clocks(STALE_PENDING, SUBJECT, settled, at=now)


def settle_by_lines(account_id: int, ask_ref: str, now: datetime) -> None:
    """Settle what is pending under `ask_ref` by rows that are stored: two workers may each have posted one of
    "accepted" and "paid" without seeing the other's. Joins the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT CASE WHEN bool_or(status = 'success') THEN 'received' ELSE 'failed' END
            FROM statements_statementline
            WHERE source_account_id = %s AND provider_ref = %s AND status <> 'pending'
              AND kind IN ('payment', 'failed')
            HAVING count(*) > 0
            """,
            [account_id, ask_ref],
        )
        found = cursor.fetchone()
    if found is not None:
        settle_by_refs(account_id, [ask_ref], found[0], now)


def _hear(account: SourceAccount, lines: Sequence[StatementLine], now: datetime) -> None:
    """Remember pending payments, but for those whose final row is stored."""
    rows = sorted(
        (
            line.provider_ref, line.reference, line_rules.minor_of(line) or None, line.currency, line.msisdn,
            line.payer_name,
        )
        for line in lines
        if line.provider_ref
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO callbacks_pendingpayment (
                source_account_id, ask_ref, reference, amount_minor, currency, msisdn, payer_name,
                heard_at, state, asked, due_at, closed_reason, version
            )
            SELECT %s, r.*, %s, 'waiting', 0, %s, '', 1
            FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[])
                r(ask_ref, reference, amount_minor, currency, msisdn, payer_name)
            WHERE NOT EXISTS (
                SELECT FROM statements_statementline l
                WHERE l.source_account_id = %s AND l.provider_ref = r.ask_ref AND l.status <> 'pending'
            )
            ON CONFLICT (source_account_id, ask_ref) DO NOTHING RETURNING id
            """,
            [account.pk, now, now + ASK_AFTER[0], *([row[n] for row in rows] for n in range(6)), account.pk],
        )
        heard = {row[0]: now for row in cursor.fetchall()}
    clocks.start_clocks(STALE_PENDING, SUBJECT, heard, market=account.market, now=now)


def _remember(account: SourceAccount, lines: Sequence[StatementLine], now: datetime) -> None:
    """Pushes that are over before anybody heard that they were accepted."""
    rows = sorted(
        {
            line.network_ref: (
                line.network_ref, line_rules.minor_of(line) or None, line.currency,
                "failed" if line.status == "failed" else "received",
            )
            for line in lines
        }.values()
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO callbacks_pendingpayment (
                source_account_id, ask_ref, reference, amount_minor, currency, msisdn, payer_name,
                heard_at, state, asked, settled_at, closed_reason, version
            )
            SELECT %s, r.ask_ref, '', r.amount_minor, r.currency, '', '', %s, r.state, 0, %s, '', 1
            FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[])
                r(ask_ref, amount_minor, currency, state)
            ON CONFLICT (source_account_id, ask_ref) DO NOTHING
            """,
            [account.pk, now, now, *([row[n] for row in rows] for n in range(4))],
        )


def follow_file(file_id: int, *, now: datetime) -> tuple[int, int]:
    """The same for the rows of a posted file: (pending payments heard of, settled). Set by set."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH final AS (
                SELECT p.id, CASE WHEN bool_or(l.status = 'success') THEN 'received' ELSE 'failed' END
                       AS state
                FROM statements_statementline l
                JOIN callbacks_pendingpayment p
                    ON p.source_account_id = l.source_account_id AND p.ask_ref = l.provider_ref
                WHERE l.file_id = %(file)s AND l.status <> 'pending' AND l.kind IN ('payment', 'failed')
                GROUP BY p.id
            )
            UPDATE callbacks_pendingpayment p
            SET state = f.state, settled_at = %(now)s, due_at = NULL, version = version + 1
            FROM final f
            WHERE p.id = f.id AND (p.state IN ('waiting', 'stale')
                OR (f.state = 'received' AND p.state IN ('failed', 'expired')))
            RETURNING p.id
            """,
            {"file": file_id, "now": now},
        )
        settled = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """
            INSERT INTO callbacks_pendingpayment (
                source_account_id, ask_ref, reference, amount_minor, currency, msisdn, payer_name,
                heard_at, state, asked, due_at, closed_reason, version
            )
            SELECT l.source_account_id, l.provider_ref, l.reference, nullif(greatest(l.amount_minor, 0), 0),
                   l.currency, l.msisdn, l.payer_name, least(coalesce(l.occurred_at, %(now)s), %(now)s),
                   'waiting', 0, %(now)s, '', 1
            FROM statements_statementline l
            JOIN providers_sourceaccount s ON s.id = l.source_account_id AND s.role = 'originates'
            WHERE l.file_id = %(file)s AND l.status = 'pending' AND l.kind = 'payment'
              AND l.provider_ref <> '' AND NOT EXISTS (
                  SELECT FROM statements_statementline f
                  WHERE f.source_account_id = l.source_account_id AND f.provider_ref = l.provider_ref
                    AND f.status <> 'pending'
              )
            ON CONFLICT (source_account_id, ask_ref) DO NOTHING RETURNING id, heard_at
            """,
            {"file": file_id, "now": now},
        )
        heard = dict(cursor.fetchall())
    clocks.meet_clocks(STALE_PENDING, SUBJECT, settled, at=now)
    market = SourceAccount.objects.values_list("market", flat=True).get(files=file_id)
    clocks.start_clocks(STALE_PENDING, SUBJECT, heard, market=market, now=now)
    return len(heard), len(settled)


def payments_by_file(file_ids: Sequence[int], line_ids: Sequence[int]) -> dict[int, int]:
    """How many of these new lines became payments, by their file."""
    counts = dict.fromkeys(file_ids, 0)
    if line_ids:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT l.file_id, count(*) FROM unnest(%s::bigint[]) n(id)
                CROSS JOIN LATERAL (SELECT file_id FROM statements_statementline WHERE id = n.id LIMIT 1) l
                WHERE EXISTS (SELECT FROM payments_payment p WHERE p.statement_line_id = n.id)
                GROUP BY 1
                """,
                [list(line_ids)],
            )
            counts |= dict(cursor.fetchall())
    return counts
