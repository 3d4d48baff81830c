"""What stands beside an approval, so that nobody has to go looking: the thing, its row, what changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.utils import timezone

from paydesk.domain.contracts.queries import contract_for, schedule_of
from paydesk.domain.parties.queries import customer_for
from paydesk.domain.payments import previews
from paydesk.domain.payments.effects import Effects
from paydesk.domain.payments.queries import claims_of, payment_for, results_of_file, why_of
from paydesk.domain.statements.queries import file_for
from paydesk.foundation.approvals.states import APPROVAL
from paydesk.foundation.clocks.queries import clock_for, clocks_of, standing
from paydesk.foundation.clocks.told import arithmetic, pause_rows
from paydesk.kernel.money import Money
from paydesk.reporting.books.queries.days import closed_through, closing_for
from paydesk.web.access import actor_of
from paydesk.web.addresses import page_of
from paydesk.web.intake.results import Result
from paydesk.web.payments.effects_shown import looked_at
from paydesk.web.payments.page import masked_raw
from paydesk.web.payments.shown import shown
from paydesk.web.sight import looking

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment
    from paydesk.foundation.approvals.models import Approval

STALE = "The payment changed since this was asked for. Reject it, so that it can be asked for as it is now."
GONE = "What this is about cannot be shown to you."


def of_payment(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The payment with its raw row, where it would go, and what that changes."""
    actor, wanted = actor_of(request), approval.payload
    try:
        payment = payment_for(actor, approval.subject_id)
        customer = customer_for(actor, wanted["customer_id"]) if wanted.get("customer_id") else None
        contract = contract_for(actor, wanted["contract_id"]) if wanted.get("contract_id") else None
    except ObjectDoesNotExist:
        return {"problem": GONE}
    eyes = looking(request)
    known = {
        "each": shown(payment),
        "payment": payment,
        "why": eyes.sentence(
            why_of(payment, claims_of([payment.pk])[payment.pk]),
            payment,
            names=[],
            phones=[payment.statement_line.msisdn],
        ),
        "raw": masked_raw(payment, eyes),
        "to_customer": customer,
        "to_contract": contract,
        "to_day": date.fromisoformat(wanted["counts_on"]) if "counts_on" in wanted else None,
    }
    if approval.state != APPROVAL.start:
        return known
    if wanted.get("version") != payment.version:
        return known | {"problem": STALE}
    return known | looked_at(lambda: _effects(request, approval, payment))


def _effects(request: HttpRequest, approval: Approval, payment: Payment) -> Effects:
    by, now, wanted = actor_of(request), timezone.now(), approval.payload
    if approval.kind in ("payment.reverse", "reversal_row.match"):
        amount = Money(wanted["amount_minor"], payment.currency)
        return previews.reversal_effects(payment.pk, amount=amount, by=by, now=now)
    if approval.kind == "payment.reinstate":
        return previews.reinstate_effects(payment.pk, by=by, now=now)
    if approval.kind == "payment.backdate":
        counts_on = date.fromisoformat(wanted["counts_on"])
        return previews.backdate_effects(payment.pk, counts_on=counts_on, by=by, now=now)
    customer_id, contract_id = wanted["customer_id"], wanted["contract_id"]
    if approval.kind == "payment.move":
        return previews.move_effects(
            payment.pk, customer_id=customer_id, contract_id=contract_id, by=by, now=now
        )
    part = wanted.get("amount_minor")
    return previews.apply_effects(
        payment.pk, customer_id=customer_id, contract_id=contract_id,
        amount=Money(part, payment.currency) if part else None, by=by, now=now,
    )  # fmt: skip


def of_due_item(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The contract, the due item of which little is open, and what writing it off changes."""
    return _due_item(request, approval, previews.write_off_effects)


def of_written_off(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The contract, the due item of which something was written off, and what undoing that changes."""
    return _due_item(request, approval, previews.owe_again_effects)


def _due_item(request: HttpRequest, approval: Approval, effects: Callable[..., Effects]) -> dict[str, Any]:
    actor = actor_of(request)
    try:
        contract = contract_for(actor, approval.payload["contract_id"])
    except ObjectDoesNotExist:
        return {"problem": GONE}
    item = next((due for due in schedule_of(contract.pk) if due.pk == approval.subject_id), None)
    if item is None:
        return {"problem": GONE}
    known = {
        "contract": contract,
        "item": item,
        "due": Money(item.amount_minor, contract.currency),
        "left": Money(item.amount_minor - item.allocated_minor, contract.currency),
    }
    if approval.state != APPROVAL.start:
        return known
    return known | looked_at(lambda: effects(item.pk, by=actor_of(request), now=timezone.now()))


def of_file(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The file and what undoing it takes back: its payments by how the payer was found."""
    try:
        file = file_for(actor_of(request), approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    return {"file": file, "result": Result.of(file.pk, results_of_file(file.pk), [])}


def of_clock(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The clock with its sums, when it is due and when it would be."""
    try:
        clock = clock_for(actor_of(request), approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    wanted = approval.payload["due_at"]
    known = {
        "clock": clock,
        "clock_words": standing(clock, timezone.now()).words,
        "told": arithmetic(clock, pause_rows([clock.pk]).get(clock.pk, []), timezone.now()),
        "wanted": datetime.fromisoformat(wanted) if wanted else None,
        "clock_url": page_of("clock", clock.pk),
        "subject_url": page_of(clock.subject_kind, clock.subject_id),
    }
    changed = clock.due_at != datetime.fromisoformat(approval.payload["was_due_at"])
    if approval.state == APPROVAL.start and changed:
        return known | {"problem": "The clock is due at another time by now. Reject this and ask again."}
    return known


def of_complaint(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The deadline that would leave the count, with its sums."""
    number = approval.subject_id
    clock = next((c for c in reversed(clocks_of("case", number)) if c.kind == "complaint_deadline"), None)
    try:
        clock = clock and clock_for(actor_of(request), clock.pk)
    except ObjectDoesNotExist:
        clock = None
    if clock is None:
        return {"problem": GONE}
    return {
        "clock": clock,
        "clock_words": standing(clock, timezone.now()).words,
        "told": arithmetic(clock, pause_rows([clock.pk]).get(clock.pk, []), timezone.now()),
        "wanted": None,
        "clock_url": page_of("clock", clock.pk),
        "subject_url": page_of("case", number),
    }


def of_days(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """Through or from which day, how the market stands now, and what was not ready when it was asked."""
    try:
        closing = closing_for(actor_of(request), approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    points = [(name.replace("_", " "), count) for name, count in closing.open_points.items() if count]
    return {"closing": closing, "points": points, "closed_through": closed_through(closing.market)}
