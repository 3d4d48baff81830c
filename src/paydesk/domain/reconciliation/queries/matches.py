"""Reads about matches that people decide on or made."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation.models import Match
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor


def suggestions(actor: Actor, **filters: Any) -> QuerySet[Match]:
    """Matches that rules propose and nobody decided on, the likeliest first."""
    found = Match.objects.select_related("source_account__provider").prefetch_related("members")
    return in_markets(found.filter(state="proposed", **filters), actor).order_by("-score", "id")


def matches_by_people(account: SourceAccount, day: date) -> QuerySet[Match]:
    """Matches of a day that people made or confirmed."""
    found = Match.objects.prefetch_related("members").filter(source_account=account, day=day)
    return found.filter(state="confirmed").order_by("id")


def match_for(actor: Actor, pk: int) -> Match:
    """Raises Match.DoesNotExist also for another market."""
    found = Match.objects.select_related("source_account__provider").prefetch_related("members")
    return in_markets(found, actor).get(pk=pk)
