"""The callback address of an account: shown to whoever manages accounts, made anew, limited, closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from paydesk.domain.callbacks.connections import ConnectionsError, has_connection, signing_keys
from paydesk.domain.providers.actions import (
    close_callbacks,
    limit_callbacks,
    open_callbacks,
    rotate_callback_secret,
)
from paydesk.domain.providers.dialects import DIALECTS
from paydesk.domain.providers.dialects.dialect import KNOWN_WORDS
from paydesk.domain.providers.queries import callback_addresses, callback_endpoint, source_accounts
from paydesk.domain.providers.rules import GRACE_HOURS, dialect_of
from paydesk.foundation.inbox.queries import Heard, heard
from paydesk.web.access import actor_of, gate, needs

if TYPE_CHECKING:
    from paydesk.domain.providers.dialects import Dialect
    from paydesk.domain.providers.models import CallbackEndpoint, SourceAccount

RIGHT = "providers.manage"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """One address to give to the provider, and what for. `ends_at` is set for an old one."""

    what_for: str
    url: str
    ends_at: Any


@dataclass(frozen=True, slots=True)
class ShownCallbacks:
    """What the side of an account says about its callbacks."""

    account: SourceAccount
    endpoint: CallbackEndpoint | None
    dialect: Dialect | None
    known: str
    key: str
    suggested: Dialect | None
    choices: list[Dialect]
    addresses: list[ShownAddress]
    is_lost: bool
    heard: Heard | None
    can_ask: bool
    may: Any
    is_unsafe: bool


def shown_callbacks(request: HttpRequest, account: SourceAccount | None) -> ShownCallbacks | None:
    """The callbacks of the chosen account; None where none is chosen or nothing of its kind sends any."""
    choices = [each for each in DIALECTS.values() if account is not None and each.role == account.role]
    if account is None or not choices:
        return None
    actor = actor_of(request)
    may = gate(actor, RIGHT)
    endpoint = callback_endpoint(actor, account.pk)
    if endpoint is not None and endpoint.closed_at is not None:
        endpoint = None
    now = timezone.now()
    addresses = callback_addresses(endpoint, now) if endpoint and may.allowed else []
    dialect = DIALECTS.get(endpoint.dialect) if endpoint else None
    return ShownCallbacks(
        account=account,
        endpoint=endpoint,
        dialect=dialect,
        known=KNOWN_WORDS[dialect.known] if dialect else "",
        key=_key_state(account, dialect) if dialect else "",
        suggested=_suggested(account, choices),
        choices=sorted(choices, key=lambda each: each.name.casefold()),
        addresses=[
            ShownAddress(
                way.what_for,
                request.build_absolute_uri(reverse("callbacks_door:door", args=[address.secret, channel])),
                address.ends_at,
            )
            for address in addresses
            if address.secret
            for channel, way in (dialect.channels.items() if dialect else ())
        ],
        is_lost=any(not address.secret for address in addresses),
        heard=heard(("source_account", account.pk), since=now - DAY) if endpoint else None,
        can_ask=has_connection(account),
        may=may,
        is_unsafe=not request.is_secure(),
    )


def _suggested(account: SourceAccount, choices: list[Dialect]) -> Dialect | None:
    """The dialect that the provider's code names, or the only one there is."""
    named = DIALECTS.get(dialect_of(account.provider.code))
    return named if named in choices else choices[0] if len(choices) == 1 else None


def _key_state(account: SourceAccount, dialect: Dialect) -> str:
    """Whether the key that proves callbacks is set up: none (needed), set_up, missing, optional, broken."""
    if dialect.proof is None:
        return "none"
    try:
        if signing_keys(account, dialect.proof.names):
            return "set_up"
    except ConnectionsError:
        return "broken"
    return "missing" if dialect.proof.required else "optional"


def _account(request: HttpRequest, account_id: int) -> SourceAccount:
    account = source_accounts(actor_of(request)).filter(pk=account_id).first()
    if account is None:
        raise Http404("There is no such account in your markets.")
    return account


def _endpoint(request: HttpRequest, account_id: int) -> CallbackEndpoint:
    endpoint = callback_endpoint(actor_of(request), _account(request, account_id).pk)
    if endpoint is None:
        raise Http404("This account has no callback address.")
    return endpoint


def _back(request: HttpRequest, account_id: int) -> HttpResponse:
    address = f"{reverse('providers:list')}?account={account_id}"
    in_dialog = request.htmx  # type: ignore[attr-defined]
    return HttpResponseClientRedirect(address) if in_dialog else redirect(address)


@require_POST
@needs(RIGHT)
def open_(request: HttpRequest, account_id: int) -> HttpResponse:
    """Make the secret address of an account."""
    account = _account(request, account_id)
    dialect = request.POST.get("dialect", "")
    open_callbacks(account.pk, dialect=dialect, by=actor_of(request), now=timezone.now())
    messages.success(request, f"{account.name} has a callback address; give it to {account.provider.name}.")
    return _back(request, account_id)


@needs(RIGHT)
def rotate(request: HttpRequest, account_id: int) -> HttpResponseBase:
    """Ask how long the old address stays good, then make a new one."""
    endpoint = _endpoint(request, account_id)
    if request.method == "POST":
        hours = request.POST.get("grace_hours", "")
        rotate_callback_secret(
            endpoint.pk,
            grace_hours=int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 5 else -1,
            by=actor_of(request),
            now=timezone.now(),
        )
        messages.success(request, "There is a new callback address; give it to the provider.")
        return _back(request, account_id)
    graces = [(hours, f"{hours} hours" if hours != 1 else "1 hour") for hours in GRACE_HOURS if hours]
    known = {
        "account": endpoint.source_account,
        "graces": [(0, "not at all: it leaked"), *graces],
        "usual": 24,
    }
    return render(request, "providers/rotate.html", known)


@needs(RIGHT)
def limits(request: HttpRequest, account_id: int) -> HttpResponseBase:
    """Ask who may send and which numbers of ours may be named."""
    endpoint = _endpoint(request, account_id)
    if request.method == "POST":
        limit_callbacks(
            endpoint.pk,
            networks=request.POST.get("networks", ""),
            also_numbers=request.POST.get("also_numbers", ""),
            by=actor_of(request),
            now=timezone.now(),
        )
        messages.success(request, "The limits of the callback address are set.")
        return _back(request, account_id)
    known = {
        "account": endpoint.source_account,
        "networks": "\n".join(endpoint.allowed_networks),
        "also_numbers": "\n".join(endpoint.also_numbers),
    }
    return render(request, "providers/limits.html", known)


@needs(RIGHT)
def close(request: HttpRequest, account_id: int) -> HttpResponseBase:
    """Ask, then close the address at once."""
    endpoint = _endpoint(request, account_id)
    if request.method == "POST":
        close_callbacks(endpoint.pk, by=actor_of(request), now=timezone.now())
        messages.success(request, "The callback address is closed: nothing more comes in by it.")
        return _back(request, account_id)
    return render(request, "providers/close_callbacks.html", {"account": endpoint.source_account})
