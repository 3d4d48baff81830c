"""Reads about files and their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from paydesk.domain.providers.expected import due_weekdays
from paydesk.domain.statements import rules
from paydesk.domain.statements.models import (
    RejectedLine,
    SourceFile,
    StagedLine,
    StatementHead,
    StatementLine,
)
from paydesk.domain.statements.states import WAITING
from paydesk.foundation.clocks.queries import closed_days_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


def files(actor: Actor, **filters: Any) -> QuerySet[SourceFile]:
    """Files of the markets the actor works in and those without an account yet, newest first; one query."""
    seen = SourceFile.objects.select_related("source_account__provider", "profile").filter(**filters)
    if actor.markets is not None:
        seen = seen.filter(Q(source_account__isnull=True) | Q(source_account__market__in=actor.markets))
    return seen.order_by("-id")


def waiting_files(actor: Actor) -> int:
    """How many files wait for a person: for their mapping, or with their preview; one query."""
    return files(actor, state__in=WAITING).count()


def file_for(actor: Actor, file_id: int) -> SourceFile:
    """One file the actor may see; raises SourceFile.DoesNotExist otherwise."""
    return files(actor).get(pk=file_id)


@dataclass(frozen=True, slots=True)
class KindTotal:
    """Rows of one kind, status and currency that come to the same end: how many, their sum (exact, signed).

    `why` says why they make no payment and is empty for those that do; `payments` counts the new ones.
    `fee` is what the provider kept back of them, exact.
    """

    kind: str
    status: str
    currency: str
    why: str
    rows: int
    amount: Decimal
    new: int
    known: int
    in_conflict: int
    payments: int
    payments_minor: int
    fee: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        """What the rows leave on the account."""
        return self.amount - self.fee


@dataclass(frozen=True, slots=True)
class Preview:
    """What posting a file would bring, before anyone confirms it.

    `payments` and `payments_amount` are the new payments it makes: a source account has one currency.
    """

    totals: Sequence[KindTotal]
    new: int
    known: int
    in_conflict: int
    place: rules.Place
    balance_notes: Sequence[str]
    payments: int
    payments_amount: Money | None


def preview(file: SourceFile) -> Preview:
    """Counts and totals by kind and status, new against known, gap and overlap, balance continuity."""
    account = file.source_account
    totals = _kind_totals(file)
    return Preview(
        totals=totals,
        new=sum(total.new for total in totals),
        known=sum(total.known for total in totals),
        in_conflict=sum(total.in_conflict for total in totals),
        place=_place(file),
        balance_notes=_balance_notes(file, [(t.status, t.amount) for t in totals]),
        payments=sum(total.payments for total in totals),
        payments_amount=Money(sum(t.payments_minor for t in totals), account.currency) if account else None,
    )


def seen_mark(file: SourceFile) -> str:
    """A mark of what a preview shows: another one when the file changed or rows of its account came in."""
    posted = SourceFile.objects.filter(
        source_account_id=file.source_account_id, state__in=["posting", "posted"]
    ).aggregate(files=Count("pk"), rows=Sum("new_count", default=0))
    return f"{file.revision}-{posted['files']}-{posted['rows']}"


def _kind_totals(file: SourceFile) -> list[KindTotal]:
    """The staged rows by kind, status, currency and what becomes of them; one query."""
    account = file.source_account
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT kind, status, currency, sign(amount_minor)::int, count(*), sum(amount),
                   coalesce(sum(fee), 0),
                   count(*) FILTER (WHERE is_new),
                   count(*) FILTER (
                       WHERE NOT is_new AND amount = stored_amount AND currency = stored_currency),
                   count(*) FILTER (
                       WHERE NOT is_new AND NOT (amount = stored_amount AND currency = stored_currency)),
                   coalesce(sum(amount_minor) FILTER (WHERE is_new), 0)::bigint
            FROM (
                SELECT s.kind, s.status, s.currency, s.amount, s.amount_minor, s.fee,
                       l.id IS NULL AND row_number() OVER same_row = 1 AS is_new,
                       coalesce(l.amount, first_value(s.amount) OVER same_row) AS stored_amount,
                       coalesce(l.currency, first_value(s.currency) OVER same_row) AS stored_currency
                FROM statements_stagedline s
                LEFT JOIN statements_statementline l
                    ON l.source_account_id = %(account)s AND l.line_key = s.line_key
                WHERE s.file_id = %(file)s
                WINDOW same_row AS (PARTITION BY s.line_key ORDER BY s.line_no)
            ) row
            GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            """,
            {"file": file.pk, "account": file.source_account_id or 0},
        )
        found: dict[tuple[str, str, str, str], KindTotal] = {}
        for row in cursor.fetchall():
            kind, status, currency, effect, rows, amount, fee, new, known, in_conflict, minor = row
            why = rules.why_no_payment(
                kind, status, currency, effect,
                role=account.role if account else "", account_currency=account.currency if account else "",
            )  # fmt: skip
            paid = (0, 0) if why else (new, minor)
            total = KindTotal(kind, status, currency, why, rows, amount, new, known, in_conflict, *paid, fee)
            before = found.get((kind, status, currency, why))
            found[kind, status, currency, why] = total if before is None else _both(before, total)
    return list(found.values())


