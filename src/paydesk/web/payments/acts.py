"""What can be done with a payment besides applying it, each with its key and, where it cannot, why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from paydesk.domain.payments.queries import PaymentStory, applied_to, last_own_reversal, undoable
from paydesk.domain.payments.states import PAYMENT
from paydesk.domain.refunds.queries import calculation_of
from paydesk.kernel.actor import Actor
from paydesk.web.access import gate, gate_to_ask
from paydesk.web.addresses import code_in

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment
    from paydesk.foundation.approvals.models import Approval

CONTESTED = "This payment is contested: nothing is given while the dispute is open."
ALREADY = "This payment is contested already."
MOVE, TAKE_BACK, BACKDATE = "payments.move", "payments.reverse", "payments.backdate"


@dataclass(frozen=True, slots=True)
class Act:
    """One button. `blocked` says why it cannot be pressed and who can; "" when it can."""

    label: str
    url: str
    key: str
    blocked: str = ""


def acts_of(
    actor: Actor, story: PaymentStory, waiting: Mapping[str, Approval], *, is_contested: bool
) -> list[Act]:
    """The acts that make sense for this payment now. `waiting` are approvals that wait, by kind."""
    payment = story.payment
    put_back = _put_back(actor, payment, waiting)
    escalate = _escalate(actor, payment)
    if payment.state != PAYMENT.start:
        return put_back + escalate
    stuck = "Money of this payment is asked back or went back." if _goes_back(payment) else ""
    allocate = gate(actor, "payments.allocate").reason
    found = []
    if payment.open_minor:
        found.append(_act("Split…", "split", "s", payment, allocate))
    if applied_to(story.allocations, payment.currency):
        found.append(_act("Take off…", "take_off", "o", payment, allocate or stuck))
    if payment.customer_id is not None:
        asked = "A move is asked for already." if "payment.move" in waiting else ""
        found.append(_act("Move…", "move", "v", payment, gate_to_ask(actor, MOVE).reason or stuck or asked))
    asked = "Taking it back is asked for already." if "payment.reverse" in waiting else ""
    found.append(_act("Take back…", "take_back", "b", payment, gate(actor, TAKE_BACK).reason or asked))
    found += put_back
    asked = "An earlier day is asked for already." if "payment.backdate" in waiting else ""
    found.append(_act("Backdate…", "backdate", "d", payment, gate(actor, BACKDATE).reason or asked))
    blocked = gate_to_ask(actor, "refunds.entitle").reason or (
        CONTESTED if is_contested
        else "" if calculation_of(payment).left
        else "Nothing of it is left to go back."
    )  # fmt: skip
    found.append(Act("Refund…", reverse("refunds:ask", args=[payment.pk]), "f", blocked))
    if actor.may("payments.answer_reversal_request:view"):
        url = reverse("reversal_requests:record", args=[payment.pk])
        found.append(
            Act("Reversal request…", url, "", gate(actor, "payments.answer_reversal_request").reason)
        )
    if actor.may("disputes.answer:view"):
        url = reverse("disputes:open", args=[payment.pk])
        blocked = gate(actor, "disputes.answer").reason or (ALREADY if is_contested else "")
        found.append(Act("Dispute…", url, "", blocked))
    if undoable(payment, story.records, actor):
        found.append(_act("Undo…", "undo", "z", payment, allocate or stuck))
    return found + escalate


def _put_back(actor: Actor, payment: Payment, waiting: Mapping[str, Approval]) -> list[Act]:
    """Undoing a reversal of ours, where one still stands."""
    if last_own_reversal(payment) is None:
        return []
    asked = "Undoing the reversal is asked for already." if "payment.reinstate" in waiting else ""
    return [_act("Undo the reversal…", "put_back", "h", payment, gate(actor, TAKE_BACK).reason or asked)]


def _escalate(actor: Actor, payment: Payment) -> list[Act]:
    """Handing it to risk, for whoever may; it has no key, for nobody does it by mistake."""
    if not gate(actor, "risk.escalate").allowed:
        return []
    return [Act("Escalate…", reverse("risk:escalate", args=[code_in("payment", payment.pk)]), "")]


def _goes_back(payment: Payment) -> bool:
    return bool(payment.reserved_minor or payment.refunded_minor)


def _act(label: str, name: str, key: str, payment: Payment, blocked: str) -> Act:
    return Act(label, reverse(f"payments:{name}", args=[payment.pk]), key, blocked)
