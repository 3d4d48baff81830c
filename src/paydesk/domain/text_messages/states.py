"""The life of a text message. Screens and the database constraint read this table."""

from __future__ import annotations

from paydesk.kernel.lifecycle import Lifecycle

TEXT = Lifecycle(
    "text message",
    start="queued",
    transitions={
        "hand_over": ({"queued"}, "sent"),
        "deliver": ({"sent"}, "delivered"),
        "lose_track": ({"queued"}, "unknown"),  # it may have been taken: it is never sent again by itself
        "fail": ({"queued", "sent"}, "failed"),
        "take_back": ({"queued"}, "taken_back"),
    },
    families={
        "queued": "moving", "sent": "moving", "delivered": "settled", "unknown": "held", "failed": "failed",
    },
)  # fmt: skip
