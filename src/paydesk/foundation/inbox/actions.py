"""Taking up a rejected message again."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.inbox.models import Message
from paydesk.foundation.inbox.states import MESSAGE
from paydesk.foundation.inbox.steps import CHANNEL
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def retry_message(message_id: int, *, by: Actor, now: datetime) -> Message:
    """Have a rejected message read again, once what stood in its way is put right. It stays as it came.

    Retrying one that waits already is the same as once. Raises TransitionRefused for one that is understood,
    Message.DoesNotExist for one that is not there.
    """
    message = Message.objects.select_for_update().get(pk=message_id)
    by.needs("files.import", market=message.market)
    was = message.state
    if was == "received":
        return message
    message.state = MESSAGE.after("retry", was)
    message.reason = ""
    message.attempts = 0
    message.settled_at = None
    message.save(update_fields=["state", "reason", "attempts", "settled_at"])
    audit.record(
        "message.retried",
        subject=("message", message.pk),
        by=by,
        at=now,
        changes={"state": [was, message.state], "channel": message.channel},
        market=message.market,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return message
