"""A payer asks the provider for their money back: held at once, answered by two people, ended by its row."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.db import transaction
from django.db.models import F

from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.steps import let_go, locked, reserve
from paydesk.domain.reversal_requests import clocks, proof, queries, rules
from paydesk.domain.reversal_requests.models import ReversalRequest
from paydesk.domain.reversal_requests.states import HOLDS_MONEY, OPEN, REVERSAL_REQUEST
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.queries import pending_about
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks.steps import meet_clocks, start_clocks, stop_clocks
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused

RIGHT = "payments.answer_reversal_request"
ACCEPT, CONTEST = "reversal_request.accept", "reversal_request.contest"
SUBJECT = "reversal_request"


class ReversalRequestRefused(Refused):
    """This cannot be done with this request."""

    code = "reversal_request.refused"


@transaction.atomic(durable=True)
def record_request(
    payment_id: int,
    *,
    amount: Money,
    case_number: str,
    reason: str,
    requested_at: datetime,
    note: str = "",
    evidence_id: int | None = None,
    by: Actor,
    now: datetime,
) -> ReversalRequest:
    """Keep what the provider passed on. The money is held at once, off contracts first as far as needed.

    What is not with us any more cannot be held: the request then waits without, to be contested.
    Raises ReversalRequestRefused.
    """
    by.needs(RIGHT, market=Payment.objects.values_list("market", flat=True).get(pk=payment_id))
    payment = locked(payment_id)
    approvals.refuse_if_related(by, "customer", [payment.customer_id])
    case_number = case_number.strip()
    paid_at = payment.statement_line.occurred_at
    refused = rules.problem(reason, case_number, requested_at, paid_at, now)
    whole = Money(payment.amount_minor - payment.reversed_minor, payment.currency)
    if payment.state != "received":
        refused = "This payment was taken back already: nothing is left to ask for."
    elif amount.currency != payment.currency or not 0 < amount.amount_minor <= whole.amount_minor:
        refused = f"Up to {whole} can be asked back of this payment."
    if refused:
        raise ReversalRequestRefused(refused)
    known = ReversalRequest.objects.filter(payment=payment)
    for before in known.filter(state__in=OPEN) | known.filter(case_number=case_number):
        raise ReversalRequestRefused(
            f"{queries.code(before)} (case {before.case_number}) asks for money of this payment already.",
            request_id=before.pk,
        )
    request = ReversalRequest(
        market=payment.market,
        payment=payment,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        reversed_before_minor=payment.reversed_minor,
        case_number=case_number,
        reason=reason,
        requested_at=requested_at,
        note=note.strip(),
        evidence_id=evidence_id,
        recorded_by_id=by.id,
        recorded_by=by.label,
        recorded_at=now,
    )
    if amount.amount_minor <= queries.left_of(payment).amount_minor:
        reserve(payment.pk, amount.amount_minor, by=by, at=now)
        request.state, request.held_minor = REVERSAL_REQUEST.after("lock", request.state), amount.amount_minor
    request.save()
    start_clocks(clocks.REVERSAL_REQUEST, SUBJECT, {request.pk: requested_at}, market=request.market, now=now)
    _record(
        "reversal_request.recorded", request, by, now,
        payment_id=payment.pk, state=request.state, held_minor=request.held_minor, reason=reason,
    )  # fmt: skip
    return request


@transaction.atomic(durable=True)
def request_acceptance(request_id: int, *, note: str, by: Actor, now: datetime) -> Approval:
    """Ask a second person to agree that the provider takes the money back. Raises ReversalRequestRefused."""
    request = _open(request_id, "accept", note, by)
    approval = _ask(ACCEPT, request, note, {}, [], None, by, now)
    _record("reversal_request.acceptance_asked", request, by, now, approval_id=approval.pk)
    return approval


def request_contest(request_id: int, *, contest_reason: str, note: str, by: Actor, now: datetime) -> Approval:
    """Ask a second person to agree to a no. The proof is made now, so that they read what would go out.

    Raises ReversalRequestRefused.
    """
    if contest_reason not in rules.CONTESTS:
        raise ReversalRequestRefused("Choose why it is contested from the list.")
    request = queries.request_for(by, request_id)
    by.needs(RIGHT, market=request.market)
    kept = blobs.keep(BytesIO(proof.letter(request, contest_reason, now)))  # before the transaction
    with transaction.atomic(durable=True):
        request = _open(request_id, "contest", note, by)
        document = documents.record_upload(
            kept, filename=f"proof-{queries.code(request)}.pdf", by=by, now=now, market=request.market
        )
        payload = {"contest_reason": contest_reason, "proof_id": document.pk}
        reasons = [] if contest_reason != "other" else ["No reason of the list fits."]
        approval = _ask(CONTEST, request, note, payload, reasons, document.pk, by, now)
        _record(
            "reversal_request.contest_asked", request, by, now,
            approval_id=approval.pk, contest_reason=contest_reason, document_id=document.pk,
        )  # fmt: skip
    return approval


@transaction.atomic(durable=True)
def approve_acceptance(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> ReversalRequest:
    """The second person agrees: the money stays held until the provider's own row takes it.

    Raises ApprovalRefused, ReversalRequestRefused.
    """
    request, approval = _decided(approval_id, ACCEPT, by, now, note)
    was, request.state = request.state, REVERSAL_REQUEST.after("accept", request.state)
    _answered(request, approval, by, now)
    _record(
        "reversal_request.accepted", request, by, now, approval_id=approval.pk, state=[was, request.state]
    )
    return request


@transaction.atomic(durable=True)
def approve_contest(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> ReversalRequest:
    """The second person agrees to the no: the money is let go at once, the proof goes to the provider.

    Raises ApprovalRefused, ReversalRequestRefused.
    """
    request, approval = _decided(approval_id, CONTEST, by, now, note)
    was, request.state = request.state, REVERSAL_REQUEST.after("contest", request.state)
    request.contest_reason = approval.payload["contest_reason"]
    request.proof_id = approval.payload["proof_id"]
    _let_go(request, by, now)
    _answered(request, approval, by, now)
    _record(
        "reversal_request.contested", request, by, now,
        approval_id=approval.pk, state=[was, request.state], document_id=request.proof_id,
    )  # fmt: skip
    return request


@transaction.atomic(durable=True)
def release_request(request_id: int, *, note: str, by: Actor, now: datetime) -> ReversalRequest:
    """The provider closed the case for us, or the payer took it back: the money is the customer's again.

    Raises ReversalRequestRefused, TransitionRefused.
    """
    request = ReversalRequest.objects.select_for_update(of=["self"]).select_related("payment").get(
        pk=request_id
    )  # fmt: skip
    by.needs(RIGHT, market=request.market)
    approvals.refuse_if_related(by, "customer", [request.payment.customer_id])
    if not note.strip():
        raise ReversalRequestRefused("Say what the provider decided, or that the payer took it back.")
    if request.pk in pending_about(SUBJECT, [request.pk]):
        raise ReversalRequestRefused("An answer waits for a second person: take it back or have it rejected.")
    was, request.state = request.state, REVERSAL_REQUEST.after("release", request.state)
    _let_go(request, by, now)
    request.outcome_note = note.strip()
    _finished(request, now)
    _record("reversal_request.released", request, by, now, state=[was, request.state])
    return request


def settle_reversed(*, by: Actor, now: datetime) -> int:
    """End every request whose money the provider has taken by a row of its own; returns how many.

    One transaction each. What was held makes good what the row left short (1310).
    """
    found = ReversalRequest.objects.filter(
        state__in=OPEN, payment__reversed_minor__gte=F("reversed_before_minor") + F("amount_minor")
    ).order_by("id")
    return sum(_settle(number, by, now) for number in list(found.values_list("pk", flat=True)))


@transaction.atomic(durable=True)
def _settle(request_id: int, by: Actor, now: datetime) -> bool:
    waiting = pending_about(SUBJECT, [request_id]).get(request_id)
    if waiting is not None:  # the provider did not wait for our answer
        approvals.end(waiting.pk, "expire", by=by, now=now, note="The provider took the money back itself.")
    request = ReversalRequest.objects.select_for_update().get(pk=request_id)
    if not REVERSAL_REQUEST.may("reverse", request.state):
        return False
    was, request.state = request.state, REVERSAL_REQUEST.after("reverse", request.state)
    _let_go(request, by, now)
    _finished(request, now)
    _record("reversal_request.reversed", request, by, now, state=[was, request.state])
    return True


def _open(request_id: int, transition: str, note: str, by: Actor) -> ReversalRequest:
    """The request, locked, if this answer can be asked for."""
    request = ReversalRequest.objects.select_for_update(of=["self"]).select_related("payment").get(
        pk=request_id
    )  # fmt: skip
    by.needs(RIGHT, market=request.market)
    approvals.refuse_if_related(by, "customer", [request.payment.customer_id])
    if transition == "accept" and request.state == "requested":
        raise ReversalRequestRefused("Nothing could be held for it: there is no money to give. Contest it.")
    REVERSAL_REQUEST.after(transition, request.state)
    if not note.strip():
        raise ReversalRequestRefused("Say why: a second person decides on it.")
    return request


def _ask(
    kind: str,
    request: ReversalRequest,
    note: str,
    payload: dict[str, object],
    reasons: list[str],
    evidence_id: int | None,
    by: Actor,
    now: datetime,
) -> Approval:
    if request.pk in pending_about(SUBJECT, [request.pk]):
        raise ReversalRequestRefused("An answer is asked for already and waits for a second person.")
    return approvals.ask(
        kind,
        subject=(SUBJECT, request.pk),
        market=request.market,
        right=RIGHT,
        decide_right=rules.decide_right(request.reason),
        payload={"version": request.version, "amount_minor": request.amount_minor, **payload},
        reasons=reasons,
        amount=Money(request.amount_minor, request.currency),
        note=note.strip(),
        evidence_id=evidence_id or request.evidence_id,
        by=by,
        now=now,
    )


def _decided(
    approval_id: int, kind: str, by: Actor, now: datetime, note: str
) -> tuple[ReversalRequest, Approval]:
    approval = approvals.decide(approval_id, kind, by=by, now=now, note=note)
    request = ReversalRequest.objects.select_for_update(of=["self"]).select_related("payment").get(
        pk=approval.subject_id
    )  # fmt: skip
    approvals.refuse_if_related(by, "customer", [request.payment.customer_id])
    if request.version != approval.payload["version"]:
        raise ReversalRequestRefused("This request changed since. Reject the answer and ask again.")
    return request, approval


def _answered(request: ReversalRequest, approval: Approval, by: Actor, now: datetime) -> None:
    request.answer_note = approval.note
    request.answered_by, request.answered_at = by.label, now
    request.version += 1
    request.save()
    meet_clocks(clocks.REVERSAL_REQUEST, SUBJECT, [request.pk], at=now)


def _finished(request: ReversalRequest, now: datetime) -> None:
    request.finished_at = now
    request.version += 1
    request.save()
    stop_clocks(clocks.REVERSAL_REQUEST, SUBJECT, [request.pk], why=request.state, at=now)


def _let_go(request: ReversalRequest, by: Actor, now: datetime) -> None:
    if request.held_minor:
        assert request.state not in HOLDS_MONEY
        let_go(request.payment_id, request.held_minor, by=by, at=now)
        request.held_minor = 0


def _record(verb: str, request: ReversalRequest, by: Actor, now: datetime, **changes: object) -> None:
    audit.record(
        verb,
        subject=(SUBJECT, request.pk),
        by=by,
        at=now,
        changes={"amount_minor": request.amount_minor, "currency": request.currency, **changes},
        market=request.market,
    )
