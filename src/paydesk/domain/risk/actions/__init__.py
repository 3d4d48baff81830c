"""What people do about risk: escalate and decide, restrict who sees it, stop money and let it go again."""

from paydesk.domain.risk.actions.enforcing import (
    appeal,
    ask_to_lift,
    decide_appeal,
    enforce,
    expire_enforcement,
    lift,
    refuse_enforcement,
    set_enforcement,
)
from paydesk.domain.risk.actions.escalating import (
    acknowledge,
    decide,
    end_restriction,
    escalate,
    name_person,
    note_look,
    reopen,
    restrict_view,
    unname_person,
)

__all__ = [
    "acknowledge", "appeal", "ask_to_lift", "decide", "decide_appeal", "end_restriction", "enforce",
    "escalate", "expire_enforcement", "lift", "name_person", "note_look", "refuse_enforcement", "reopen",
    "restrict_view", "set_enforcement", "unname_person",
]  # fmt: skip