def _both(one: KindTotal, other: KindTotal) -> KindTotal:
    return KindTotal(
        one.kind, one.status, one.currency, one.why,
        one.rows + other.rows, one.amount + other.amount, one.new + other.new, one.known + other.known,
        one.in_conflict + other.in_conflict, one.payments + other.payments,
        one.payments_minor + other.payments_minor, one.fee + other.fee,
    )  # fmt: skip


def _place(file: SourceFile) -> rules.Place:
    """Where the time a file covers lies among the other files of its account; at most three queries."""
    if file.source_account_id is None or file.covers_from is None or file.covers_to is None:
        return rules.Place()
    others = SourceFile.objects.filter(
        source_account_id=file.source_account_id, state__in=["posting", "posted"], covers_from__isnull=False
    ).exclude(pk=file.pk)
    start, end = file.covers_from, file.covers_to
    near = [
        *others.filter(covers_to__lte=start).order_by("-covers_to", "-id")[:1],
        *others.filter(covers_from__lte=end, covers_to__gte=start),
        *others.filter(covers_from__gte=end).order_by("covers_from", "id")[:1],
    ]
    periods = {f.pk: rules.Period(f.pk, f.filename, f.covers_from, f.covers_to) for f in near}
    return rules.place_of(start, end, list(periods.values()))


def _statement_before(file: SourceFile, first: StatementHead) -> StatementHead | None:
    """The statement of the account that ends next before this one begins: by its dates, else its rows."""
    others = (
        StatementHead.objects.select_related("file")
        .filter(
            file__source_account_id=file.source_account_id,
            file__state__in=["posting", "posted"],
            closing__isnull=False,
        )
        .exclude(file=file)
    )
    if first.opened_on is not None:
        dated = others.filter(closed_on__lte=first.opened_on).order_by("-closed_on", "-id").first()
        if dated is not None:
            return dated
    if file.covers_from is None:
        return None
    return others.filter(file__covers_to__lte=file.covers_from).order_by("-file__covers_to", "-id").first()


def _balance_notes(file: SourceFile, sums: Sequence[tuple[str, Decimal]]) -> list[str]:
    heads = list(StatementHead.objects.filter(file=file).order_by("id"))
    notes = []
    if heads and heads[0].opening is not None:
        before = _statement_before(file, heads[0])
        if before and before.closing != heads[0].opening:
            notes.append(
                f"The statement opens with {heads[0].opening:,.2f} {heads[0].currency}, but the one before "
                f"({before.file.filename}) closed with {before.closing:,.2f}. "
                "A statement between them may be missing."
            )
        elif before:
            notes.append(f"The opening balance equals the closing balance of {before.file.filename}.")
    for earlier, later in zip(heads, heads[1:], strict=False):
        if None not in (earlier.closing, later.opening) and earlier.closing != later.opening:
            notes.append(
                f"Statement {later.number or ''} opens with {later.opening:,.2f}, the one before closed with "
                f"{earlier.closing:,.2f}."
            )
    if len(heads) == 1 and heads[0].opening is not None and heads[0].closing is not None:
        moved = sum((amount for status, amount in sums if status == "success"), Decimal(0))
        off = heads[0].opening + moved - heads[0].closing
        if off:
            notes.append(
                f"Opening {heads[0].opening:,.2f} plus rows {moved:,.2f} is not closing "
                f"{heads[0].closing:,.2f}: {abs(off):,.2f} differs. "
                "The file can still be posted; ask the bank for the missing rows."
            )
        else:
            notes.append("Opening balance plus all rows equals the closing balance.")
    return notes


def staged_lines(file: SourceFile) -> QuerySet[StagedLine]:
    """The rows of a file that is not posted yet, in file order."""
    return StagedLine.objects.filter(file_id=file.pk).order_by("line_no")


