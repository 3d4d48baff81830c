"""Reads about providers and our accounts with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet

from paydesk.domain.providers.callback_secrets import digest_of, secret_of
from paydesk.domain.providers.expected import Expected
from paydesk.domain.providers.models import (
    KINDS,
    ROLES,
    CallbackEndpoint,
    CallbackSecret,
    FileProfile,
    Provider,
    SourceAccount,
)
from paydesk.foundation.clocks.queries import closed_days_of
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor


def source_accounts(actor: Actor) -> QuerySet[SourceAccount]:
    """Our accounts in the actor's markets, by market, provider and name; one query."""
    accounts = in_markets(SourceAccount.objects.select_related("provider"), actor)
    return accounts.order_by("market", "provider__name", "name")


def expected_of(accounts: Iterable[SourceAccount]) -> dict[int, Expected]:
    """When rows of each account are expected, by its id; the accounts come with their provider.

    One query where one of them is closed on holidays, else none.
    """
    found = list(accounts)
    closed = closed_days_of({each.market for each in found if each.closed_on_holidays})
    return {
        each.pk: replace(each.expected, closed=closed[each.market])
        if each.closed_on_holidays
        else each.expected
        for each in found
    }


def current_profiles(actor: Actor) -> QuerySet[FileProfile]:
    """The file profiles in use in the actor's markets; one query."""
    profiles = FileProfile.objects.filter(is_current=True).select_related("source_account__provider")
    return in_markets(profiles, actor, field="source_account__market").order_by(
        "source_account__name", "name"
    )


def providers() -> QuerySet[Provider]:
    """The providers known to the desk, by name; one query."""
    return Provider.objects.order_by("name")


def account_roles() -> list[tuple[str, str]]:
    """What the rows of an account can be, as (code, words)."""
    return list(ROLES)


def account_kinds() -> list[tuple[str, str]]:
    """The kinds of provider, as (code, words)."""
    return list(KINDS)


def endpoint_behind(secret: str, now: datetime) -> CallbackEndpoint | None:
    """The open endpoint whose address has this secret, with its account and provider; one query."""
    found = (
        CallbackSecret.objects.select_related("endpoint__source_account__provider")
        .filter(Q(ends_at=None) | Q(ends_at__gt=now), digest=digest_of(secret), endpoint__closed_at=None)
        .first()
    )
    return found.endpoint if found else None


def callback_endpoint(actor: Actor, source_account_id: int) -> CallbackEndpoint | None:
    """The endpoint of an account of the actor's markets, open or closed; one query."""
    endpoints = CallbackEndpoint.objects.select_related("source_account__provider")
    found = in_markets(endpoints, actor, field="source_account__market")
    return found.filter(source_account_id=source_account_id).first()


@dataclass(frozen=True, slots=True)
class CallbackAddress:
    """A secret that is good: until when (None for the one in use), since when.

    `secret` is empty when this installation's key has changed since: then a new one has to be made.
    """

    secret: str
    made_at: datetime
    ends_at: datetime | None


def callback_addresses(endpoint: CallbackEndpoint, now: datetime) -> list[CallbackAddress]:
    """The secrets of an endpoint that are good now, the newest first; one query. For those who manage it."""
    good = endpoint.secrets.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("-pk")
    found = []
    for each in good:
        secret = secret_of(endpoint.pk, each.nonce)
        is_ours = digest_of(secret) == bytes(each.digest)
        found.append(CallbackAddress(secret if is_ours else "", each.made_at, each.ends_at))
    return found


def accounts_to_pay_into(market: str, currency: str) -> list[SourceAccount]:
    """Where customers of a market pay to, by provider; for the public page that shows how to pay."""
    found = SourceAccount.objects.select_related("provider").filter(
        market=market, currency=currency, role="originates"
    )
    return list(found.order_by("provider__name", "name"))
