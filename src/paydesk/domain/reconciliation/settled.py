"""The settlements of an account: its batches as their rows state them, and what is wrong with them on a day.

Every row of a batch counts, whatever file or day it stands in; a run works out again the batches that have a
row on its day. Rows in another currency than the account's count here, though the ledger books none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import rules
from paydesk.domain.reconciliation.arrivals import Arrived, arrivals_of
from paydesk.domain.reconciliation.file_checks import FileCheck, of_files
from paydesk.domain.reconciliation.kept_fees import of_fees
from paydesk.domain.reconciliation.ledger_findings import Finding
from paydesk.domain.reconciliation.models import Run, Settlement
from paydesk.importers.settlements import PART_OF, WORDS
from paydesk.kernel.money import Money, minor_digits

_KINDS = {part: [kind for kind, of in PART_OF.items() if of == part] for part in WORDS if part != "fees"}
_PARTS = ",\n       ".join(
    f"coalesce(sum(l.amount) FILTER (WHERE l.kind IN ({', '.join(map(repr, kinds))})), 0) AS {part}"
    for part, kinds in _KINDS.items()
)
_BATCHES = f"""
WITH file AS (
    SELECT id FROM statements_sourcefile
    WHERE source_account_id = %(account)s AND state IN ('posted', 'posting') AND callbacks_on IS NULL
      AND covers_from < %(until)s AND covers_to >= %(since)s
), key AS (
    SELECT DISTINCT l.batch_key, l.currency FROM file f CROSS JOIN LATERAL (
        SELECT batch_key, currency, coalesce(booked_on, value_on) AS day FROM statements_statementline
        WHERE file_id = f.id AND NOT withdrawn AND status = 'success' AND batch_key <> '' OFFSET 0
    ) l
    WHERE l.day = %(day)s
)
SELECT k.batch_key, k.currency,
       min(l.day), coalesce(max(l.day) FILTER (WHERE l.kind = 'sweep'), max(l.day)),
       count(*) FILTER (WHERE l.kind <> 'sweep'),
       -sum(l.amount - coalesce(l.fee, 0)) FILTER (WHERE l.kind = 'sweep'),
       coalesce(array_agg(l.id ORDER BY l.id) FILTER (WHERE l.kind = 'sweep'), '{{}}'),
       coalesce(sum(CASE WHEN l.kind = 'fee' THEN l.amount - coalesce(l.fee, 0) ELSE -coalesce(l.fee, 0) END)
                FILTER (WHERE l.kind <> 'sweep'), 0) AS fees,
       {_PARTS}