def statements_in(file: SourceFile) -> QuerySet[StatementHead]:
    """The statements inside a file, with their balances, in file order."""
    return StatementHead.objects.filter(file=file).order_by("id")


def rejected_lines(file: SourceFile) -> QuerySet[RejectedLine]:
    """Rejected rows of a file in file order."""
    return RejectedLine.objects.filter(file=file).order_by("line_no")


def raw_columns_of_rejected(file: SourceFile) -> list[str]:
    """The columns of the rejected rows as the file names them, in file order; empty where it is no table."""
    columns: dict[str, None] = {}
    for raw in rejected_lines(file).values_list("raw", flat=True)[:200]:
        row = rules.raw_row(raw)
        columns.update(dict.fromkeys(row) if isinstance(row, dict) else {})
    return list(columns)


def lines_of(file: SourceFile) -> QuerySet[StatementLine]:
    """Stored lines of a file in file order, each with its payment if it became one."""
    return StatementLine.objects.filter(file=file).select_related("payment").order_by("line_no")


def lines_by_id(line_ids: Sequence[int | None]) -> dict[int | None, StatementLine]:
    """Stored lines with their files, by id; one query."""
    wanted = [number for number in line_ids if number is not None]
    return dict(StatementLine.objects.select_related("file").in_bulk(wanted)) if wanted else {}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the files of one source account reach."""

    account_id: int
    account: str
    provider: str
    market: str
    currency: str
    role: str
    covers_to: datetime | None
    last_posted_at: datetime | None
    provider_kind: str
    time_zone: str
    expected_every_days: int
    weekdays: frozenset[int]  # on which a file is due
    closed: frozenset[date]  # holidays on which none is
    days_behind: int | None

    def is_due_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.closed


def coverage(actor: Actor, now: datetime) -> list[Coverage]:
    """How far each source account is in, the furthest behind first; one query, another for holidays."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.id, s.name, p.name, s.market, s.currency, s.role, max(f.covers_to), max(f.posted_at),
                   p.kind, s.time_zone, s.expected_every_days, s.expected_weekdays,
                   s.closed_on_holidays
            FROM providers_sourceaccount s
            JOIN providers_provider p ON p.id = s.provider_id
            LEFT JOIN statements_sourcefile f ON f.source_account_id = s.id AND f.state = 'posted'
            WHERE %(all)s OR s.market = ANY (%(markets)s)
            GROUP BY s.id, p.id ORDER BY max(f.covers_to) NULLS FIRST, s.name
            """,
            {"all": actor.markets is None, "markets": sorted(actor.markets or ())},
        )
        rows = cursor.fetchall()
    closed = closed_days_of({row[3] for row in rows if row[12]})
    return [
        Coverage(
            *row[:11],
            weekdays=due_weekdays(row[8], row[11]),
            closed=closed[row[3]] if row[12] else frozenset(),
            days_behind=(now.date() - row[6].date()).days if row[6] else None,
        )
        for row in rows
    ]


def days_in(actor: Actor, *, since: date, through: date) -> dict[int, set[date]]:
    """The days each source account has posted files for, by account id, in the account's own time zone.

    A file stands for the days from its first to its last row, and for those its statements name; one query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH posted AS (
                SELECT f.id, f.source_account_id AS account_id,
                       (f.covers_from AT TIME ZONE s.time_zone)::date AS first,
                       (f.covers_to AT TIME ZONE s.time_zone)::date AS last
                FROM statements_sourcefile f JOIN providers_sourceaccount s ON s.id = f.source_account_id
                WHERE f.state = 'posted' AND f.posted_at >= %(since)s
                  AND (%(all)s OR s.market = ANY (%(markets)s))
            ), span AS (
                SELECT account_id, first, last FROM posted
                UNION ALL
                SELECT p.account_id, h.opened_on, h.closed_on
                FROM posted p JOIN statements_statementhead h ON h.file_id = p.id
                WHERE h.opened_on IS NOT NULL AND h.closed_on IS NOT NULL
            )
            SELECT DISTINCT account_id, day::date
            FROM span CROSS JOIN LATERAL generate_series(
                greatest(first, %(since)s::date), least(last, %(through)s::date), interval '1 day'
            ) day
            """,
            {
                "since": since,
                "through": through,
                "all": actor.markets is None,
                "markets": sorted(actor.markets or ()),
            },
        )
        found: dict[int, set[date]] = {}
        for account_id, day in cursor.fetchall():
            found.setdefault(account_id, set()).add(day)
        return found
