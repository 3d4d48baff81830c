"""What is done about incidents: proposing, adopting, closing, and telling everybody once."""

from paydesk.domain.incidents.actions.broadcasting import (
    draft_broadcast,
    drop_broadcast,
    finish_broadcast,
    keep_outcome,
    send_broadcast,
)
from paydesk.domain.incidents.actions.working import (
    add_cases,
    adopt,
    close,
    name_it,
    propose,
    reject,
    reopen,
    take_off,
)

__all__ = [
    "add_cases",
    "adopt",
    "close",
    "draft_broadcast",
    "drop_broadcast",
    "finish_broadcast",
    "keep_outcome",
    "name_it",
    "propose",
    "reject",
    "reopen",
    "send_broadcast",
    "take_off",
]
