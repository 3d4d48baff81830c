"""Payments that may have been made twice: similar ones, minutes apart. Shown, never held back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from paydesk.domain.payments.identified import PossibleDouble
from paydesk.domain.payments.models import Payment
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Similar:
    """A payment that may be the same one again. `on_purpose_by` is who said that it was meant, if anybody."""

    payment: Payment
    on_purpose_at: datetime | None
    on_purpose_by: str


def similar_to(payment: Payment) -> list[Similar]:
    """The payments this one may be a double of, or that may be doubles of it, by time; one query."""
    pairs = PossibleDouble.objects.filter(Q(payment=payment) | Q(first=payment))
    pairs = pairs.select_related("payment", "first").order_by("payment__paid_at")
    return [
        Similar(
            pair.first if pair.payment_id == payment.pk else pair.payment,
            pair.on_purpose_at,
            pair.on_purpose_by,
        )
        for pair in pairs
    ]


def possible_doubles_count(actor: Actor, *, since: date) -> int:
    """How many payments since a value date may be doubles and nobody answered; one query by index."""
    found = PossibleDouble.objects.filter(value_on__gte=since, on_purpose_at__isnull=True)
    return in_markets(found, actor).count()
