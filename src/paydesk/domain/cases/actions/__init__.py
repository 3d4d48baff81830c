"""What people do with cases, and what customers do to them. One file per family of verbs."""

from paydesk.domain.cases.actions.linking import confirm_link, link, reject_link
from paydesk.domain.cases.actions.merging import merge, undo_merge
from paydesk.domain.cases.actions.opening import open_case, receive_message
from paydesk.domain.cases.actions.talking import (
    add_note,
    log_call,
    mark_failed,
    mark_sent,
    reply,
    save_draft,
    take_back,
)
from paydesk.domain.cases.actions.working import (
    close_resolved,
    keep_commitment,
    make_commitment,
    reopen,
    resolve,
    sort_case,
    take_up,
    tick,
    verify,
    wait,
    wake,
)

__all__ = [
    "add_note",
    "close_resolved",
    "confirm_link",
    "keep_commitment",
    "link",
    "log_call",
    "make_commitment",
    "mark_failed",
    "mark_sent",
    "merge",
    "open_case",
    "receive_message",
    "reject_link",
    "reopen",
    "reply",
    "resolve",
    "save_draft",
    "sort_case",
    "take_back",
    "take_up",
    "tick",
    "undo_merge",
    "verify",
    "wait",
    "wake",
]
