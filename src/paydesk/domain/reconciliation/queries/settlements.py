"""Reads about settlements: lists, the rows of one, how its money stands, days to look at again for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from paydesk.domain.payments.models import TransitRow
from paydesk.domain.pricing.queries import card_on
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import rules
from paydesk.domain.reconciliation.arrivals import Arrived, arrivals_of
from paydesk.domain.reconciliation.kept_fees import KeptFees, kept_fees
from paydesk.domain.reconciliation.models import Day, ReconciliationException, Settlement
from paydesk.domain.reconciliation.states import UNSOLVED
from paydesk.domain.statements.models import StatementLine
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import exact_minor

LOOKED_BACK = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Funds:
    """A settlement with the rows of banks that pay it. `state` is a name of rules.FUNDS."""

    settlement: Settlement
    arrived: list[Arrived]
    state: str


def settlements(actor: Actor, **filters: object) -> QuerySet[Settlement]:
    """Settlements of the actor's markets with their account, the newest day first."""
    found = Settlement.objects.select_related("source_account__provider").filter(**filters)
    return in_markets(found, actor).order_by("-day", "-id")


def settlement_for(actor: Actor, pk: int) -> Settlement:
    """Raises Settlement.DoesNotExist also for another market."""
    return settlements(actor).get(pk=pk)


def with_funds(found: Sequence[Settlement], now: datetime) -> list[Funds]:
    """The same settlements, each with what arrived for it; three queries however many."""
    arrived = arrivals_of(found)
    told = []
    for each in found:
        came = arrived[each.pk]
        due = exact_minor(each.payout if each.payout is not None else each.batch.net, each.currency)
        today = now.astimezone(ZoneInfo(each.source_account.time_zone)).date()
        state = rules.funds(
            each.standing,
            is_foreign=each.currency != each.source_account.currency,
            due_minor=due,
            arrived_minor=sum(row.amount.amount_minor for row in came) if came else None,
            age_days=(today - each.day).days,
        )
        told.append(Funds(each, came, state))
    return told


def lines_of_settlement(settlement: Settlement) -> QuerySet[StatementLine]:
    """The rows of a settlement as they came, whatever file they stand in."""
    return (
        StatementLine.objects.select_related("file")
        .filter(
            batch_key=settlement.batch_key, source_account_id=settlement.source_account_id,
            currency=settlement.currency, withdrawn=False, status="success",
        )
        .order_by("occurred_at", "id")
    )  # fmt: skip


def exceptions_of_settlement(settlement: Settlement) -> QuerySet[ReconciliationException]:
    """What is open about a settlement."""
    return ReconciliationException.objects.select_related("source_account__provider", "payment").filter(
        source_account=settlement.source_account, state__in=UNSOLVED,
        left_key=rules.settlement_key(settlement.batch_key, settlement.currency),
    )  # fmt: skip


def fees_of_day(account: SourceAccount, day: date) -> list[KeptFees]:
    """What was kept back on a day against the rate card; empty where no card counts. Four queries."""
    card = card_on(account, day)
    return kept_fees(account, day, card) if card else []


def days_to_look_at_again(now: datetime) -> list[tuple[int, date]]:
    """Days that were run before money of theirs was overdue at the bank, and days whose overdue money came
    since. (account, day); two queries."""
    lag = timedelta(days=rules.BANK_LAG_DAYS + 1)
    today = now.date()
    left = TransitRow.objects.filter(
        source_account=OuterRef("source_account"), booked_on=OuterRef("day"), state="open", amount_minor__lt=0
    )
    unpaid = Settlement.objects.filter(
        source_account=OuterRef("source_account"), day=OuterRef("day"), standing="not_paid_out"
    )
    overdue = (
        Day.objects.filter(state="open", day__range=(today - LOOKED_BACK, today - lag))
        .filter(Exists(left) | Exists(unpaid), run__started_at__date__lt=F("day") + lag)
        .values_list("source_account_id", "day")
    )
    came = TransitRow.objects.filter(
        Q(source_account=OuterRef("source_account"), booked_on=OuterRef("day"), amount_minor__lt=0)
        | Q(batch__source_account=OuterRef("source_account")),
        state="matched",
        at__gt=OuterRef("last_run__started_at"),
    )
    paid = (
        ReconciliationException.objects.filter(kind="missing_at_bank", state__in=UNSOLVED)
        .filter(Exists(came))
        .exclude(Exists(Day.objects.filter(
            source_account=OuterRef("source_account"), day=OuterRef("day")).exclude(state="open")))
        .values_list("source_account_id", "day")
    )  # fmt: skip
    return sorted({*overdue, *paid})
