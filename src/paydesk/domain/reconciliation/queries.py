"""Reads about reconciliation: days of accounts, exceptions, matches, what stands in the way of signing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum

from paydesk.domain.payments.models import DayOfRows, Payment
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import evidence, rules
from paydesk.domain.reconciliation.models import Day, Match, ReconciliationException, Run
from paydesk.domain.reconciliation.proof import balance_proof
from paydesk.domain.reconciliation.results import rows_of_result
from paydesk.domain.reconciliation.states import UNDER_WAY, UNSOLVED
from paydesk.foundation.assignments.models import Assignment
from paydesk.foundation.documents.blobs import path_of
from paydesk.foundation.documents.queries import document_by_id
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of, number_of
from paydesk.kernel.refused import Refused

CODE_PREFIX = "EXC"
SUBJECT = "exception"
SPAN = timedelta(days=3)


def code(found: ReconciliationException) -> str:
    """EXC-..., as people say it."""
    return code_of(CODE_PREFIX, found.pk)


def exception_id(text: str) -> int | None:
    """The id behind EXC-...; None where it is no such code."""
    return number_of(CODE_PREFIX, text)


def accounts_to_prove(actor: Actor) -> QuerySet[SourceAccount]:
    """Accounts whose days are proven: those that originate or settle, in the actor's markets, by name."""
    found = SourceAccount.objects.select_related("provider").exclude(role="evidence")
    return in_markets(found, actor).order_by("market", "name", "id")


def exceptions(actor: Actor, **filters: Any) -> QuerySet[ReconciliationException]:
    """Exceptions of the actor's markets, with account and payment."""
    found = ReconciliationException.objects.select_related("source_account__provider", "payment")
    return in_markets(found.filter(**filters), actor)


def unsolved(actor: Actor, **filters: Any) -> QuerySet[ReconciliationException]:
    """Those nobody has resolved yet, oldest day first."""
    return exceptions(actor, state__in=UNSOLVED, **filters).order_by("day", "id")


def exception_for(actor: Actor, pk: int) -> ReconciliationException:
    """Raises ReconciliationException.DoesNotExist also for another market."""
    return exceptions(actor).get(pk=pk)


def exceptions_of_payment(payment_id: int) -> QuerySet[ReconciliationException]:
    """Unsolved exceptions that a payment is in."""
    return ReconciliationException.objects.filter(payment_id=payment_id, state__in=UNSOLVED).order_by("id")


def count_open(actor: Actor) -> int:
    """How many exceptions wait for somebody."""
    return in_markets(ReconciliationException.objects.filter(state="open"), actor).count()


def suggestions(actor: Actor, **filters: Any) -> QuerySet[Match]:
    """Matches that rules propose and nobody decided on, the likeliest first."""
    found = Match.objects.select_related("source_account__provider").prefetch_related("members")
    return in_markets(found.filter(state="proposed", **filters), actor).order_by("-score", "id")


def matches_by_people(account: SourceAccount, day: date) -> QuerySet[Match]:
    """Matches of a day that people made or confirmed."""
    found = Match.objects.prefetch_related("members").filter(source_account=account, day=day)
    return found.filter(state="confirmed").order_by("id")


def match_for(actor: Actor, pk: int) -> Match:
    """Raises Match.DoesNotExist also for another market."""
    found = Match.objects.select_related("source_account__provider").prefetch_related("members")
    return in_markets(found, actor).get(pk=pk)


def runs_of(account: SourceAccount, day: date) -> QuerySet[Run]:
    """Runs of a day, the newest first."""
    return Run.objects.filter(source_account=account, day=day).order_by("-id")


def run_for(actor: Actor, pk: int) -> Run:
    """Raises Run.DoesNotExist also for another market."""
    return in_markets(Run.objects.select_related("source_account__provider"), actor).get(pk=pk)


def day_for(actor: Actor, pk: int) -> Day:
    """Raises Day.DoesNotExist also for another market."""
    return in_markets(Day.objects.select_related("source_account__provider", "run"), actor).get(pk=pk)


