"""The mailboxes people write to: setting one up, switching it off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from paydesk.domain.cases.mailing import sealed
from paydesk.domain.cases.models import Mailbox
from paydesk.domain.cases.steps import CaseRefused
from paydesk.domain.cases.texts import LANGUAGES, problem_with_tag, tag_of
from paydesk.domain.cases.tokens import sealed_secrets
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.queries import market_by_code
from paydesk.kernel.actor import Actor

RIGHT = "settings.manage"
CHANGEABLE = (
    "name", "imap", "smtp", "tokens", "own_servers", "acknowledges", "language", "tag", "is_for_complaints",
)  # fmt: skip


@transaction.atomic(durable=True)
def add_mailbox(
    *,
    address: str,
    name: str,
    market: str,
    imap: Mapping[str, Any],
    imap_secret: str,
    smtp: Mapping[str, Any],
    smtp_secret: str,
    tokens: Mapping[str, str] | None = None,
    refresh_token: str = "",
    client_secret: str = "",
    own_servers: Collection[str] = (),
    acknowledges: bool = True,
    language: str = "en",
    tag: str = "",
    is_for_complaints: bool = False,
    by: Actor,
    now: datetime,
) -> Mailbox:
    """Set up an address. `imap` and `smtp` are host, port, user, tls ("tls", "starttls", "none"), ca_file;
    both are `folder` alone where mail lies in a folder of this machine (below POST_FOLDER).

    `tokens` is where access tokens come from (address, client_id, scope), for XOAUTH2. Secrets are sealed
    with the desk's key. Raises CaseRefused.
    """
    by.needs(RIGHT, market=market)
    address, tag = address.strip().lower(), tag_of(tag)
    try:
        validate_email(address)
    except ValidationError:
        raise CaseRefused(f"{address or 'Nothing'} is no e-mail address.") from None
    if market_by_code(market) is None:
        raise CaseRefused("Choose the market whose people write there.")
    if Mailbox.objects.filter(address=address).exists():
        raise CaseRefused(f"{address} is set up already.")
    _check_queue(language, tag)
    _check_tokens(tokens or {}, refresh_token)
    box = Mailbox.objects.create(
        address=address,
        name=name.strip() or address,
        market=market,
        imap=dict(imap),
        imap_secret=sealed(imap_secret),
        smtp=dict(smtp),
        smtp_secret=sealed(smtp_secret),
        tokens=dict(tokens or {}),
        tokens_secret=sealed_secrets(client_secret, refresh_token) if tokens else "",
        own_servers=list(own_servers),
        acknowledges=acknowledges,
        language=language,
        tag=tag,
        is_for_complaints=is_for_complaints,
        added_by=by.label,
        added_at=now,
    )
    audit.record("mailbox.added", subject=("mailbox", box.pk), by=by, at=now, market=market, changes={})
    return box


@transaction.atomic(durable=True)
def change_mailbox(
    mailbox_id: int,
    *,
    name: str,
    imap: Mapping[str, Any],
    imap_secret: str = "",
    smtp: Mapping[str, Any],
    smtp_secret: str = "",
    tokens: Mapping[str, str] | None = None,
    refresh_token: str = "",
    client_secret: str = "",
    own_servers: Collection[str],
    acknowledges: bool,
    language: str,
    tag: str,
    is_for_complaints: bool,
    by: Actor,
    now: datetime,
) -> Mailbox:
    """Change how a mailbox is reached and what becomes of its mail; its address and market stay.

    An empty secret stays as it is, but not for another server or user, who would be told it. Of another
    account everything is looked at from the first message on; what is known is known again. CaseRefused.
    """
    box = Mailbox.objects.select_for_update().get(pk=mailbox_id)
    by.needs(RIGHT, market=box.market)
    tag = tag_of(tag)
    _check_queue(language, tag)
    was = {each: getattr(box, each) for each in CHANGEABLE}
    for which, said, secret in (("imap", imap, imap_secret), ("smtp", smtp, smtp_secret)):
        kept = getattr(box, which)
        moved = any(kept.get(each) != said.get(each) for each in ("host", "port", "user", "login"))
        is_typed = secret or (tokens and refresh_token)
        if moved and not is_typed and (getattr(box, f"{which}_secret") or box.tokens_secret):
            raise CaseRefused(f"This is another {which.upper()} server or user: type its secret as well.")
        # what no form asks for (a certificate of one's own, seconds to wait) stays
        setattr(box, which, {**kept, **said})
        if secret:
            setattr(box, f"{which}_secret", sealed(secret))
        if moved and which == "imap":
            box.place_valid, box.place_uid = None, 0
    _renew_tokens(box, dict(tokens or {}), refresh_token, client_secret)
    box.name, box.own_servers = name.strip() or box.address, list(own_servers)
    box.acknowledges, box.language, box.tag = acknowledges, language, tag
    box.is_for_complaints, box.problem, box.read_at = is_for_complaints, "", None
    box.save()
    changed = [each for each in CHANGEABLE if getattr(box, each) != was[each]]
    typed = (("imap", imap_secret), ("smtp", smtp_secret), ("tokens", refresh_token))
    changed += [each for each, secret in typed if secret]
    audit.record(
        "mailbox.changed", subject=("mailbox", box.pk), by=by, at=now, market=box.market,
        changes={"fields": sorted(set(changed))},
    )  # fmt: skip
    return box


@transaction.atomic(durable=True)
def answer_again(mailbox_id: int, *, by: Actor, now: datetime) -> Mailbox:
    """Somebody looked why a mailbox acknowledged so much: it acknowledges again, and counts from now on."""
    box = Mailbox.objects.select_for_update().get(pk=mailbox_id)
    by.needs(RIGHT, market=box.market)
    if box.breaker_at is None:
        return box
    box.breaker_at, box.breaker_because, box.answers_since = None, "", now
    box.save(update_fields=["breaker_at", "breaker_because", "answers_since"])
    audit.record(
        "mailbox.breaker_reset", subject=("mailbox", box.pk), by=by, at=now, market=box.market, changes={}
    )
    return box


def _renew_tokens(box: Mailbox, tokens: dict[str, str], refresh_token: str, client_secret: str) -> None:
    same = all(box.tokens.get(each) == tokens.get(each) for each in ("address", "client_id"))
    if tokens and not (same and box.tokens_secret and not refresh_token):
        _check_tokens(tokens, refresh_token)
        box.tokens_secret = sealed_secrets(client_secret, refresh_token)
    if tokens != box.tokens or refresh_token:
        box.tokens, box.access_token, box.access_until = tokens, "", None
    if not tokens:
        box.tokens_secret = ""


def _check_tokens(tokens: Mapping[str, str], refresh_token: str) -> None:
    if not tokens:
        return
    parts = urlsplit(tokens.get("address", ""))
    is_here = parts.hostname in ("127.0.0.1", "localhost")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
        raise CaseRefused("Tokens come from an address that begins with https://.")
    if not tokens.get("client_id") or not refresh_token:
        raise CaseRefused("Tokens are asked for with a client id and a refresh token: type both.")


def _check_queue(language: str, tag: str) -> None:
    if language not in LANGUAGES:
        raise CaseRefused("Choose the language that is written there from the list.")
    if tag and (problem := problem_with_tag(tag)):
        raise CaseRefused(problem)


@transaction.atomic(durable=True)
def switch_mailbox(mailbox_id: int, *, is_active: bool, by: Actor, now: datetime) -> Mailbox:
    """Read and send by this mailbox, or leave it alone; what was taken in stays."""
    box = Mailbox.objects.select_for_update().get(pk=mailbox_id)
    by.needs(RIGHT, market=box.market)
    if box.is_active == is_active:
        return box
    box.is_active, box.problem = is_active, ""
    box.save(update_fields=["is_active", "problem"])
    audit.record(
        "mailbox.switched", subject=("mailbox", box.pk), by=by, at=now, market=box.market,
        changes={"is_active": [not is_active, is_active]},
    )  # fmt: skip
    return box
