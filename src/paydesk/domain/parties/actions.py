"""Keeping what documents say who a customer is. Numbers stand in no record of the trail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.parties.models import Customer, CustomerIdentity
from paydesk.domain.parties.rules import IDENTITY_KINDS, identity_of
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

RIGHT = "contracts.load"


class IdentityRefused(Refused):
    """This is no number of a document, or it is known already."""

    code = "identity.refused"


@transaction.atomic(durable=True)
def record_identity(
    customer_id: int, kind: str, number: str, *, by: Actor, now: datetime
) -> CustomerIdentity:
    """Keep the number of a document of a customer; `kind` is one of rules.IDENTITY_KINDS.

    Raises IdentityRefused where it is none, or where the customer has it already.
    """
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    by.needs(RIGHT, market=customer.market)
    try:
        kind, shown, key = identity_of(kind, number)
    except ValueError as problem:
        raise IdentityRefused(str(problem).removeprefix("identity_number: ")) from None
    made, is_new = CustomerIdentity.objects.get_or_create(
        customer=customer, kind=kind, key=key, defaults={"number": shown}
    )
    if not is_new:
        raise IdentityRefused(f"This {IDENTITY_KINDS[kind].lower()} of the customer is recorded already.")
    _note("recorded", customer, kind, by, now)
    return made


@transaction.atomic(durable=True)
def remove_identity(identity_id: int, *, by: Actor, now: datetime) -> None:
    """Forget the number of a document that was recorded by mistake.

    Raises CustomerIdentity.DoesNotExist when it is gone already.
    """
    identity = CustomerIdentity.objects.select_related("customer").select_for_update().get(pk=identity_id)
    by.needs(RIGHT, market=identity.customer.market)
    identity.delete()
    _note("removed", identity.customer, identity.kind, by, now)


def _note(done: str, customer: Customer, kind: str, by: Actor, now: datetime) -> None:
    audit.record(
        f"customer.identity_{done}",
        subject=("customer", customer.pk),
        by=by,
        at=now,
        changes={"kind": kind},
        market=customer.market,
    )
