"""What people and visitors do at the doors. One file per family of verbs."""

from paydesk.domain.doors.actions.calls import announce_call, take_call, write_script
from paydesk.domain.doors.actions.chat_files import send_file_in_chat
from paydesk.domain.doors.actions.chats import (
    begin_chat,
    give_code,
    note_delivered,
    note_presence,
    prove,
    say_in_chat,
    try_code,
)
from paydesk.domain.doors.actions.forms import send_form
from paydesk.domain.doors.actions.missed_calls import note_missed_calls
from paydesk.domain.doors.actions.setting_up import add_door, renew_token, set_origins, switch_door
from paydesk.domain.doors.actions.status_pages import give_status_page, note_visit, withdraw_status_page

__all__ = [
    "add_door",
    "announce_call",
    "begin_chat",
    "give_code",
    "give_status_page",
    "note_delivered",
    "note_missed_calls",
    "note_presence",
    "note_visit",
    "prove",
    "renew_token",
    "say_in_chat",
    "send_file_in_chat",
    "send_form",
    "set_origins",
    "switch_door",
    "take_call",
    "try_code",
    "withdraw_status_page",
    "write_script",
]
