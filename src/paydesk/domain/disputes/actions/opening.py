"""A payment is contested: noted once it is heard of, with its clock once scheme and reason are known."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from paydesk.domain.cases.states import OPEN as OPEN_CASES
from paydesk.domain.cases.steps import attach, count_up, link_along
from paydesk.domain.cases.steps import locked as locked_case
from paydesk.domain.disputes import clocks, queries, rules
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.disputes.states import DISPUTE, OPEN
from paydesk.domain.disputes.steps import RIGHT, SUBJECT, DisputeRefused, keep, locked, record
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.steps import locked as locked_payment
from paydesk.foundation.approvals import steps as approvals
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


@transaction.atomic(durable=True)
def open_dispute(
    payment_id: int,
    *,
    amount: Money,
    provider_ref: str,
    scheme: str = "",
    reason_code: str = "",
    notice_on: date | None = None,
    told_by: date | None = None,
    is_inquiry: bool = False,
    note: str = "",
    case_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Dispute:
    """Somebody contests a payment with their bank. With a notice (scheme, reason, day) its deadline runs.

    An inquiry only asks: its notice is taken when it becomes a chargeback. The case it is opened from hangs
    on it, and so do open cases about the payment. Moves no money. Raises DisputeRefused, CaseRefused.
    """
    by.needs(RIGHT, market=Payment.objects.values_list("market", flat=True).get(pk=payment_id))
    case = locked_case(case_id, by) if case_id is not None else None
    payment = locked_payment(payment_id)
    approvals.refuse_if_related(by, "customer", [payment.customer_id])
    if case is not None and (case.state not in OPEN_CASES or case.market != payment.market):
        raise DisputeRefused("The case is over or of another market: open it again, or open the dispute "
                             "on the payment.")  # fmt: skip
    whole = Money(payment.amount_minor, payment.currency)
    if payment.state == "unposted":
        raise DisputeRefused("The file of this payment was un-posted: there is nothing to contest.")
    if amount.currency != payment.currency or not 0 < amount.amount_minor <= whole.amount_minor:
        raise DisputeRefused(f"Up to {whole} of this payment can be contested.")
    dispute = open_on(
        payment, amount.amount_minor, provider_ref, is_inquiry=is_inquiry, note=note, by=by, now=now
    )
    if notice_on is not None and not is_inquiry:
        _take_notice(dispute, scheme, reason_code, notice_on, told_by, now)
    keep(dispute, by, now)
    if case is not None:
        attach(case, (SUBJECT, dispute.pk), found_as="opened from this case", by=by, at=now)
        count_up(case.pk)
    link_along(("payment", payment.pk), (SUBJECT, dispute.pk), by=by, at=now)
    record(
        "dispute.opened", dispute, by, now,
        payment_id=payment.pk, state=dispute.state, scheme=scheme, reason_code=reason_code,
        answer_by=str(dispute.answer_by or ""),
    )  # fmt: skip
    return dispute


def open_on(
    payment: Payment, amount_minor: int, provider_ref: str, *, is_inquiry: bool = False, note: str = "",
    by: Actor, now: datetime,
) -> Dispute:  # fmt: skip
    """A dispute of a locked payment, without its notice. Joins the caller's transaction.

    Raises DisputeRefused where the payment is contested already, or its provider's reference is known.
    """
    provider_ref = provider_ref.strip()
    known = Dispute.objects.filter(payment=payment, state__in=OPEN)
    if provider_ref:
        known |= Dispute.objects.filter(
            source_account_id=payment.source_account_id, provider_ref=provider_ref
        )
    for before in known:
        raise DisputeRefused(
            f"{queries.code(before)} is open for this payment or bears this reference: go on there.",
            dispute_id=before.pk,
        )
    return Dispute.objects.create(
        market=payment.market,
        payment=payment,
        source_account_id=payment.source_account_id,
        state="inquiry" if is_inquiry else DISPUTE.start,
        amount_minor=amount_minor,
        currency=payment.currency,
        provider_ref=provider_ref,
        note=note.strip(),
        opened_by_id=by.id,
        opened_by=by.label,
        opened_at=now,
    )


@transaction.atomic(durable=True)
def take_notice(
    dispute_id: int,
    *,
    scheme: str,
    reason_code: str,
    notice_on: date,
    told_by: date | None = None,
    provider_ref: str = "",
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Dispute:
    """The scheme's notice of an inquiry or a chargeback that was only seen in a row: the deadline runs.

    Raises DisputeRefused, TransitionRefused.
    """
    dispute = locked(dispute_id, by, version=version)
    was = dispute.state
    if provider_ref.strip() and provider_ref.strip() != dispute.provider_ref:
        if dispute.provider_ref:
            raise DisputeRefused(f"The provider calls it {dispute.provider_ref} already.")
        dispute.provider_ref = provider_ref.strip()
        same = Dispute.objects.filter(
            source_account_id=dispute.source_account_id, provider_ref=dispute.provider_ref
        ).first()  # fmt: skip
        if same is not None:
            raise DisputeRefused(f"{queries.code(same)} bears this reference already.")
    _take_notice(dispute, scheme, reason_code, notice_on, told_by, now)
    keep(dispute, by, now)
    record(
        "dispute.notice_taken", dispute, by, now,
        state=[was, dispute.state], scheme=scheme, reason_code=reason_code, answer_by=str(dispute.answer_by),
    )  # fmt: skip
    return dispute


@transaction.atomic(durable=True)
def go_on(
    dispute_id: int,
    *,
    notice_on: date,
    told_by: date | None = None,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Dispute:
    """What was won or lost goes to pre-arbitration: answered anew, by a new day, with evidence anew.

    What went out before stays kept. Raises DisputeRefused, TransitionRefused.
    """
    dispute = locked(dispute_id, by, version=version)
    was = dispute.state
    dispute.state = DISPUTE.after("go_on", was)
    _refuse_second(dispute)
    sent, dispute.pack_id = dispute.pack_id, None
    dispute.answered_by, dispute.answered_at, dispute.finished_at = "", None, None
    dispute.won_minor = 0
    _give_day(dispute, dispute.scheme, dispute.reason_code, notice_on, told_by, now)
    keep(dispute, by, now)
    record(
        "dispute.went_on", dispute, by, now,
        state=[was, dispute.state], document_id=sent, answer_by=str(dispute.answer_by),
    )  # fmt: skip
    return dispute


def _refuse_second(dispute: Dispute) -> None:
    for other in Dispute.objects.filter(payment_id=dispute.payment_id, state__in=OPEN):
        raise DisputeRefused(f"{queries.code(other)} is open for this payment: go on there.")


def _take_notice(
    dispute: Dispute, scheme: str, code: str, notice_on: date, told_by: date | None, now: datetime
) -> None:
    dispute.state = DISPUTE.after("take_notice", dispute.state)
    dispute.scheme, dispute.reason_code = scheme, code
    _give_day(dispute, scheme, code, notice_on, told_by, now)


def _give_day(
    dispute: Dispute, scheme: str, code: str, notice_on: date, told_by: date | None, now: datetime
) -> None:
    problem = rules.problem_with_notice(
        scheme, code, notice_on, told_by, dispute.payment.booked_on, now.date()
    )
    if problem:
        raise DisputeRefused(problem)
    last = rules.last_day(scheme, code, notice_on, told_by)
    assert last is not None, "a notice without a last day is refused"
    dispute.notice_on, dispute.told_by, dispute.answer_by = notice_on, told_by, last
    clocks.start(dispute.pk, dispute.market, last, now)
