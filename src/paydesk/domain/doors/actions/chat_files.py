"""A visitor of a chat sends a photo or a PDF: a message of its own, the file a document beside it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases.keeping_files import CameAlong, keep_beside
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Attachment, Message
from paydesk.domain.cases.steps import keep, locked, record
from paydesk.domain.doors import rules
from paydesk.domain.doors.actions.chats import say_in_chat
from paydesk.domain.doors.actions.forms import SentFile
from paydesk.domain.doors.models import Chat
from paydesk.domain.doors.queries import files_sent_in
from paydesk.domain.doors.steps import DoorRefused
from paydesk.foundation.documents import blobs
from paydesk.kernel.actor import Actor

NO_FILE = "door.file"


def send_file_in_chat(
    chat: Chat,
    *,
    client_key: str,
    file: SentFile,
    name: str = "",
    contact: str = "",
    by: Actor,
    now: datetime,
) -> Message:
    """Keep a file as those of mails and forms are kept, by the same rules; the first said opens the case.

    PDF, JPEG and PNG alone, by what the bytes are and not by their name. A card number in the name goes. Sent
    again under its key it is the same one, also after a fault between the message and its file. Raises
    DoorRefused, CaseRefused.
    """
    if problem := rules.problem_with_files([(file.name, file.size_bytes)]):
        raise DoorRefused(problem, code=NO_FILE)
    kept = blobs.keep(file.stream)  # before the transaction: a slow upload must not hold one open
    if kept.content_type not in rules.FILE_TYPES:
        raise DoorRefused(f"{file.name[:80]} is no PDF, JPEG or PNG.", code=NO_FILE)
    external_id = f"{chat.pk}.{client_key}"
    is_known = Message.objects.filter(channel="chat", external_id=external_id).exists()
    if not is_known and files_sent_in(chat) >= rules.MOST_CHAT_FILES:
        raise DoorRefused(
            f"Up to {rules.MOST_CHAT_FILES} files can be sent in one chat. Say what else there is in words.",
            code=NO_FILE,
        )
    file_name = redacted(file.name)[:200]
    message = say_in_chat(
        chat, client_key=client_key, text=f"Sent a file: {file_name}", name=name, contact=contact, by=by,
        files=[CameAlong(kept, file_name)], now=now,
    )  # fmt: skip
    _beside(message, kept, file_name, by=by, now=now)
    return message


@transaction.atomic(durable=True)
def _beside(message: Message, kept: blobs.KeptContent, file_name: str, *, by: Actor, now: datetime) -> None:
    """For the message that opened the case, and after a fault: its file, unless it is there."""
    case = locked(message.case_id, by, also_over=True)
    if Attachment.objects.filter(message=message).exists():
        return
    made = keep_beside(message, CameAlong(kept, file_name), market=case.market, by=by, now=now)
    keep(case)  # whoever has the case open sees that it went on
    record("case.file_received", case, by, now, document_id=made.document_id, message_id=message.pk)
