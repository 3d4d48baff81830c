"""What waits for a person: unapplied cash and suspense, how long and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from paydesk.domain.contracts.models import Contract
from paydesk.domain.contracts.states import OPEN_STATES
from paydesk.domain.payments import rules
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries.lists import IS_OPEN, payments
from paydesk.domain.payments.queries.story import claims_of, why_of
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

# Ageing of what waits, in whole days since the value date; the last band is open.
AGE_BANDS = (
    ("0–1 days", 0, 1),
    ("2–7 days", 2, 7),
    ("8–30 days", 8, 30),
    ("31–90 days", 31, 90),
    ("over 90 days", 91, None),
)


@dataclass(frozen=True, slots=True)
class AgeBand:
    """What waits in one currency since a span of days."""

    label: str
    currency: str
    count: int
    amount: Money


def unapplied(actor: Actor, filters: Mapping[str, Any] | None = None) -> QuerySet[Payment]:
    """Payments whose payer is known and of which money is open, oldest first; filters as for `payments`."""
    return payments(actor, filters, "value").filter(IS_OPEN, customer__isnull=False)


def suspense(actor: Actor, filters: Mapping[str, Any] | None = None) -> QuerySet[Payment]:
    """Payments nobody could be named for, oldest first; filters as for `payments`."""
    return payments(actor, filters, "value").filter(IS_OPEN, customer__isnull=True)


def of_age(found: QuerySet[Payment], band: int, *, on: date) -> QuerySet[Payment]:
    """Those of `found` that stand in one of AGE_BANDS (by place) on a day."""
    _, first, last = AGE_BANDS[band]
    aged = found if band == 0 else found.filter(value_on__lte=on - timedelta(days=first))
    return aged if last is None else aged.filter(value_on__gte=on - timedelta(days=last))


def following(found: QuerySet[Payment], payment: Payment) -> Payment | None:
    """The payment of an oldest-first list that stands after `payment`, else the last one; two queries."""
    after = Q(value_on__gt=payment.value_on) | Q(value_on=payment.value_on, pk__gt=payment.pk)
    return found.filter(value_on__gte=payment.value_on).filter(after).first() or found.last()


def ageing(found: QuerySet[Payment], *, on: date) -> list[AgeBand]:
    """The open money of `found` by currency and age on a day: every band of each currency; one query."""
    rows = (
        found.order_by()
        .values("currency", "value_on")
        .annotate(n=Count("pk"), open=Sum("open_minor"))
        .values_list("currency", "value_on", "n", "open")
    )
    sums: dict[str, list[list[int]]] = {}
    for currency, value_on, count, open_minor in rows:
        age = max((on - value_on).days, 0)
        band = next(i for i, (_, _, last) in enumerate(AGE_BANDS) if last is None or age <= last)
        cells = sums.setdefault(currency, [[0, 0] for _ in AGE_BANDS])
        cells[band][0] += count
        cells[band][1] += open_minor
    return [
        AgeBand(label, currency, count, Money(open_minor, currency))
        for currency in sorted(sums)
        for (label, _, _), (count, open_minor) in zip(AGE_BANDS, sums[currency], strict=True)
    ]


MOST_COUNTED = 1_000  # every page counts what waits, so a great backlog must not make every page slow


def waiting_counts(actor: Actor) -> dict[str, int]:
    """How many payments wait in the unapplied and suspense lists, MOST_COUNTED at most; two cheap queries."""
    return {
        name: in_markets(Payment.objects.filter(IS_OPEN, customer__isnull=unknown), actor)[
            :MOST_COUNTED
        ].count()
        for name, unknown in (("unapplied", False), ("suspense", True))
    }


def why_open(waiting: Sequence[Payment]) -> dict[int, str]:
    """Why money of each payment still waits, by payment id; without those of which nothing is open.

    Two queries however many payments; they need `customer` and `contract` loaded.
    """
    claims = claims_of([p.pk for p in waiting if p.customer_id is None])
    payers = {p.customer_id for p in waiting if p.customer_id is not None and p.open_minor}
    contracts: dict[int, list[rules.OpenContract]] = {payer: [] for payer in payers}
    takes = Q(state__in=("active", "defaulted")) | Q(state="deposit_pending", due_items__kind="deposit")
    rows = (
        Contract.objects.filter(customer_id__in=payers, state__in=OPEN_STATES)
        .annotate(
            due=Sum(F("due_items__amount_minor") - F("due_items__allocated_minor"), filter=takes, default=0)
        )
        .order_by("id")
    )
    for contract in rows:
        contracts[contract.customer_id].append(
            rules.OpenContract(
                contract.account_number, contract.state, Money(contract.due, contract.currency)
            )
        )
    return {
        p.pk: why_of(p, claims[p.pk])
        if p.customer_id is None
        else rules.why_unapplied(
            Money(p.open_minor, p.currency),
            p.contract.account_number if p.contract else None,
            contracts[p.customer_id],
        )
        for p in waiting
        if p.open_minor
    }