FROM key k CROSS JOIN LATERAL (
    SELECT id, kind, amount, fee, coalesce(booked_on, value_on) AS day FROM statements_statementline
    WHERE batch_key = k.batch_key AND batch_key <> '' AND currency = k.currency
      AND source_account_id = %(account)s AND NOT withdrawn AND status = 'success'
      AND kind NOT IN ('failed', 'order', 'notice') OFFSET 0
) l
GROUP BY 1, 2 ORDER BY 1, 2
"""
_STORED = (
    "day", "first_on", "rows", *WORDS, "payout", "payout_line_ids", "standing", "run",
)  # fmt: skip
BATCH = 1_000
DAY = timedelta(days=1)  # rows may be booked on the day after they happened, which is what a file covers


def keep_settlements(run: Run) -> int:
    """Work out the batches that have a row on the day of a run and keep them; how many. Three statements.

    A batch of that day that no row names any more is gone: its file was un-posted.
    """
    account = run.source_account
    if not rules.settles_to_a_bank(account.role, account.ledger_code):
        return 0
    zone = ZoneInfo(account.time_zone)
    start = datetime.combine(run.day, time(), zone)
    with connection.cursor() as cursor:
        cursor.execute(
            _BATCHES,
            {"account": account.pk, "day": run.day, "since": start - DAY, "until": start + 2 * DAY},
        )
        found = [_settlement(run, row) for row in cursor.fetchall()]
    Settlement.objects.bulk_create(
        found, batch_size=BATCH, update_conflicts=True, update_fields=_STORED,
        unique_fields=["source_account", "batch_key", "currency"],
    )  # fmt: skip
    Settlement.objects.filter(source_account=account, day=run.day).exclude(run=run).delete()
    return len(found)


def _settlement(run: Run, row: tuple[object, ...]) -> Settlement:
    key, currency, first_on, day, rows, payout, payout_ids, fees, *parts = row
    told = dict(zip(_KINDS, parts, strict=True)) | {"fees": fees}
    made = Settlement(
        market=run.market, source_account=run.source_account, batch_key=key, currency=currency, day=day,
        first_on=first_on, rows=rows, payout=payout, payout_line_ids=payout_ids, run=run, **told,
    )  # fmt: skip
    made.standing = made.batch.standing
    return made


def of_settlements(account: SourceAccount, day: date, today: date) -> Iterator[Finding]:
    """What is wrong with the settlements that belong to a day; a handful of queries."""
    found = list(Settlement.objects.filter(source_account=account, day=day).order_by("batch_key", "currency"))
    if not found:
        return
    arrived = arrivals_of(found)
    names_rows = Settlement.objects.filter(source_account=account, rows__gt=0).exists()
    for each in found:
        yield from _wrong(each, account, arrived[each.pk], names_rows, (today - day).days)


def _wrong(
    found: Settlement, account: SourceAccount, arrived: list[Arrived], names_rows: bool, age_days: int
) -> Iterator[Finding]:
    batch = found.batch
    left: dict[str, object] = {"kind": "batch", "batch": found.batch_key, "currency": found.currency}
    left["amount_minor"] = _minor(batch.net, found.currency)
    paid = left | {"kind": "sweep", "amount_minor": _minor(batch.payout or Decimal(), found.currency)}

    def finding(kind: str, why: str, amount: Decimal, right: dict[str, object] | None = None) -> Finding:
        money = Money(abs(_minor(amount, found.currency)), found.currency)
        key = rules.settlement_key(found.batch_key, found.currency)
        return Finding(kind, why, money, left_key=key, left=left, right=right or {}, rule="settlement")

    if found.currency != account.currency:
        yield finding(
            "currency_mismatch",
            f"{batch.name} is settled in {found.currency}, and {account.name} is kept in {account.currency}: "
            f"none of its {found.rows:,} rows is in the books.",
            batch.net,
        )
        return
    if found.standing in ("short_paid", "over_paid"):
        kind = "short_settled" if found.standing == "short_paid" else "over_settled"
        yield finding(kind, batch.told(), batch.difference, paid)
    elif found.standing == "no_rows" and names_rows:
        yield finding("control_total_break", batch.told(), batch.payout or Decimal(), paid)
    elif (
        found.standing == "not_paid_out" and batch.net > 0 and not arrived and age_days > rules.BANK_LAG_DAYS
    ):
        yield finding(
            "missing_at_bank",
            f"{batch.told()} Nothing of it was seen at a bank within {age_days} days.",
            batch.net,
        )


def settle(run: Run, checks: Iterable[FileCheck], today: date) -> list[Finding]:
    """What is wrong with the files, the settlements and the fees of a run's day; its batches are worked out
    again, and of a dry run not kept."""
    before = transaction.savepoint()
    keep_settlements(run)
    found = [
        *of_files(checks, run.source_account, run.day),
        *of_settlements(run.source_account, run.day, today),
        *of_fees(run.source_account, run.day),
    ]
    if run.is_dry:
        transaction.savepoint_rollback(before)
    else:
        transaction.savepoint_commit(before)
    return found


def _minor(amount: Decimal, currency: str) -> int:
    """Whole minor units; what is finer is cut off, for a figure beside the exact sentence."""
    return int(amount.scaleb(minor_digits(currency)))
