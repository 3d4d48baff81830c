"""What is not ready before a day is closed: files, gaps, money that waits, figures that do not tie, days of
accounts that nobody signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation.queries import accounts_to_prove, heat
from paydesk.domain.statements.models import SourceFile
from paydesk.domain.statements.states import WAITING, WORKING
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.reporting.books.queries import aged, tie_out
from paydesk.reporting.books.queries.trial_balance import AsOf
from paydesk.reporting.provider_cash.missing import Missing, missing_through

OWNER_AFTER_BAND = 1  # from the second age on (2 days) money that waits must have an owner
MOST_FILES = 20
DAYS_TO_SIGN = 14


@dataclass(frozen=True, slots=True)
class OldMoney:
    """Money that waits for two days or more, in one currency."""

    kind: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Days of an account with rows that were not reconciled and signed, the oldest first."""

    account: SourceAccount
    days: Sequence[date]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands open for a market on a day. Nothing of it forbids closing: a person decides."""

    files: Sequence[SourceFile]
    more_files: bool
    old_money: Sequence[OldMoney]
    breaks: Sequence[tie_out.Tied]
    missing: Sequence[Missing]
    unsigned: Sequence[Unsigned] = ()

    @property
    def is_ready(self) -> bool:
        return not (self.files or self.old_money or self.breaks or self.missing or self.unsigned)

    @property
    def counts(self) -> dict[str, int]:
        """How much of each was open, for the trail."""
        return {
            "files": len(self.files),
            "old_items": sum(each.count for each in self.old_money),
            "breaks": len(self.breaks),
            "accounts_with_gaps": len(self.missing),
            "days_unsigned": sum(len(each.days) for each in self.unsigned),
        }


def readiness(actor: Actor, market: str, through_on: date, now: datetime) -> Readiness:
    """What is not ready to close a market through a day: a few queries per list."""
    actor.needs("ledger:view", market=market)
    files = list(
        SourceFile.objects.select_related("source_account")
        .filter(
            Q(source_account__market=market) | Q(source_account__isnull=True), state__in=(*WORKING, *WAITING)
        )
        .filter(Q(covers_from__isnull=True) | Q(covers_from__date__lte=through_on))
        .order_by("uploaded_at", "id")[: MOST_FILES + 1]
    )
    old = []
    for kind in (aged.UNAPPLIED, aged.SUSPENSE):
        for found in aged.aged(actor, kind, AsOf(market, through_on)):
            bands = found.bands[OWNER_AFTER_BAND:]
            if count := sum(band.count for band in bands):
                amount = sum((band.amount for band in bands), Money(0, found.currency))
                old.append(OldMoney(kind, count, amount))
    return Readiness(
        files[:MOST_FILES],
        len(files) > MOST_FILES,
        old,
        tie_out.breaks(tie_out.tie_out(actor, market)),
        missing_through(actor, market, through_on, now),
        _unsigned(actor, market, through_on),
    )


def _unsigned(actor: Actor, market: str, through_on: date) -> list[Unsigned]:
    accounts = [each for each in accounts_to_prove(actor) if each.market == market]
    found: dict[int, list[date]] = {}
    for cell in heat(actor, accounts, first=through_on - timedelta(days=DAYS_TO_SIGN - 1), last=through_on):
        if cell.rows and cell.state != "signed":
            found.setdefault(cell.account_id, []).append(cell.day)
    return [Unsigned(each, found[each.pk]) for each in accounts if each.pk in found]
