"""How an answer reaches whoever a case is with: by mail, or where they still sit in a chat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from paydesk.domain.cases.models import Case

Listens = Callable[[int, datetime], bool]

_listening: dict[str, Listens] = {}


def listens(channel: str, is_there: Listens) -> None:
    """Register is_there(case id, now): whether somebody hears what is said on `channel` at this moment."""
    _listening[channel] = is_there


def channel_of_answer(case: Case, now: datetime) -> str:
    """Where an answer goes: into the chat while they are there, else by mail where an address is known.

    A visitor without one finds the answer in the chat when they come back.
    """
    is_chat = case.channel == "chat" and "chat" in _listening
    if is_chat and ("@" not in case.contact or _listening["chat"](case.pk, now)):
        return "chat"
    return "email" if "@" in case.contact else case.channel
