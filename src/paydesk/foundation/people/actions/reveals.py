"""Showing a masked name or number in clear: with the right, for a reason, for a while, recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.masking import REVEAL_MINUTES, REVEALS_AN_HOUR, why_no_reason
from paydesk.foundation.people.models import Reveal
from paydesk.foundation.people.steps import locked
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

RIGHT = "customers.reveal"


@transaction.atomic(durable=True)
def reveal(
    subject: tuple[str, int],
    fields: Sequence[str],
    *,
    reason: str,
    hidden: Sequence[str],
    market: str | None,
    by: Actor,
    now: datetime,
) -> Reveal:
    """Let `by` see `fields` ("name", "phone", "identity") of one customer or payer for REVEAL_MINUTES.

    `hidden` are the values themselves: a reason that holds one of them is refused, because the reason is
    sealed into the trail. Raises NotAllowedRefused without the right in `market`, Refused for no good reason
    or beyond REVEALS_AN_HOUR.
    """
    by.needs(RIGHT, market=market)
    assert by.kind == "person", "only people read"
    assert by.id is not None
    why = " ".join(reason.split())
    if problem := why_no_reason(why, hidden):
        raise Refused(problem, code="reveal.reason")
    locked(by.id)
    if Reveal.objects.filter(person_id=by.id, at__gt=now - timedelta(hours=1)).count() >= REVEALS_AN_HOUR:
        raise Refused(
            f"You have revealed {REVEALS_AN_HOUR} people within the hour, the most there may be. "
            "Ask a team lead if your work needs more.",
            code="reveal.too_many",
        )
    kind, subject_id = subject
    shown = Reveal.objects.create(
        person_id=by.id,
        subject_kind=kind,
        subject_id=subject_id,
        at=now,
        until=now + timedelta(minutes=REVEAL_MINUTES),
    )
    audit.record(
        f"{kind}.revealed",
        subject=subject,
        by=by,
        at=now,
        market=market,
        changes={"fields": list(fields), "minutes": REVEAL_MINUTES},
        note=why,
    )
    return shown
