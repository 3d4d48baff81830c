"""Reads about goodwill: the list, one of it, what was given before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from paydesk.domain.cases.asks import Compensation, Link, compensations_of
from paydesk.domain.cases.merged import about_of_trouble, is_of_trouble
from paydesk.domain.contracts.models import DueItem
from paydesk.domain.goodwill import rules
from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.goodwill.states import COUNTS
from paydesk.foundation.approvals.queries import limit_of
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of

CODE_PREFIX = "GWL"
STANDS = {"requested": "waits for a second person", "given": "given"}


def code(given: Goodwill) -> str:
    return code_of(CODE_PREFIX, given.pk)


def goodwill(actor: Actor) -> QuerySet[Goodwill]:
    """Goodwill of the actor's markets with case, customer and contract, newest first."""
    found = Goodwill.objects.select_related("case", "customer", "contract")
    return in_markets(found, actor).order_by("-asked_at", "-id")


def goodwill_for(actor: Actor, goodwill_id: int) -> Goodwill:
    """Raises Goodwill.DoesNotExist also for another market."""
    return goodwill(actor).get(pk=goodwill_id)


def amount_of(given: Goodwill) -> Money:
    return Money(given.amount_minor, given.currency)


def open_minor_of(contract_id: int) -> int:
    """What is open of the due items of a contract; one query."""
    found = DueItem.objects.filter(contract_id=contract_id)
    sums = found.aggregate(due=Sum("amount_minor"), paid=Sum("allocated_minor"))
    return (sums["due"] or 0) - (sums["paid"] or 0)


def own_limit(by: Actor, market: str, currency: str) -> Money | None:
    """How much this person gives alone there, None where never; at most one query."""
    right = rules.alone_right(by.rights)
    return limit_of(right, market, currency) if right else None


def compensations(links: Sequence[Link], now: datetime) -> Iterator[Compensation]:
    """Goodwill that counts, about these payments and cases, or for these customers a short time ago.

    About a payment is also what was given in a case that is confirmed to be about it, whenever that was
    confirmed, and about a case what was given in one that it was merged with. One query.
    """
    ids: dict[str, list[int]] = {"payment": [], "case": [], "contract": [], "customer": []}
    for kind, number in links:
        if kind in ids:
            ids[kind].append(number)
    about = Q(payment_id__in=ids["payment"]) | is_of_trouble("case_id", links)
    theirs = Q(contract_id__in=ids["contract"]) | Q(customer_id__in=ids["customer"])
    about |= theirs & Q(asked_at__gt=now - rules.AGAIN_WITHIN)
    for given in Goodwill.objects.filter(about, state__in=COUNTS):
        yield Compensation(
            ("goodwill", given.pk), code(given), "goodwill", amount_of(given), STANDS[given.state],
            given.given_at or given.asked_at, given.state == "requested",
        )  # fmt: skip


def payments_of_trouble(case_id: int) -> list[int]:
    """Payments that a case, or one it was merged with, is confirmed to be about."""
    return [number for kind, number in about_of_trouble(case_id) if kind == "payment"]


def given_before(
    case_id: int, now: datetime, *, payment_id: int | None = None, customer_id: int | None = None
) -> list[Compensation]:
    """What was given, is asked for or contested about this case, its payments, or to this customer lately."""
    paid = [*payments_of_trouble(case_id), *([payment_id] if payment_id is not None else [])]
    links: list[Link] = [("case", case_id), *(("payment", number) for number in paid)]
    return compensations_of([*links, *([("customer", customer_id)] if customer_id is not None else [])], now)
