"""Mail that led to no case: the list of it, and the words of one, read from the copy that was kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from paydesk.connectors.mail import reading
from paydesk.domain.cases.asks import is_our_number
from paydesk.domain.cases.models import ReceivedMail
from paydesk.foundation.documents.queries import content_of
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

LEFT = {"failed": "Failed", "set_aside": "Set aside", "ignored": "Ignored"}
TO_DO = ("failed", "set_aside")


def mail_left(actor: Actor) -> QuerySet[ReceivedMail]:
    """Mail of the actor's markets that led to no case, newest first, mailboxes loaded."""
    found = ReceivedMail.objects.filter(state__in=LEFT).select_related("mailbox")
    return in_markets(found, actor, "mailbox__market").order_by("-id")


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says, for a person who decides about it. `troubles` is what could not be read."""

    text: str
    files: tuple[str, ...]
    troubles: tuple[str, ...]


def words_of(received: ReceivedMail) -> Words:
    """Raises Refused where the copy is gone from the documents folder."""
    mail = reading.read_mail(content_of(received.document_id), is_ours=is_our_number)
    return Words(mail.text, tuple(each.name for each in mail.attachments), mail.troubles)
