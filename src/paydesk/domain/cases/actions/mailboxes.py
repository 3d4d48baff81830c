"""The mailboxes people write to: setting one up, switching it off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from paydesk.domain.cases.mailing import sealed
from paydesk.domain.cases.models import Mailbox
from paydesk.domain.cases.steps import CaseRefused
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.queries import market_by_code
from paydesk.kernel.actor import Actor

RIGHT = "settings.manage"


@transaction.atomic(durable=True)
def add_mailbox(
    *,
    address: str,
    name: str,
    market: str,
    imap: Mapping[str, Any],
    imap_secret: str,
    smtp: Mapping[str, Any],
    smtp_secret: str,
    own_servers: Collection[str] = (),
    acknowledges: bool = True,
    by: Actor,
    now: datetime,
) -> Mailbox:
    """Set up an address. `imap` and `smtp` are host, port, user, tls ("tls", "starttls", "none"), ca_file;
    both are `folder` alone where mail lies in a folder of this machine (below POST_FOLDER).

    Secrets are sealed with the desk's key. Raises CaseRefused.
    """
    by.needs(RIGHT, market=market)
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise CaseRefused(f"{address or 'Nothing'} is no e-mail address.") from None
    if market_by_code(market) is None:
        raise CaseRefused("Choose the market whose people write there.")
    if Mailbox.objects.filter(address=address).exists():
        raise CaseRefused(f"{address} is set up already.")
    box = Mailbox.objects.create(
        address=address,
        name=name.strip() or address,
        market=market,
        imap=dict(imap),
        imap_secret=sealed(imap_secret),
        smtp=dict(smtp),
        smtp_secret=sealed(smtp_secret),
        own_servers=list(own_servers),
        acknowledges=acknowledges,
        added_by=by.label,
        added_at=now,
    )
    audit.record("mailbox.added", subject=("mailbox", box.pk), by=by, at=now, market=market, changes={})
    return box


@transaction.atomic(durable=True)
def switch_mailbox(mailbox_id: int, *, is_active: bool, by: Actor, now: datetime) -> Mailbox:
    """Read and send by this mailbox, or leave it alone; what was taken in stays."""
    box = Mailbox.objects.select_for_update().get(pk=mailbox_id)
    by.needs(RIGHT, market=box.market)
    if box.is_active == is_active:
        return box
    box.is_active, box.problem = is_active, ""
    box.save(update_fields=["is_active", "problem"])
    audit.record(
        "mailbox.switched", subject=("mailbox", box.pk), by=by, at=now, market=box.market,
        changes={"is_active": [not is_active, is_active]},
    )  # fmt: skip
    return box
