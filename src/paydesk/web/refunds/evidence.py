"""What stands beside an approval about refunds: payment, row, calculation, payee checks, payout file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.utils import timezone

from paydesk.domain.payments.queries import payment_for, story_of
from paydesk.domain.refunds.payout_formats import FORMATS
from paydesk.domain.refunds.queries import (
    calculation_of,
    float_of,
    new_doubts,
    payout_file_for,
    refund_for,
    refunds_in,
    refunds_of_payment,
    why_not_payable,
)
from paydesk.domain.refunds.rules import names_agree
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of
from paydesk.web.payments.page import masked_raw
from paydesk.web.payments.shown import shown as payment_shown
from paydesk.web.refunds.releasing import FLOAT_WORDS
from paydesk.web.refunds.shown import account_words, all_shown, file_shown, shown
from paydesk.web.sight import looking

if TYPE_CHECKING:
    from paydesk.domain.refunds.models import Refund
    from paydesk.foundation.approvals.models import Approval

GONE = "What this is about cannot be shown to you."
CHANGED = "The refund changed since this was asked for. Reject it, so that it can be asked for as it is now."


def of_refund(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The refund with its payment: row, calculation, payee checks, other refunds of the same payment."""
    actor, eyes = actor_of(request), looking(request)
    try:
        refund = refund_for(actor, approval.subject_id)
        payment = payment_for(actor, refund.payment_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    others = [each for each in refunds_of_payment(payment.pk) if each.pk != refund.pk]
    known: dict[str, Any] = {
        "each": payment_shown(payment),
        "payment": payment,
        "refund": refund,
        "refund_shown": shown(refund),
        "account": account_words(eyes, refund),
        "sums": calculation_of(payment),
        "checks": checks(refund),
        "others": all_shown(others),
        "came_off": came_off(refund),
        "raw": masked_raw(payment, eyes),
        "outcome": approval.payload.get("outcome", ""),
        "provider_ref": approval.payload.get("provider_ref", ""),
    }
    is_waiting = approval.state == "pending"
    if is_waiting and approval.kind == "refund.entitle":
        gone = why_not_payable(refund)
        known["new"] = [gone] if gone else new_doubts([refund], timezone.now())[refund.pk]
    if is_waiting and approval.payload.get("version") != refund.version:
        known["problem"] = CHANGED
    return known


def checks(refund: Refund) -> list[tuple[bool, str]]:
    """(sound, in words) for each check that sorts green from amber, whatever the reasons say."""
    line, customer = refund.payment.statement_line, refund.customer
    original = line.msisdn or line.account
    name = line.payer_name or (customer.name if customer else "")
    agrees = bool(name) and names_agree(refund.payee_name, name)
    return [
        (refund.payee_account == original, "Goes to the number the money came from"),
        (agrees, "The payee's name agrees with the name on the payment"),
        (refund.payee_kind == "payer", "Goes to the payer"),
    ]


def came_off(refund: Refund) -> list[tuple[int, str, Money]]:
    """(contract, its number, how much) of what asking for the refund took off contracts."""
    sums: dict[int, tuple[str, int]] = {}
    for allocation in story_of(refund.payment).allocations:
        if allocation.at == refund.requested_at:
            contract = allocation.due_item.contract
            _, before = sums.get(contract.pk, ("", 0))
            sums[contract.pk] = (contract.account_number, before - allocation.amount_minor)
    return [(pk, number, Money(minor, refund.currency)) for pk, (number, minor) in sums.items() if minor]


def of_file(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The payout file with its refunds, the account it leaves and what that holds."""
    actor = actor_of(request)
    try:
        payout = payout_file_for(actor, approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    rows = all_shown(refunds_in(payout))
    each = file_shown(payout)
    code, there = float_of(payout.source_account)
    doubts = new_doubts([row.refund for row in rows], timezone.now())
    new = [f"{row.code}: {doubt}" for row in rows for doubt in doubts[row.refund.pk]]
    return {
        "new": new if approval.state == "pending" else [],
        "file": each,
        "payout": payout,
        "rows": rows,
        "format": FORMATS[payout.format].name,
        "holds": FLOAT_WORDS.get(code, code),
        "there": there,
        "left": there - each.total,
        "own": [row.code for row in rows if row.refund.approved_by_id == actor.id],
    }
