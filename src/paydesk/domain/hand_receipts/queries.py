"""Reads about receipts by hand: which are asked for, which still lack the provider's row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from paydesk.domain.hand_receipts import rules
from paydesk.domain.hand_receipts.models import HandReceipt
from paydesk.domain.statements.models import LineConfirmation
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class ReceiptProof:
    """A receipt that was received, and how its proof stands: proven, awaited or overdue."""

    receipt: HandReceipt
    proof: str


def receipts(actor: Actor) -> QuerySet[HandReceipt]:
    """Receipts by hand of the actor's markets, newest first, each with `proven`."""
    confirmed = LineConfirmation.objects.filter(line_id=OuterRef("line_id"))
    found = HandReceipt.objects.select_related("source_account__provider").annotate(proven=Exists(confirmed))
    return in_markets(found, actor).order_by("-asked_at", "-id")


def unproven(actor: Actor, now: datetime) -> list[ReceiptProof]:
    """Received and not proven yet, the longest waiting first; one query."""
    found = receipts(actor).filter(state="received", proven=False).order_by("received_at", "id")
    return [ReceiptProof(r, rules.proof_of(r.received_at, False, now)) for r in found if r.received_at]
