"""One event of a marketplace as a JSON message of ours: an object with the names of the file's columns."""

from __future__ import annotations

from paydesk.domain.marketplace.event_file import COLUMNS, event_of
from paydesk.domain.marketplace.rules import Event, problem_with
from paydesk.importers.json_messages import Fields, NotJson, parsed
from paydesk.importers.moments import Moments

_MOMENTS = Moments("ymd", "UTC")


def read_event_message(number: int, body: bytes) -> Event | str:
    """The event that message `number` tells, or why it cannot be taken. Never raises.

    Digits of a card are masked in every text but the platform's own numbers.
    """
    try:
        fields = Fields(parsed(body))
        cells = {
            column.name: fields.own_id(column.name)
            if column.name.endswith("_id")
            else fields.text(column.name)
            for column in COLUMNS
        }
        event = event_of(number, cells, _MOMENTS)
    except NotJson as problem:
        return str(problem)
    except ValueError as problem:
        return f"It cannot be read: {problem}"
    why = problem_with(event)
    return why[:1].upper() + why[1:] if why else event


def says_words(body: bytes, seller_ref: str) -> bool:
    """Whether a message is about a seller and names them or says in words why something failed."""
    try:
        fields = Fields(parsed(body))
        is_theirs = fields.own_id("seller_id") == seller_ref
        return is_theirs and bool(fields.text("seller_name") or fields.text("reason"))
    except (NotJson, ValueError):
        return seller_ref.encode() in body
