"""Reads about the days of accounts: how each stands, and where the money of one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from paydesk.domain.payments.models import DayOfRows, Payment
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation.models import Day, ReconciliationException, Run
from paydesk.domain.reconciliation.queries.exceptions import SUBJECT
from paydesk.domain.reconciliation.states import UNDER_WAY, UNSOLVED
from paydesk.foundation.assignments.models import Assignment
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


def accounts_to_prove(actor: Actor) -> QuerySet[SourceAccount]:
    """Accounts whose days are proven: those that originate or settle, in the actor's markets, by name."""
    found = SourceAccount.objects.select_related("provider").exclude(role="evidence")
    return in_markets(found, actor).order_by("market", "name", "id")


def day_for(actor: Actor, pk: int) -> Day:
    """Raises Day.DoesNotExist also for another market."""
    return in_markets(Day.objects.select_related("source_account__provider", "run"), actor).get(pk=pk)


def day_of(account: SourceAccount, day: date) -> Day | None:
    """What is on record of a day of an account; None before its first run."""
    return Day.objects.select_related("run").filter(source_account=account, day=day).first()


@dataclass(frozen=True, slots=True)
class DayCell:
    """How one day of one account stands. `state`: none (nothing came), due (not run), running, blocked, open,
    explained (all with owner and next step), proven, asked, signed."""

    account_id: int
    day: date
    state: str
    rows: int
    moved_minor: int
    open_count: int
    pending_count: int
    open_minor: int
    without_owner: int
    run_id: int | None


def heat(actor: Actor, accounts: Sequence[SourceAccount], *, first: date, last: date) -> list[DayCell]:
    """Every account by every day from `first` to `last`; four queries however many accounts."""
    span = {"source_account__in": list(accounts), "day__range": (first, last)}
    rows: dict[tuple[int, date], tuple[int, int]] = {}
    for account_id, day, count, amount in (
        DayOfRows.objects.filter(**span).values_list("source_account_id", "day")
        .annotate(count=Sum("rows"), amount=Sum("amount_minor")).order_by()
    ):  # fmt: skip
        rows[account_id, day] = (count, amount)
    days = {(each.source_account_id, each.day): each for each in Day.objects.filter(**span)}
    newest: dict[tuple[int, date], Run] = {}
    for run in (
        Run.objects.filter(**span).only("id", "source_account_id", "day", "state", "is_dry").order_by("id")
    ):
        if not run.is_dry or run.state in UNDER_WAY:
            newest[run.source_account_id, run.day] = run
    owned = Assignment.objects.filter(subject_kind=SUBJECT, subject_id=OuterRef("pk"))
    tallies: dict[tuple[int, date], dict[str, int]] = {}
    for tally in (
        ReconciliationException.objects.filter(state__in=UNSOLVED, **span)
        .annotate(
            has_owner=Exists(owned.filter(owner__isnull=False)), has_step=Exists(owned.exclude(next_step=""))
        )
        .values("source_account_id", "day")
        .annotate(
            open_count=Count("id", filter=Q(state="open")),
            pending_count=Count("id", filter=Q(state="pending")),
            amount=Sum("amount_minor"),
            without=Count("id", filter=Q(state="open") & (Q(has_owner=False) | Q(has_step=False))),
        )
        .order_by()
    ):
        tallies[tally["source_account_id"], tally["day"]] = tally
    found = []
    for account in accounts:
        for place in range((last - first).days + 1):
            day = first + timedelta(days=place)
            key = (account.pk, day)
            count, amount = rows.get(key, (0, 0))
            tally = tallies.get(key, {})
            found.append(
                DayCell(
                    account.pk, day, _cell_state(days.get(key), newest.get(key), count, tally), count, amount,
                    tally.get("open_count", 0), tally.get("pending_count", 0), tally.get("amount", 0) or 0,
                    tally.get("without", 0), newest[key].pk if key in newest else None,
                )
            )  # fmt: skip
    return found


def _cell_state(day: Day | None, run: Run | None, rows: int, tally: dict[str, int]) -> str:
    if day is not None and day.state in ("asked", "signed"):
        return day.state
    if run is not None and run.state in UNDER_WAY:
        return "running"
    if day is None or day.run_id is None:
        if run is not None and run.state in ("blocked", "failed"):
            return "blocked"
        return "due" if rows else "none"
    if tally.get("without"):
        return "open"
    return "explained" if tally.get("open_count") or tally.get("pending_count") else "proven"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the money received on a day: where it is now. The parts come to what was received."""

    name: str
    amount: Money
    payments: int


def where_money_is(account: SourceAccount, day: date) -> list[Share]:
    """Where the money that came in on a day is by now, largest first; one query over the day's payments.

    applied, credit (2040), unapplied (2010), suspense (2020), reserved, refunded, taken_back; what was passed
    on before a provider took it back counts there and, below zero, as `shortfall` (1310).
    """
    near = (day - timedelta(days=10), day + timedelta(days=10))
    known = Q(customer__isnull=False)
    sums = {
        "applied": Sum("allocated_minor"), "credit": Sum("credited_minor"),
        "unapplied": Sum("open_minor", filter=known), "suspense": Sum("open_minor", filter=~known),
        "reserved": Sum("reserved_minor"), "refunded": Sum("refunded_minor"),
        "taken_back": Sum("reversed_minor"), "shortfall": -Sum("shortfall_minor"),
    }  # fmt: skip
    counts = {
        "applied": Count("id", filter=Q(allocated_minor__gt=0)),
        "credit": Count("id", filter=Q(credited_minor__gt=0)),
        "unapplied": Count("id", filter=known & Q(open_minor__gt=0)),
        "suspense": Count("id", filter=~known & Q(open_minor__gt=0)),
        "reserved": Count("id", filter=Q(reserved_minor__gt=0)),
        "refunded": Count("id", filter=Q(refunded_minor__gt=0)),
        "taken_back": Count("id", filter=Q(reversed_minor__gt=0)),
        "shortfall": Count("id", filter=Q(shortfall_minor__gt=0)),
    }
    found = (
        Payment.objects.filter(
            market=account.market, value_on__range=near, source_account=account, booked_on=day
        )
        .exclude(state="unposted")
        .aggregate(**{f"sum_{name}": each for name, each in sums.items()}, **counts)
    )
    shares = [
        Share(name, Money(int(found[f"sum_{name}"] or 0), account.currency), found[name]) for name in sums
    ]
    return sorted((each for each in shares if each.amount), key=lambda each: -each.amount.amount_minor)
