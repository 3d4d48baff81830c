"""Reads about customers."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet
from django.db.models.functions import Lower, Upper

from paydesk.domain.parties.models import Customer, CustomerIdentity, CustomerPhone
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.phone_numbers import PLANS, e164_digits
from paydesk.kernel.references import key_of

CODE_PREFIX = "CUS"
MOST_BY_NUMBER = 500  # whoever has a number in common beyond that is found by a longer one


def customer_for(actor: Actor, customer_id: int) -> Customer:
    """One customer the actor may see; raises Customer.DoesNotExist otherwise."""
    return in_markets(Customer.objects.prefetch_related("phones", "identities", "contracts"), actor).get(
        pk=customer_id
    )


def customers_by_name(
    actor: Actor, beginning: str = "", market: str = "", *, inside: bool = False
) -> QuerySet[Customer]:
    """Customers in the order of their names, those whose name begins with `beginning`; phones loaded.

    Walks an index, so any page of millions is cheap. `inside` also finds it further on in a name, which reads
    every name there is.
    """
    found = in_markets(Customer.objects.prefetch_related("phones"), actor)
    if market:
        found = found.filter(market=market)
    text = beginning.strip().lower()
    if text:
        found = found.annotate(lower_name=Lower("name"))
        found = found.filter(**{"lower_name__contains" if inside else "lower_name__startswith": text})
    return found.order_by(Lower("name"), "id")


def customer_ids_by_number(text: str, markets: Collection[str]) -> set[int]:
    """Customers of `markets` by our number (beginning), or by a whole phone or identity number."""
    text = text.strip()
    mine = Customer.objects.filter(market__in=markets)
    found = set(
        mine.annotate(upper_ref=Upper("external_ref"))
        .filter(upper_ref__startswith=text.upper())
        .values_list("pk", flat=True)[:MOST_BY_NUMBER]
    )
    phones = {e164_digits(text, market) for market in PLANS} - {None}
    found.update(
        CustomerPhone.objects.filter(msisdn__in=phones, customer__market__in=markets).values_list(
            "customer_id", flat=True
        )[:MOST_BY_NUMBER]
    )
    if key := key_of(text):
        found.update(
            CustomerIdentity.objects.filter(key=key, customer__market__in=markets).values_list(
                "customer_id", flat=True
            )[:MOST_BY_NUMBER]
        )
    return found


def customer_by_ref(market: str, external_ref: str) -> Customer | None:
    """The customer with this number of ours in a market, None if there is none; one look into an index."""
    return Customer.objects.filter(market=market, external_ref=external_ref).first()
