"""Taking in what a marketplace tells, and asking something of it. One file per family of verbs."""

from paydesk.domain.marketplace.actions.asking import (
    APPROVED_BY_TWO,
    AskRefused,
    approve_ask,
    ask_ended,
    ask_platform,
    tell_platform,
)
from paydesk.domain.marketplace.actions.taking_in import (
    MarketplaceRefused,
    take_early_messages,
    take_events,
    take_messages,
)

__all__ = [
    "APPROVED_BY_TWO",
    "AskRefused",
    "MarketplaceRefused",
    "approve_ask",
    "ask_ended",
    "ask_platform",
    "take_early_messages",
    "take_events",
    "take_messages",
    "tell_platform",
]
