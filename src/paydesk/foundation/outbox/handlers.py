"""Who wants to know of which event. Packages register in their AppConfig.ready().

    from paydesk.foundation.outbox.handlers import on

    @on("payment.received")
    def allocate(payload: dict[str, Any]) -> None: ...

A handler runs in the worker, after the commit of the verb that put the event, at least once: so it asks first
whether its work is done already. It calls verbs, with `system("outbox")` as the actor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Handler = Callable[[dict[str, Any]], object]

_handlers: dict[str, list[Handler]] = {}


def on(event: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for `event`; the same function twice counts once."""

    def register(handler: Handler) -> Handler:
        listening = _handlers.setdefault(event, [])
        if handler not in listening:
            listening.append(handler)
        return handler

    return register


def forget(event: str, handler: Handler) -> None:
    """Take a registration back: for tests."""
    _handlers[event].remove(handler)


def handlers_of(event: str) -> tuple[Handler, ...]:
    """The handlers of `event`, in the order they registered."""
    return tuple(_handlers.get(event, ()))
