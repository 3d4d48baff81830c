"""Looking at what a new version would move before it is made: the form goes round once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from paydesk.web.addresses import PAGES, code_in

if TYPE_CHECKING:
    from paydesk.foundation.clocks.previews import Move, Moves

NOT_SAID = ("csrfmiddlewaretoken", "looked_at", "at")


@dataclass(frozen=True, slots=True)
class ShownMove:
    """One clock with the code of what it is about."""

    move: Move
    about: str


def seen_or_moves(request: HttpRequest, look: Callable[[], Moves]) -> dict[str, Any] | None:
    """None where this very form was looked at, or moves nothing; else what to show, and show it again.

    What was looked at is known by a print of the form, so that nobody makes a version they did not see.
    """
    said = [(key, request.POST.getlist(key)) for key in sorted(request.POST) if key not in NOT_SAID]
    print_of_form = sha256(repr(said).encode()).hexdigest()
    if request.POST.get("looked_at") == print_of_form:
        return None
    moves = look()
    if not moves.moved:
        return None
    shown = [ShownMove(each, _about(*each.subject)) for each in moves.named]
    return {"moves": moves, "shown_moves": shown, "looked_at": print_of_form}


def _about(kind: str, number: int) -> str:
    return code_in(kind, number) if kind in PAGES else f"{kind.replace('_', ' ')} {number}"
