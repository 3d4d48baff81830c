"""What people do about what is kept: packs, redaction, holds, the schedule, forgetting somebody."""

from paydesk.domain.retention.actions.erasing import apply_schedule, ask_to_erase, erase, refuse_erasure
from paydesk.domain.retention.actions.holding import lift_hold, place_hold, set_retention
from paydesk.domain.retention.actions.packing import ask_for_pack, hand_out, make_pack
from paydesk.domain.retention.actions.redacting import (
    confirm_redaction,
    redact_file,
    redact_words,
    refuse_redaction,
)

__all__ = [
    "apply_schedule", "ask_for_pack", "ask_to_erase", "confirm_redaction", "erase", "hand_out", "lift_hold",
    "make_pack", "place_hold", "redact_file", "redact_words", "refuse_erasure", "refuse_redaction",
    "set_retention",
]  # fmt: skip
