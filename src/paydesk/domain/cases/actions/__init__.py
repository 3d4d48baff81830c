"""What people do with cases, and what customers do to them. One file per family of verbs."""

from paydesk.domain.cases.actions.aside import (
    close_side,
    hear_aside,
    mark_side_sent,
    open_side,
    say_aside,
)
from paydesk.domain.cases.actions.complaints import NO_COMPLAINT, approve_no_complaint, ask_no_complaint
from paydesk.domain.cases.actions.drafting import renew_draft, save_draft, take_over_draft
from paydesk.domain.cases.actions.family import add_child, part_child
from paydesk.domain.cases.actions.files import (
    attach_file,
    look_into_file,
    save_letter,
    say_kind,
    show_held,
    take_off_file,
)
from paydesk.domain.cases.actions.linking import confirm_link, link, reject_link
from paydesk.domain.cases.actions.looking import look_at
from paydesk.domain.cases.actions.mail import fetch, keep_mail, keep_or_note, send_due
from paydesk.domain.cases.actions.mail_in import take_in
from paydesk.domain.cases.actions.mail_left import ignore_mail, take_in_all, take_in_anyway
from paydesk.domain.cases.actions.mailboxes import (
    add_mailbox,
    answer_again,
    change_mailbox,
    switch_mailbox,
)
from paydesk.domain.cases.actions.merging import merge, undo_merge
from paydesk.domain.cases.actions.opening import open_case, receive_message
from paydesk.domain.cases.actions.own_fields import fill_fields, save_field
from paydesk.domain.cases.actions.ready_texts import retire_ready_text, save_ready_text
from paydesk.domain.cases.actions.splitting import split, undo_split
from paydesk.domain.cases.actions.tagging import tag_case
from paydesk.domain.cases.actions.talking import (
    add_note,
    log_call,
    mark_failed,
    mark_sent,
    reply,
    take_back,
)
from paydesk.domain.cases.actions.weighing import weigh_old
from paydesk.domain.cases.actions.working import (
    close_resolved,
    end_proof,
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
    "NO_COMPLAINT",
    "close_side",
    "hear_aside",
    "mark_side_sent",
    "open_side",
    "say_aside",
    "add_child",
    "add_mailbox",
    "add_note",
    "answer_again",
    "approve_no_complaint",
    "ask_no_complaint",
    "attach_file",
    "change_mailbox",
    "close_resolved",
    "confirm_link",
    "end_proof",
    "fetch",
    "fill_fields",
    "keep_commitment",
    "ignore_mail",
    "keep_mail",
    "keep_or_note",
    "link",
    "log_call",
    "look_at",
    "look_into_file",
    "make_commitment",
    "mark_failed",
    "mark_sent",
    "merge",
    "open_case",
    "receive_message",
    "part_child",
    "reject_link",
    "renew_draft",
    "reopen",
    "reply",
    "resolve",
    "retire_ready_text",
    "save_draft",
    "save_field",
    "save_letter",
    "say_kind",
    "save_ready_text",
    "send_due",
    "show_held",
    "sort_case",
    "split",
    "switch_mailbox",
    "tag_case",
    "take_back",
    "take_in",
    "take_in_all",
    "take_in_anyway",
    "take_off_file",
    "take_over_draft",
    "take_up",
    "tick",
    "undo_merge",
    "undo_split",
    "verify",
    "wait",
    "wake",
    "weigh_old",
]
