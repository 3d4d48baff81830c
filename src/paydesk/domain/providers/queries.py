"""Reads about providers and our accounts with them."""

from __future__ import annotations

from django.db.models import QuerySet

from paydesk.domain.providers.models import KINDS, ROLES, FileProfile, Provider, SourceAccount
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor


def source_accounts(actor: Actor) -> QuerySet[SourceAccount]:
    """Our accounts in the actor's markets, by market, provider and name; one query."""
    accounts = in_markets(SourceAccount.objects.select_related("provider"), actor)
    return accounts.order_by("market", "provider__name", "name")


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