def day_of(account: SourceAccount, day: date) -> Day | None:
    """What is on record of a day of an account; None before its first run."""
    return Day.objects.select_related("run").filter(source_account=account, day=day).first()


@contextmanager
def result_file(run: Run) -> Iterator[Path]:
    """The Parquet file of a run's result. Raises Refused where it is gone."""
    document = document_by_id(run.result_id) if run.result_id else None
    if document is None or not path_of(document.sha256).exists():
        raise Refused("The rows of this run are not kept any more. Run the day again.", code="run.no_result")
    yield path_of(document.sha256)


def rows_behind(
    run: Run, *, offset: int = 0, limit: int = 100, **wanted: str
) -> tuple[list[dict[str, Any]], int]:
    """A page of the rows behind a figure of a run (found, status, name, rule), and how many there are."""
    with result_file(run) as path:
        return rows_of_result(path, offset=offset, limit=limit, **wanted)


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


def check_of_day(account: SourceAccount, day: date, now: datetime) -> rules.SignCheck:
    """What stands in the way of signing a day; a handful of queries."""
    found = day_of(account, day)
    run = found.run if found else None
    open_ones = ReconciliationException.objects.filter(source_account=account, day=day, state__in=UNSOLVED)
    owned = Assignment.objects.filter(subject_kind=SUBJECT, subject_id=OuterRef("pk"))
    told = open_ones.annotate(
        has_owner=Exists(owned.filter(owner__isnull=False)), has_step=Exists(owned.exclude(next_step=""))
    ).aggregate(
        all=Count("id"),
        without_owner=Count("id", filter=Q(has_owner=False)),
        without_step=Count("id", filter=Q(has_owner=True, has_step=False, state="open")),
    )
    changed = evidence.newest_change(account, day)
    proof = balance_proof(account, today=day)
    here = proof.on(day)
    return rules.sign_check(
        day=day,
        today=now.astimezone(ZoneInfo(account.time_zone)).date(),
        has_run=run is not None,
        is_stale=bool(run and run.started_at and changed and changed > run.started_at),
        without_owner=told["without_owner"],
        without_step=told["without_step"],
        explained=told["all"] - told["without_owner"] - told["without_step"],
        suggestions=Match.objects.filter(source_account=account, day=day, state="proposed").count(),
        drift=here.drift if here else None,
    )


def proof_to_keep(account: SourceAccount, day: date) -> dict[str, Any]:
    """The proof of cash of a day as it is signed: opening, movements by kind, closing, what is shown.

    Minor units. What the movements lack is other entries: corrections, refunds, adjustments.
    """
    proof = balance_proof(account, today=day)
    here = proof.on(day)
    assert here is not None
    by_kind = {
        kind: {"rows": rows, "amount_minor": amount, "fee_minor": fee}
        for kind, rows, amount, fee in DayOfRows.objects.filter(
            source_account=account, day=day, currency=account.currency
        )
        .exclude(rows=0)
        .values_list("kind", "rows", "amount_minor", "fee_minor")
        .order_by("kind")
    }
    open_ones = ReconciliationException.objects.filter(source_account=account, day=day, state__in=UNSOLVED)
    return {
        "currency": account.currency,
        "opening_minor": here.books - here.moved + proof.before,
        "moved_minor": here.moved,
        "closing_minor": here.books + proof.before,
        "shown_minor": here.shown.closing if here.shown else None,
        "shown_by": here.shown.source if here.shown else "",
        "drift_minor": here.drift,
        "drifted_minor": proof.drifted_on(day),
        "by_kind": by_kind,
        "exceptions": {
            kind: {"count": count, "amount_minor": amount}
            for kind, count, amount in open_ones.values_list("kind")
            .annotate(count=Count("id"), amount=Sum("amount_minor"))
            .order_by("kind")
        },
    }


