"""Setting up providers and the accounts we hold with them."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction

from paydesk.domain.providers.callback_secrets import digest_of, secret_of
from paydesk.domain.providers.dialects import DIALECTS
from paydesk.domain.providers.expected import EVERY_DAY
from paydesk.domain.providers.models import (
    KINDS,
    ROLES,
    CallbackEndpoint,
    CallbackSecret,
    Provider,
    SourceAccount,
)
from paydesk.domain.providers.rules import GRACE_HOURS, networks_in
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


@transaction.atomic(durable=True)
def set_expected_hours(
    source_account_id: int, *, weekdays: Collection[int], opens: time | None, closes: time | None,
    closed_on_holidays: bool, by: Actor, now: datetime,
) -> SourceAccount:  # fmt: skip
    """Say when rows of an account are expected: on which weekdays, from when until the cut-off, on its clock.

    No weekday: as usual for its kind. No hours: as rows came before. Nothing is asked for outside of them,
    nor on the holidays of its market if it is closed then.
    Raises SourceAccountRefused for one time without the other, the same time twice or no such weekday.
    """
    account = SourceAccount.objects.select_for_update().get(pk=source_account_id)
    by.needs("providers.manage", market=account.market)
    if (opens is None) != (closes is None):
        raise SourceAccountRefused("Say both from when and until when rows come, or neither.")
    if opens is not None and opens == closes:
        raise SourceAccountRefused("From and until are the same time. Leave both empty for the whole day.")
    if not set(weekdays) <= set(EVERY_DAY):
        raise SourceAccountRefused("There are seven weekdays, Monday is 0.")
    account.expected_weekdays, account.expected_from, account.expected_to = sorted(weekdays), opens, closes
    account.closed_on_holidays = closed_on_holidays
    account.save(update_fields=["expected_weekdays", "expected_from", "expected_to", "closed_on_holidays"])
    audit.record(
        "source_account.expected_set",
        subject=("source_account", account.pk),
        by=by,
        at=now,
        changes={
            "weekdays": account.expected_weekdays,
            "from": opens.isoformat("minutes") if opens else None,
            "to": closes.isoformat("minutes") if closes else None,
            "closed_on_holidays": closed_on_holidays,
        },
        market=account.market,
    )
    return account


class CallbacksRefused(Refused):
    """The callback address cannot be set up like this."""

    code = "callbacks.refused"


@transaction.atomic(durable=True)
def open_callbacks(source_account_id: int, *, dialect: str, by: Actor, now: datetime) -> CallbackEndpoint:
    """Give an account a secret address that its provider sends callbacks to; opening a closed one renews it.

    Raises CallbacksRefused for a provider whose callbacks are not understood, for an account that does not
    originate payments (a marketplace: that is not evidence), and where the address is open already.
    """
    account = SourceAccount.objects.select_for_update().get(pk=source_account_id)
    by.needs("providers.manage", market=account.market)
    if dialect not in DIALECTS:
        raise CallbacksRefused(f"The callbacks of {dialect or 'this provider'} are not understood yet.")
    role = DIALECTS[dialect].role
    if account.role != role and role == "originates":
        raise CallbacksRefused(f"{account.name} does not originate payments, so no callback of it is money.")
    if account.role != role:
        raise CallbacksRefused(
            f"Events of sellers come of an account that is evidence; {account.name} {account.role}."
        )
    endpoint = CallbackEndpoint.objects.filter(source_account=account).first()
    if endpoint is not None and endpoint.closed_at is None:
        raise CallbacksRefused(f"{account.name} has a callback address already.")
    if endpoint is None:
        endpoint = CallbackEndpoint.objects.create(source_account=account, dialect=dialect, opened_at=now)
    else:
        endpoint.dialect, endpoint.opened_at, endpoint.closed_at = dialect, now, None
        endpoint.save(update_fields=["dialect", "opened_at", "closed_at"])
    _new_secret(endpoint, now)
    audit.record(
        "callbacks.opened",
        subject=("source_account", account.pk),
        by=by,
        at=now,
        changes={"dialect": dialect},
        market=account.market,
    )
    return endpoint


@transaction.atomic(durable=True)
def rotate_callback_secret(
    endpoint_id: int, *, grace_hours: int, by: Actor, now: datetime
) -> CallbackEndpoint:
    """Make a new secret address; older ones stay good for `grace_hours` at most, 0 ends them at once.

    Raises CallbacksRefused for a grace that is not among GRACE_HOURS or while the address is closed.
    """
    endpoint = _endpoint(endpoint_id, by)
    if grace_hours not in GRACE_HOURS:
        raise CallbacksRefused(f"The old address can stay good for {', '.join(map(str, GRACE_HOURS))} hours.")
    if endpoint.closed_at is not None:
        raise CallbacksRefused("The callback address is closed; open it again instead.")
    until = now + timedelta(hours=grace_hours)
    older = endpoint.secrets
    older.filter(ends_at__gt=until).update(ends_at=until)
    older.filter(ends_at=None).update(ends_at=until)
    _new_secret(endpoint, now)
    audit.record(
        "callbacks.secret_rotated",
        subject=("source_account", endpoint.source_account_id),
        by=by,
        at=now,
        changes={"grace_hours": grace_hours},
        market=endpoint.source_account.market,
    )
    return endpoint


@transaction.atomic(durable=True)
def limit_callbacks(
    endpoint_id: int, *, networks: str, also_numbers: str, by: Actor, now: datetime
) -> CallbackEndpoint:
    """Say which networks may send and which further numbers of ours the messages may name; one per line.

    Raises CallbacksRefused for what is no network address.
    """
    endpoint = _endpoint(endpoint_id, by)
    try:
        endpoint.allowed_networks = networks_in(networks)
    except ValueError as problem:
        raise CallbacksRefused(str(problem)) from problem
    endpoint.also_numbers = list(dict.fromkeys(also_numbers.replace(",", " ").split()))
    if any(len(number) > 64 for number in endpoint.also_numbers):
        raise CallbacksRefused("A number of ours at the provider has at most 64 characters.")
    endpoint.save(update_fields=["allowed_networks", "also_numbers"])
    audit.record(
        "callbacks.limited",
        subject=("source_account", endpoint.source_account_id),
        by=by,
        at=now,
        changes={"networks": endpoint.allowed_networks, "also_numbers": endpoint.also_numbers},
        market=endpoint.source_account.market,
    )
    return endpoint


@transaction.atomic(durable=True)
def close_callbacks(endpoint_id: int, *, by: Actor, now: datetime) -> CallbackEndpoint:
    """Close a callback address at once, with all its secrets; closing twice is the same as once."""
    endpoint = _endpoint(endpoint_id, by)
    if endpoint.closed_at is not None:
        return endpoint
    endpoint.closed_at = now
    endpoint.save(update_fields=["closed_at"])
    endpoint.secrets.filter(ends_at=None).update(ends_at=now)
    endpoint.secrets.filter(ends_at__gt=now).update(ends_at=now)
    audit.record(
        "callbacks.closed",
        subject=("source_account", endpoint.source_account_id),
        by=by,
        at=now,
        changes={},
        market=endpoint.source_account.market,
    )
    return endpoint


def _endpoint(endpoint_id: int, by: Actor) -> CallbackEndpoint:
    endpoint = (
        CallbackEndpoint.objects.select_for_update(of=["self"])
        .select_related("source_account")
        .get(pk=endpoint_id)
    )
    by.needs("providers.manage", market=endpoint.source_account.market)
    return endpoint


def _new_secret(endpoint: CallbackEndpoint, now: datetime) -> None:
    nonce = secrets.token_hex(16)
    CallbackSecret.objects.create(
        endpoint=endpoint, nonce=nonce, digest=digest_of(secret_of(endpoint.pk, nonce)), made_at=now
    )
