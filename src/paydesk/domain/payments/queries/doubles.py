"""Payments that may have been made twice: similar ones, minutes apart. Shown, never held back."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from paydesk.domain.payments.identified import PossibleDouble
from paydesk.domain.payments.models import Payment
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor


def similar_to(payment: Payment) -> list[Payment]:
    """The payments this one may be a double of, or that may be doubles of it, by time; one query."""
    pairs = PossibleDouble.objects.filter(Q(payment=payment) | Q(first=payment))
    pairs = pairs.select_related("payment", "first").order_by("payment__paid_at")
    return [pair.first if pair.payment_id == payment.pk else pair.payment for pair in pairs]


def possible_doubles_count(actor: Actor, *, since: date) -> int:
    """How many payments since a value date may be doubles; one query by index."""
    return in_markets(PossibleDouble.objects.filter(value_on__gte=since), actor).count()
