"""Giving goodwill, alone or by two, and undoing it. One file per family of verbs."""

from paydesk.domain.goodwill.actions.giving import (
    GIVE,
    EarlierRefused,
    GoodwillRefused,
    approve_goodwill,
    give_goodwill,
    request_ended,
)
from paydesk.domain.goodwill.actions.undoing import UNDO, approve_undoing, request_undoing

__all__ = [
    "GIVE",
    "UNDO",
    "EarlierRefused",
    "GoodwillRefused",
    "approve_goodwill",
    "approve_undoing",
    "give_goodwill",
    "request_ended",
    "request_undoing",
]
