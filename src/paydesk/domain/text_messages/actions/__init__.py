"""What people and gateways do with text messages. One file per family of verbs."""

from paydesk.domain.text_messages.actions.codes import check_code, send_code
from paydesk.domain.text_messages.actions.notices import note_wish, send_notice
from paydesk.domain.text_messages.actions.sending import ask_due, send_due, take_report
from paydesk.domain.text_messages.actions.setting_up import add_gateway, set_caps, switch_gateway

__all__ = [
    "add_gateway",
    "ask_due",
    "check_code",
    "note_wish",
    "send_code",
    "send_due",
    "send_notice",
    "set_caps",
    "switch_gateway",
    "take_report",
]
