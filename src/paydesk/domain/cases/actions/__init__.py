"""What people do with cases, and what customers do to them. One file per family of verbs."""

from paydesk.domain.cases.actions.linking import confirm_link, link, reject_link
from paydesk.domain.cases.actions.mail import fetch, keep_mail, send_due, take_in, take_in_all
from paydesk.domain.cases.actions.mailboxes import add_mailbox, switch_mailbox
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
    "add_mailbox",
    "add_note",
    "close_resolved",
    "confirm_link",
    "fetch",
    "keep_mail",
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
    "send_due",
    "sort_case",
    "switch_mailbox",
    "take_back",
    "take_in",
    "take_in_all",
    "take_up",
    "tick",
    "undo_merge",
    "verify",
    "wait",
    "wake",
]
