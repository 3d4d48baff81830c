"""The access token of a mailbox: kept while it is good, asked for anew before it is not."""

from __future__ import annotations

import json
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from paydesk.connectors.mail.servers import MailServerError
from paydesk.connectors.mail.tokens import TokenEndpoint, new_token
from paydesk.domain.cases.models import Mailbox
from paydesk.foundation.people.sealed_text import UnreadableError, seal, unseal

PURPOSE = "mailbox"
BEFORE_ITS_END = timedelta(minutes=2)


def sealed_secrets(client_secret: str, refresh_token: str) -> str:
    """What a mailbox needs to ask for tokens, as it is kept."""
    return seal(json.dumps({"client_secret": client_secret, "refresh_token": refresh_token}), PURPOSE)


def access_token_of(box: Mailbox) -> str:
    """A token that is good for minutes at least, sealed as secrets are. Raises MailServerError.

    A refresh token that the server changed is kept in the place of the one before. Not inside a transaction:
    a server is asked.
    """
    now = timezone.now()
    if box.access_token and box.access_until is not None and box.access_until > now + BEFORE_ITS_END:
        return box.access_token
    try:
        secrets = json.loads(unseal(box.tokens_secret, PURPOSE)) if box.tokens_secret else {}
    except UnreadableError:
        raise MailServerError(
            "Its token was sealed under another secret key of the desk: give the desk that key as well.",
            temporary=True,
        ) from None
    found = new_token(TokenEndpoint(**box.tokens, **secrets))
    box.access_token = seal(found.token, PURPOSE)
    box.access_until = now + timedelta(seconds=found.seconds)
    if found.refresh_token:
        box.tokens_secret = sealed_secrets(secrets.get("client_secret", ""), found.refresh_token)
    with transaction.atomic():
        box.save(update_fields=["access_token", "access_until", "tokens_secret"])
    return box.access_token
