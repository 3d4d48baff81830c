"""Reads about provider cash: balances held against the books, movements by kind, hours that are missing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, F, Q, QuerySet, Sum, When

from paydesk.domain.payments.models import (
    DayOfRows,
    HourOfRows,
    Payment,
    ReversalRow,
    SettlementBatch,
    ShownBalance,
    TransitRow,
)
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.providers.queries import expected_of
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.reporting.provider_cash import rules

HISTORY_DAYS = 14
PATIENT_DAYS = 2  # as long may a sweep be under way, and a row in doubt be without an owner
HOUR_DAYS = 3
ORIGINAL_DAYS = 180  # a reversal comes so long after its payment at most


@dataclass(frozen=True, slots=True)
class Moved:
    """What the rows of one kind came to: as stated, and what was kept back of them."""

    kind: str
    rows: int
    amount: Money
    fee: Money


def moved_by_kind(account: SourceAccount, *, since: date, through: date) -> list[Moved]:
    """What the final rows of an account came to, by kind, the largest first; one query."""
    found = (
        DayOfRows.objects.filter(
            source_account=account, day__range=(since, through), currency=account.currency
        )
        .values("kind")
        .annotate(count=Sum("rows"), amount=Sum("amount_minor"), fee=Sum("fee_minor"))
        .order_by("kind")
    )
    rows = [
        Moved(
            each["kind"],
            each["count"],
            Money(each["amount"], account.currency),
            Money(each["fee"], account.currency),
        )
        for each in found
        if each["count"]
    ]
    return sorted(rows, key=lambda row: -abs(row.amount.amount_minor))


def open_transit(actor: Actor, account: SourceAccount | None = None) -> QuerySet[TransitRow]:
    """Money that left one account and is not seen at another, and the other way round, oldest first."""
    found = TransitRow.objects.filter(state="open").select_related("source_account", "statement_line")
    if account is not None:
        found = found.filter(source_account=account)
    return in_markets(found, actor).order_by("booked_on", "id")


def lone_reversals(actor: Actor, account: SourceAccount | None = None) -> QuerySet[ReversalRow]:
    """Reversal rows whose payment is not found, oldest first."""
    found = ReversalRow.objects.filter(state="open").select_related("source_account", "statement_line")
    if account is not None:
        found = found.filter(source_account=account)
    return in_markets(found, actor).order_by("booked_on", "id")


def count_in_doubt(actor: Actor, today: date) -> int:
    """Rows in doubt that a person should look at; one query.

    Lone reversals, what arrived from nobody known, and what left `PATIENT_DAYS` ago and is nowhere seen yet:
    a sweep of yesterday is only under way.
    """
    under_way = Q(amount_minor__lt=0, booked_on__gt=today - timedelta(days=PATIENT_DAYS))
    left = open_transit(actor).exclude(under_way).order_by().values("pk")
    return lone_reversals(actor).order_by().values("pk").union(left, all=True).count()


def shown_balances(account: SourceAccount) -> QuerySet[ShownBalance]:
    """What people entered for an account, the newest first."""
    return ShownBalance.objects.filter(source_account=account).order_by("-shown_on", "-id")


def hours_of(accounts: Sequence[SourceAccount], now: datetime) -> dict[int, rules.Hours]:
    """The hours of the last days of accounts that originate payments and state times, by account id.

    Two queries, another for holidays. An account without a history of two days is left out, unless its hours
    are set. The accounts come with their provider.
    """
    paying = [account for account in accounts if account.role == "originates"]
    since = now - timedelta(days=HISTORY_DAYS + HOUR_DAYS + 1)
    counts: dict[int, dict[datetime, int]] = {}
    zones = {account.pk: ZoneInfo(account.time_zone) for account in paying}
    for account_id, hour, rows in (
        HourOfRows.objects.filter(source_account__in=paying, hour__range=(since, now + timedelta(days=1)))
        .values_list("source_account_id", "hour")
        .annotate(total=Sum("rows"))
    ):
        at = hour.astimezone(zones[account_id]).replace(minute=0)
        here = counts.setdefault(account_id, {})
        here[at] = here.get(at, 0) + rows
    periods: dict[int, list[tuple[datetime, datetime]]] = {}
    first_shown = now - timedelta(days=HOUR_DAYS + 1)
    for account_id, start, end in SourceFile.objects.filter(
        Q(covers_to__gte=first_shown), source_account__in=paying, state="posted", callbacks_on=None,
        covers_from__isnull=False,
    ).values_list("source_account_id", "covers_from", "covers_to"):  # fmt: skip
        zone = zones[account_id]
        periods.setdefault(account_id, []).append((start.astimezone(zone), end.astimezone(zone)))
    found: dict[int, rules.Hours] = {}
    expects = expected_of(paying)
    for account in paying:
        local = now.astimezone(zones[account.pk])
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight - timedelta(days=HOUR_DAYS - 1)
        rows_of = counts.get(account.pk, {})
        usual = rules.usual_hours({at: n for at, n in rows_of.items() if at < first})
        covers = periods.get(account.pk, [])
        expected = expects[account.pk]
        if not usual and not (expected.has_hours and (rows_of or covers)):
            continue
        # Files come for the day that is over, or up to what the newest of today holds already.
        due = max([midnight, *(end for _, end in covers if end <= local)])
        found[account.pk] = rules.hours_in(
            first,
            midnight + timedelta(days=1),
            rows=rows_of,
            usual=usual,
            periods=covers,
            due_until=due,
            expected=expected,
        )
    return found


def channels_of(
    account: SourceAccount, now: datetime, hours: rules.Hours | None = None
) -> list[dict[str, Any]]:
    """Rows per channel of an account: yesterday and the day before against the usual; one query.

    With the account's `hours` each also says when it was silent while the others were not.
    """
    since = now - timedelta(days=HISTORY_DAYS)
    found: dict[str, dict[date, int]] = {}
    by_hour: dict[str, dict[datetime, int]] = {}
    zone = ZoneInfo(account.time_zone)
    for channel, hour, rows in HourOfRows.objects.filter(source_account=account, hour__gte=since).values_list(
        "channel", "hour", "rows"
    ):
        at = hour.astimezone(zone).replace(minute=0)
        days = found.setdefault(channel or "", {})
        days[at.date()] = days.get(at.date(), 0) + rows
        here = by_hour.setdefault(channel or "", {})
        here[at] = here.get(at, 0) + rows
    cells = hours.cells if hours is not None else ()
    first = min((at for at, _ in cells), default=now)
    today = now.astimezone(zone).date()
    return [
        {
            "channel": channel,
            "usual": sum(days.values()) // max(len(days), 1),
            "yesterday": days.get(today - timedelta(days=1), 0),
            "today": days.get(today, 0),
            "silent": rules.silent_hours(
                cells,
                by_hour[channel],
                rules.usual_hours({at: rows for at, rows in by_hour[channel].items() if at < first}),
            ),
        }
        for channel, days in sorted(found.items())
    ]


def reversal_row_for(actor: Actor, row_id: int) -> ReversalRow:
    """One reversal row of the actor's markets; raises ReversalRow.DoesNotExist."""
    found = ReversalRow.objects.select_related("source_account", "statement_line", "payment")
    return in_markets(found, actor).get(pk=row_id)