def why_not_offered(left: ReconciliationException, right: ReconciliationException) -> list[str]:
    """Why the rules did not put two rows together: what differs, in the order in which they look."""
    ours, theirs = left.left or left.right, right.right or right.left
    told = []
    if left.currency != right.currency:
        told.append("The currencies differ, and nothing is ever matched over that.")
    apart = Money(abs((ours.get("amount_minor") or 0) - (theirs.get("amount_minor") or 0)), left.currency)
    if apart:
        told.append(f"The amounts differ by {apart}.")
    for name, words in (
        ("provider_ref", "ids of the provider"), ("reference", "references"), ("msisdn", "phone numbers"),
    ):  # fmt: skip
        if not (ours.get(name) and theirs.get(name)):
            told.append(f"Not both rows have {words}.")
        elif ours[name] != theirs[name]:
            told.append(f"The {words} differ.")
    if ours.get("at") and theirs.get("at") and abs(ours["at"] - theirs["at"]) > 2 * 3600:
        told.append("They are more than two hours apart.")
    return told


def waiting_over(today: date) -> Iterable[int]:
    """Ids of exceptions whose day of waiting has come."""
    return ReconciliationException.objects.filter(state="pending", waits_until__lte=today).values_list(
        "pk", flat=True
    )


def runs_to_resume(before: datetime) -> Iterable[int]:
    """Ids of runs that no worker took up or finished since a moment."""
    return Run.objects.filter(state__in=UNDER_WAY, asked_at__lt=before).values_list("pk", flat=True)


def days_to_run(now: datetime, *, since_days: int = 7) -> list[tuple[int, date]]:
    """Days that are over, have a file, and were not run since their evidence last changed. (account, day)"""
    found = []
    for account in SourceAccount.objects.exclude(role="evidence").order_by("id"):
        today = now.astimezone(ZoneInfo(account.time_zone)).date()
        first = today - timedelta(days=since_days)
        known = {
            d.day: d for d in Day.objects.select_related("run").filter(source_account=account, day__gte=first)
        }
        tried = dict(
            Run.objects.filter(source_account=account, day__gte=first, is_dry=False)
            .order_by("id").values_list("day", "asked_at")
        )  # fmt: skip
        for place in range(since_days):
            day = first + timedelta(days=place)
            if known.get(day) and known[day].state != "open":
                continue
            changed = evidence.newest_change(account, day)
            if changed is None or (day in tried and tried[day] >= changed):
                continue
            if evidence.files_of(account, day, day).exists():
                found.append((account.pk, day))
    return found


def open_by_class(actor: Actor) -> dict[str, tuple[int, dict[str, int], date]]:
    """Unsolved exceptions by class, the most first: (how many, money at risk by currency, the oldest day)."""
    found: dict[str, tuple[int, dict[str, int], date]] = {}
    rows = (
        in_markets(ReconciliationException.objects.filter(state__in=UNSOLVED), actor)
        .values_list("kind", "currency")
        .annotate(count=Count("id"), amount=Sum("amount_minor"), oldest=Min("day"))
        .order_by()
    )
    for kind, currency, count, amount, oldest in rows:
        before = found.get(kind, (0, {}, oldest))
        found[kind] = (before[0] + count, {**before[1], currency: amount}, min(before[2], oldest))
    return dict(sorted(found.items(), key=lambda each: (-each[1][0], each[0])))


def counts_by_state(actor: Actor) -> dict[str, int]:
    """How many exceptions wait in each state; one query, resolved ones are not counted."""
    found = ReconciliationException.objects.filter(state__in=UNSOLVED)
    return dict(in_markets(found, actor).values_list("state").annotate(count=Count("id")).order_by())


def likely_partner(actor: Actor, found: ReconciliationException) -> ReconciliationException | None:
    """The unsolved exception of the other side that comes nearest: the same account and currency, the same
    amount first, then the nearest day. None for a pair, and where there is none."""
    if bool(found.left_key) == bool(found.right_key):
        return None
    others = unsolved(actor, source_account=found.source_account, currency=found.currency).exclude(
        pk=found.pk
    )
    others = others.filter(left_key="") if found.left_key else others.filter(right_key="")
    near = others.filter(amount_minor=found.amount_minor, day__range=(found.day - SPAN, found.day + SPAN))
    return near.order_by("day", "id").first()


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
