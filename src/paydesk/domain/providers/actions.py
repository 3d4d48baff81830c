"""Setting up providers and the accounts we hold with them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction

from paydesk.domain.providers.models import KINDS, ROLES, Provider, SourceAccount
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused


class SourceAccountRefused(Refused):
    """The account cannot be set up like this."""

    code = "source_account.refused"


@transaction.atomic(durable=True)
def add_source_account(
    *,
    provider_code: str,
    provider_name: str,
    provider_kind: str,
    market: str,
    name: str,
    identifier: str,
    currency: str,
    role: str,
    time_zone: str,
    by: Actor,
    now: datetime,
) -> SourceAccount:
    """Add an account we hold with a provider; the provider is made when it is new.

    Receipts are booked on 1010 at a bank, on 1020 elsewhere. Raises SourceAccountRefused for an unknown role,
    kind or time zone and for an identifier this provider has already.
    """
    by.needs("providers.manage", market=market)
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SourceAccountRefused(f"{time_zone!r} is no time zone; write it like Africa/Accra.") from None
    if role not in dict(ROLES) or provider_kind not in dict(KINDS):
        raise SourceAccountRefused(f"Role {role!r} or kind {provider_kind!r} is unknown.")
    provider, _ = Provider.objects.get_or_create(
        code=provider_code, defaults={"name": provider_name, "kind": provider_kind}
    )
    try:
        with transaction.atomic():
            account = SourceAccount.objects.create(
                provider=provider,
                market=market,
                name=name,
                identifier=identifier,
                currency=currency,
                role=role,
                ledger_code="1010" if provider.kind == "bank" else "1020",
                time_zone=time_zone,
            )
    except IntegrityError:
        raise SourceAccountRefused(f"{provider.name} has an account {identifier} already.") from None
    audit.record(
        "source_account.added",
        subject=("source_account", account.pk),
        by=by,
        at=now,
        changes={"role": role, "currency": currency, "provider": provider.code},
        market=market,
    )
    return account
