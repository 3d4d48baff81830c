"""Reads about customers."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from paydesk.domain.parties.models import Customer
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

CODE_PREFIX = "CUS"


def customers(actor: Actor, text: str = "", market: str = "") -> QuerySet[Customer]:
    """Customers of the actor's markets by name; `text` is part of a name, our number for them or a phone."""
    found = in_markets(Customer.objects.prefetch_related("phones"), actor)
    if market:
        found = found.filter(market=market)
    text = text.strip()
    if text:
        digits = "".join(c for c in text if c.isdigit())
        wanted = Q(external_ref__istartswith=text) | Q(name__icontains=text)
        if len(digits) >= 6:
            wanted |= Q(phones__msisdn__endswith=digits.lstrip("0"))
        found = found.filter(wanted).distinct()
    return found.order_by("name", "id")


def customer_for(actor: Actor, customer_id: int) -> Customer:
    """One customer the actor may see; raises Customer.DoesNotExist otherwise."""
    return in_markets(Customer.objects.prefetch_related("phones", "contracts"), actor).get(pk=customer_id)