def reversal_rows_for(actor: Actor, row_ids: Collection[int]) -> list[ReversalRow]:
    """These rows as far as they are of the actor's markets, in the order of their ids; one query."""
    found = ReversalRow.objects.select_related("source_account", "statement_line").filter(pk__in=row_ids)
    return list(in_markets(found, actor).order_by("pk"))


def transit_row_for(actor: Actor, row_id: int) -> TransitRow:
    """One row of money in transit of the actor's markets; raises TransitRow.DoesNotExist."""
    found = TransitRow.objects.select_related("source_account", "statement_line", "partner", "batch")
    return in_markets(found, actor).get(pk=row_id)


def possible_originals(row: ReversalRow, most: int = 20) -> list[Payment]:
    """Payments a reversal row could have taken back: of its account and currency, not below its amount, from
    ORIGINAL_DAYS before it on; the same amount first, then the latest. One query."""
    found = Payment.objects.filter(
        source_account_id=row.source_account_id, currency=row.currency, amount_minor__gte=row.amount_minor,
        value_on__range=(row.booked_on - timedelta(days=ORIGINAL_DAYS), row.booked_on),
        state="received",
    ).select_related("customer", "contract", "source_account", "statement_line")  # fmt: skip
    same = Case(When(amount_minor=row.amount_minor, then=0), default=1)
    return list(found.order_by(same, "-value_on", "-id")[:most])


def possible_departures(row: TransitRow, most: int = 20) -> list[TransitRow]:
    """Open rows by which just this amount left another account of the market, the nearest day first."""
    found = TransitRow.objects.filter(
        state="open", market=row.market, currency=row.currency, amount_minor=-row.amount_minor
    ).exclude(source_account_id=row.source_account_id)
    rows = list(found.select_related("source_account", "statement_line").order_by("-booked_on", "-id")[:200])
    return sorted(rows, key=lambda each: abs((each.booked_on - row.booked_on).days))[:most]


def possible_batches(row: TransitRow, most: int = 20) -> list[tuple[SettlementBatch, int]]:
    """Batches of the market that this arrival could settle, with what is left of each in minor units; the
    nearest amount first. One query."""
    settled = Sum("transitrow__amount_minor", filter=Q(transitrow__state="matched"), default=0)
    found = (
        SettlementBatch.objects.filter(
            source_account__market=row.market, currency=row.currency, net_minor__gte=row.amount_minor
        )
        .annotate(left=F("net_minor") - settled)
        .filter(left__gte=row.amount_minor)
        .select_related("source_account")
    )
    return [(each, each.left) for each in found.order_by("left", "-id")[:most]]
