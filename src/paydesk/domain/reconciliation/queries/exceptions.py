"""Reads about exceptions: the queue, one of them, what they come to, what might be the other side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from paydesk.domain.reconciliation.models import ReconciliationException
from paydesk.domain.reconciliation.states import UNSOLVED
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of, number_of

CODE_PREFIX = "EXC"
SUBJECT = "exception"
SPAN = timedelta(days=3)


def code(found: ReconciliationException) -> str:
    """EXC-..., as people say it."""
    return code_of(CODE_PREFIX, found.pk)


def exception_id(text: str) -> int | None:
    """The id behind EXC-...; None where it is no such code."""
    return number_of(CODE_PREFIX, text)


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


def counts_by_state(actor: Actor) -> dict[str, int]:
    """How many exceptions wait in each state; one query, resolved ones are not counted."""
    found = ReconciliationException.objects.filter(state__in=UNSOLVED)
    return dict(in_markets(found, actor).values_list("state").annotate(count=Count("id")).order_by())


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


def likely_partners(
    actor: Actor, found: ReconciliationException, *, most: int = 3
) -> list[ReconciliationException]:
    """Unsolved exceptions of the other side that come nearest, the nearest day first: of one account and
    currency, within three days, with the amount or the reference of this one. None for a pair."""
    if bool(found.left_key) == bool(found.right_key):
        return []
    others = unsolved(actor, source_account=found.source_account, currency=found.currency).exclude(
        pk=found.pk
    )
    others = others.filter(left_key="") if found.left_key else others.filter(right_key="")
    side, other = ("left", "right") if found.left_key else ("right", "left")
    alike = Q(amount_minor=found.amount_minor)
    if reference := getattr(found, side).get("reference"):
        alike |= Q(**{f"{other}__reference": reference})
    near = others.filter(alike, day__range=(found.day - SPAN, found.day + SPAN))
    rows = sorted(near[:50], key=lambda each: (abs(each.day - found.day), each.pk))
    return rows[:most]


def waiting_over(today: date) -> Iterable[int]:
    """Ids of exceptions whose day of waiting has come."""
    return ReconciliationException.objects.filter(state="pending", waits_until__lte=today).values_list(
        "pk", flat=True
    )
