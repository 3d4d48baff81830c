"""A sign of whoever has a page of the desk open: the polls of the page give it, at most once a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from paydesk.domain.routing.actions import seen
from paydesk.kernel.actor import Actor

AGAIN_AFTER = timedelta(minutes=1)
_given: dict[int, datetime] = {}  # by this process; another one may give it as well


def here(actor: Actor, now: datetime) -> None:
    """This person is at the desk; one small statement, none within a minute."""
    if actor.id is None or (last := _given.get(actor.id)) and last <= now < last + AGAIN_AFTER:
        return
    _given[actor.id] = now
    seen(by=actor, now=now)
