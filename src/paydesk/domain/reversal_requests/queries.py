"""Reads about reversal requests: the queue, those of one payment, what of the payment is with us."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet

from paydesk.domain.contracts.models import DueItem
from paydesk.domain.payments.models import Allocation, Payment
from paydesk.domain.reversal_requests import rules
from paydesk.domain.reversal_requests.models import ReversalRequest
from paydesk.domain.reversal_requests.states import UNANSWERED
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of

CODE_PREFIX = "RVR"


@dataclass(frozen=True, slots=True)
class Bought:
    """What a part of the payment paid, as it stood when the request came."""

    contract_id: int
    account_number: str
    product: str
    due_item_id: int
    kind: str
    due_on: date
    until: date | None
    due: Money
    applied: Money
    days: int | None


def code(request: ReversalRequest) -> str:
    return code_of(CODE_PREFIX, request.pk)


def reversal_requests(actor: Actor, *, states: Iterable[str] | None = None) -> QuerySet[ReversalRequest]:
    """Requests of the actor's markets, the longest waiting first, with payment, row and account."""
    found = ReversalRequest.objects.select_related(
        "payment__customer", "payment__statement_line", "payment__source_account__provider"
    )
    if states is not None:
        found = found.filter(state__in=list(states))
    return in_markets(found, actor).order_by("requested_at", "id")


def request_for(actor: Actor, request_id: int) -> ReversalRequest:
    """Raises ReversalRequest.DoesNotExist also for another market."""
    return reversal_requests(actor).get(pk=request_id)


def requests_of_payment(payment_id: int) -> QuerySet[ReversalRequest]:
    return ReversalRequest.objects.filter(payment_id=payment_id).order_by("-id")


def payments_held(payment_ids: Iterable[int]) -> frozenset[int]:
    """Those of these payments of which a request holds money; one query."""
    found = ReversalRequest.objects.filter(payment_id__in=list(payment_ids), held_minor__gt=0)
    return frozenset(found.values_list("payment_id", flat=True))


def counts_by_state(actor: Actor) -> dict[str, int]:
    """How many requests of the actor's markets are in each state that has any; one query."""
    found = in_markets(ReversalRequest.objects.all(), actor).order_by().values_list("state")
    return dict(found.annotate(count=Count("pk")))


def count_unanswered(actor: Actor) -> int:
    """How many requests wait for our answer."""
    return in_markets(ReversalRequest.objects.filter(state__in=UNANSWERED), actor).count()


def left_of(payment: Payment) -> Money:
    """How much of a payment can be held; no query."""
    left = rules.left_of(
        payment.open_minor, payment.credited_minor, payment.allocated_minor, payment.shortfall_minor
    )
    return Money(left if payment.state == "received" else 0, payment.currency)


def bought_with(payment: Payment, before: datetime) -> list[Bought]:
    """What the payment had paid before that moment, in the order of due dates; two queries."""
    applied: dict[int, int] = {}
    items: dict[int, DueItem] = {}
    found = Allocation.objects.filter(payment=payment, at__lt=before)
    for allocation in found.select_related("due_item__contract").order_by("id"):
        items[allocation.due_item_id] = allocation.due_item
        applied[allocation.due_item_id] = applied.get(allocation.due_item_id, 0) + allocation.amount_minor
    contracts = {item.contract_id for item in items.values()}
    dues: dict[int, list[date]] = {}
    for contract_id, due_on in DueItem.objects.filter(contract_id__in=contracts).values_list(
        "contract_id", "due_on"
    ):
        dues.setdefault(contract_id, []).append(due_on)
    bought = []
    for number, minor in applied.items():
        if minor <= 0:
            continue
        item = items[number]
        until = min((day for day in dues[item.contract_id] if day > item.due_on), default=None)
        bought.append(
            Bought(
                contract_id=item.contract_id,
                account_number=item.contract.account_number,
                product=item.contract.product,
                due_item_id=number,
                kind=item.kind,
                due_on=item.due_on,
                until=until,
                due=Money(item.amount_minor, payment.currency),
                applied=Money(minor, payment.currency),
                days=rules.days_bought(item.amount_minor, minor, item.due_on, until)
                if item.kind == "instalment"
                else None,
            )
        )
    return sorted(bought, key=lambda each: (each.due_on, each.contract_id, each.due_item_id))
