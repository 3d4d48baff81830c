"""Doors as an administrator sets them up. A token is told once and kept as its digest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from paydesk.domain.doors import rules
from paydesk.domain.doors.addresses import digest_of, new_key, new_secret
from paydesk.domain.doors.models import Door
from paydesk.domain.doors.steps import RIGHT, DoorRefused
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.queries import market_by_code
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def add_door(
    *,
    kind: str,
    name: str,
    market: str,
    language: str = "en",
    origins: Collection[str] = (),
    by: Actor,
    now: datetime,
) -> tuple[Door, str]:
    """A web form, a chat widget or a telephone system; and the token of the last, told this once.

    `origins` are the sites that may embed a form or widget. Raises DoorRefused.
    """
    by.needs(RIGHT, market=market)
    if kind not in rules.KINDS or language not in rules.LANGUAGES:
        raise DoorRefused("Choose the kind and the language from their lists.")
    if market_by_code(market) is None:
        raise DoorRefused("Choose the market whose people come in there.")
    token = new_secret() if kind == "phone" else ""
    door = Door.objects.create(
        kind=kind,
        name=" ".join(name.split())[:100] or rules.KINDS[kind],
        market=market,
        language=language,
        key=new_key(),
        secret_digest=digest_of(token) if token else "",
        origins=_origins(origins) if kind != "phone" else [],
        added_by=by.label,
        added_at=now,
    )
    _record("door.added", door, by, now, kind=kind)
    return door, token


@transaction.atomic(durable=True)
def switch_door(door_id: int, *, is_active: bool, by: Actor, now: datetime) -> Door:
    """Open or close a door; what came through it stays."""
    door = _locked(door_id, by)
    if door.is_active != is_active:
        door.is_active = is_active
        door.save(update_fields=["is_active"])
        _record("door.switched", door, by, now, is_active=[not is_active, is_active])
    return door


@transaction.atomic(durable=True)
def set_origins(door_id: int, *, origins: Collection[str], by: Actor, now: datetime) -> Door:
    """Which sites may embed a form or widget. Raises DoorRefused for what is no site."""
    door = _locked(door_id, by)
    if door.kind == "phone":
        raise DoorRefused("A telephone system is not embedded anywhere.")
    was, door.origins = door.origins, _origins(origins)
    if was != door.origins:
        door.save(update_fields=["origins"])
        _record("door.origins_set", door, by, now, origins=[was, door.origins])
    return door


@transaction.atomic(durable=True)
def renew_token(door_id: int, *, by: Actor, now: datetime) -> str:
    """A new token of a telephone system, told this once; the old one ends at once."""
    door = _locked(door_id, by)
    if door.kind != "phone":
        raise DoorRefused("Only a telephone system has a token.")
    token = new_secret()
    door.secret_digest = digest_of(token)
    door.save(update_fields=["secret_digest"])
    _record("door.token_renewed", door, by, now)
    return token


def _locked(door_id: int, by: Actor) -> Door:
    door = Door.objects.select_for_update().filter(pk=door_id).first()
    if door is None or not by.sees(door.market):
        raise DoorRefused("There is no such door in your markets.")
    by.needs(RIGHT, market=door.market)
    return door


def _origins(given: Collection[str]) -> list[str]:
    found = []
    for text in given:
        origin = rules.origin_of(text)
        if origin is None:
            raise DoorRefused(
                f"{text[:80]} is no address of a site: write it as https://shop.example, without a path."
            )
        found.append(origin)
    return list(dict.fromkeys(found))


def _record(verb: str, door: Door, by: Actor, now: datetime, **changes: object) -> None:
    audit.record(verb, subject=("door", door.pk), by=by, at=now, market=door.market, changes=changes)
