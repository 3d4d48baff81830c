"""Reads about receipts by hand: which are asked for, which still lack the provider's row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from paydesk.domain.hand_receipts import rules
from paydesk.domain.hand_receipts.models import HandReceipt
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.models import LineConfirmation
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of, number_of

CODE_PREFIX = "HRC"


@dataclass(frozen=True, slots=True)
class ReceiptProof:
    """A receipt that was received, and how its proof stands: proven, awaited or overdue."""

    receipt: HandReceipt
    proof: str


def code(receipt: HandReceipt) -> str:
    return code_of(CODE_PREFIX, receipt.pk)


def number_in(text: str) -> int | None:
    """The receipt a code names; None if it names none."""
    return number_of(CODE_PREFIX, text)


def receipts(actor: Actor) -> QuerySet[HandReceipt]:
    """Receipts by hand of the actor's markets, newest first, each with `proven` and `payment_id`."""
    confirmed = LineConfirmation.objects.filter(line_id=OuterRef("line_id"))
    payment = Payment.objects.filter(statement_line_id=OuterRef("line_id")).values("pk")[:1]
    found = HandReceipt.objects.select_related("source_account__provider").annotate(
        proven=Exists(confirmed), payment_id=Subquery(payment)
    )
    return in_markets(found, actor).order_by("-asked_at", "-id")


def receipt_for(actor: Actor, receipt_id: int) -> HandReceipt:
    """Raises HandReceipt.DoesNotExist also for another market."""
    return receipts(actor).get(pk=receipt_id)


def receipts_standing(actor: Actor, standing: str, now: datetime) -> QuerySet[HandReceipt]:
    """Those that are asked | awaited | overdue | proven | rejected; all for anything else."""
    late = Q(received_at__lt=now - rules.PROOF_WITHIN)
    found = receipts(actor)
    match standing:
        case "asked" | "rejected":
            return found.filter(state=standing)
        case "proven":
            return found.filter(state="received", proven=True)
        case "overdue":
            return found.filter(late, state="received", proven=False).order_by("received_at", "id")
        case "awaited":
            return found.filter(~late, state="received", proven=False).order_by("received_at", "id")
        case _:
            return found


def count_overdue(actor: Actor, now: datetime) -> int:
    """How many were received more than three days ago and no row of the provider proves them."""
    return receipts_standing(actor, "overdue", now).count()


def proof_of(receipt: HandReceipt, now: datetime) -> str:
    """proven | awaited | overdue for one of `receipts` that was received, else ""."""
    if receipt.received_at is None:
        return ""
    return rules.proof_of(receipt.received_at, bool(getattr(receipt, "proven", False)), now)


def unproven(actor: Actor, now: datetime) -> list[ReceiptProof]:
    """Received and not proven yet, the longest waiting first; one query."""
    found = receipts(actor).filter(state="received", proven=False).order_by("received_at", "id")
    return [ReceiptProof(r, rules.proof_of(r.received_at, False, now)) for r in found if r.received_at]
