"""Whether money is due back: asked for by one person, decided by another. The money is reserved meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from django.db import transaction

from paydesk.domain.cases.asks import compensations_of, stopping
from paydesk.domain.cases.steps import asked_by_them, link_along
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.steps import let_go, locked, owe_back, reserve
from paydesk.domain.refunds import clocks, queries, rules
from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.states import ON_THE_WAY, REFUND
from paydesk.domain.refunds.steps import EarlierRefused, RefundRefused, check_again
from paydesk.domain.refunds.steps import locked as locked_refund
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.queries import pending_about
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks.steps import start_clocks, stop_clocks
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

ENTITLE = "refund.entitle"


@transaction.atomic(durable=True)
def request_refund(
    payment_id: int,
    *,
    amount: Money,
    reason: str,
    note: str,
    payee_kind: str,
    payee_name: str,
    payee_account: str,
    rail: str,
    version: int | None = None,
    case_id: int | None = None,
    again: bool = False,
    by: Actor,
    now: datetime,
) -> Refund:
    """Ask for money of a payment to go back. It is reserved at once: off contracts first, as far as needed.

    `payee_account` is a phone number or an IBAN, by `rail`. `case_id` is the case it is asked for from:
    whoever writes must be known well enough. What was given for this payment before is named and stops it,
    unless `again` says that it is known; then it is amber.

    Raises RefundRefused, EarlierRefused, IdentityRefused.
    """
    market = Payment.objects.values_list("market", flat=True).get(pk=payment_id)
    by.needs_to_ask("refunds.entitle", market=market)
    if case_id is not None:
        asked_by_them(case_id, "refund.request", by, about=[("payment", payment_id)])
    payment = locked(payment_id, version=version)
    approvals.refuse_if_related(by, "customer", [payment.customer_id])
    _check_request(payment, amount, reason, note, payee_kind, payee_name, payee_account, rail, now)
    earlier = _earlier(payment, again, now)
    asked = queries.asked(
        payment, amount, payee_kind=payee_kind, payee_name=payee_name, payee_account=payee_account,
        reason=reason, now=now,
    )  # fmt: skip
    refund = Refund.objects.create(
        market=payment.market,
        payment=payment,
        customer_id=payment.customer_id,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        reason=reason,
        note=note.strip(),
        payee_kind=payee_kind,
        payee_name=payee_name.strip(),
        payee_account=payee_account.strip(),
        rail=rail,
        reasons=[*earlier, *rules.reasons_to_look(asked, now.date())],
        requested_by_id=by.id,
        requested_by=by.label,
        requested_at=now,
    )
    reserve(payment.pk, amount.amount_minor, by=by, at=now)
    approval = _ask(refund, by, now)
    start_clocks(clocks.REFUND, "refund", {refund.pk: now}, market=refund.market, now=now)
    link_along(("payment", payment.pk), ("refund", refund.pk), by=by, at=now)
    _record("refund.requested", refund, by, now, approval_id=approval.pk, payment_id=payment.pk)
    return refund


@transaction.atomic(durable=True)
def approve_refund(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Refund:
    """The second person says the money is due: it is payable now (2050). The checks are run once more.

    Raises ApprovalRefused, RefundRefused, ChecksChangedRefused.
    """
    approval = approvals.decide(approval_id, ENTITLE, by=by, now=now, note=note)
    refund = Refund.objects.select_for_update().get(pk=approval.subject_id)
    approvals.refuse_if_related(by, "customer", [refund.customer_id])
    if refund.version != approval.payload["version"]:
        raise RefundRefused("This refund was changed since. Reject it and ask again.")
    check_again([refund], now)
    was, refund.state = refund.state, REFUND.after("approve", refund.state)
    if not refund.owed:
        owe_back(
            refund.payment_id,
            refund.amount_minor,
            refund_id=refund.pk,
            key=f"refund_approved:{refund.pk}:{refund.version}",
            by=by,
            at=now,
        )
    refund.owed = True
    refund.approved_by_id, refund.approved_by, refund.approved_at = by.id, by.label, now
    refund.version += 1
    refund.save()
    _record("refund.approved", refund, by, now, approval_id=approval.pk, state=[was, refund.state])
    return refund


def entitlement_ended(approval: Approval, by: Actor, now: datetime) -> None:
    """The request was rejected, withdrawn or left to expire: the money is let go. Joins that transaction."""
    refund = Refund.objects.select_for_update().get(pk=approval.subject_id)
    transition = "reject" if approval.state == "rejected" else "cancel"
    _end(refund, transition, by, now)


@transaction.atomic(durable=True)
def cancel_refund(
    refund_id: int, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> Refund:
    """Give up a refund that has not gone out: the money is the customer's unapplied cash again.

    Raises RefundRefused, also while a payout file carries it; RefundChangedRefused, TransitionRefused.
    """
    refund = locked_refund(refund_id, version)
    by.needs("refunds.entitle", market=refund.market)
    approvals.refuse_if_related(by, "customer", [refund.customer_id])
    if not note.strip():
        raise RefundRefused("Say why it is given up: whoever asked for it will read it.")
    waiting = pending_about("refund", [refund.pk]).get(refund.pk)
    if waiting is not None:
        raise RefundRefused("It waits for a second person: take the request back, or have it rejected.")
    if why := rules.why_in_file(refund.state, refund.payout_file_id):
        raise RefundRefused(f"It is in {queries.payout_code(refund.payout_file_id or 0)}. {why}")
    was = refund.state
    _end(refund, "cancel", by, now)
    _record("refund.cancelled", refund, by, now, state=[was, refund.state])
    return refund


@transaction.atomic(durable=True)
def try_refund_again(refund_id: int, *, version: int | None = None, by: Actor, now: datetime) -> Refund:
    """A refund that failed goes out again to the same payee, with the next payout file."""
    refund = locked_refund(refund_id, version)
    by.needs("payouts.release", market=refund.market)
    was, refund.state = refund.state, REFUND.after("try_again", refund.state)
    refund.payout_file = None
    refund.version += 1
    refund.save()
    _record("refund.tried_again", refund, by, now, state=[was, refund.state])
    return refund


@transaction.atomic(durable=True)
def change_payee(
    refund_id: int,
    *,
    payee_kind: str,
    payee_name: str,
    payee_account: str,
    rail: str,
    note: str,
    version: int | None = None,
    case_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Refund:
    """A refund that failed goes to another payee: decided on anew by a second person.

    `case_id` is the case it is asked for from: whoever asks must be known in a strong way. Raises
    RefundRefused, IdentityRefused.
    """
    if case_id is not None:
        asked_by_them(case_id, "refund.change_payee", by, about=[("refund", refund_id)])
    refund = locked_refund(refund_id, version)
    by.needs("refunds.entitle", market=refund.market)
    approvals.refuse_if_related(by, "customer", [refund.customer_id])
    amount = Money(refund.amount_minor, refund.currency)
    _check_payee(refund.reason, note, payee_kind, payee_name, payee_account, rail)
    was, refund.state = refund.state, REFUND.after("change_payee", refund.state)
    refund.payee_kind, refund.payee_name = payee_kind, payee_name.strip()
    refund.payee_account, refund.rail = payee_account.strip(), rail
    asked = queries.asked(
        refund.payment, amount, payee_kind=payee_kind, payee_name=payee_name, payee_account=payee_account,
        reason=refund.reason, now=now, but=refund.pk,
    )  # fmt: skip
    refund.reasons = ["The payee was changed after it failed.", *rules.reasons_to_look(asked, now.date())]
    refund.approved_by_id, refund.approved_by, refund.approved_at = None, "", None
    refund.requested_by_id, refund.requested_by = by.id, by.label
    refund.payout_file = None
    refund.note = note.strip()
    refund.version += 1
    refund.save()
    approval = _ask(refund, by, now)
    _record(
        "refund.payee_changed", refund, by, now, approval_id=approval.pk, state=[was, refund.state],
        payee=audit.fingerprint(refund.payee_account),
    )  # fmt: skip
    return refund


def _ask(refund: Refund, by: Actor, now: datetime) -> Approval:
    return approvals.ask(
        ENTITLE,
        subject=("refund", refund.pk),
        market=refund.market,
        right="refunds.entitle",
        decide_right=rules.entitlement_right(refund.payee_kind),  # type: ignore[arg-type]
        payload={
            "version": refund.version,
            "payment_id": refund.payment_id,
            "amount_minor": refund.amount_minor,
            "payee": audit.fingerprint(f"{refund.payee_account} {refund.payee_name}"),
        },
        reasons=refund.reasons,
        amount=Money(refund.amount_minor, refund.currency),
        note=refund.note,
        by=by,
        now=now,
    )


def _end(refund: Refund, transition: str, by: Actor, now: datetime) -> None:
    refund.state = REFUND.after(transition, refund.state)
    if refund.owed:
        owe_back(
            refund.payment_id,
            -refund.amount_minor,
            refund_id=refund.pk,
            key=f"refund_cancelled:{refund.pk}:{refund.version}",
            by=by,
            at=now,
        )
        refund.owed = False
    let_go(refund.payment_id, refund.amount_minor, by=by, at=now)
    refund.finished_at = now
    refund.version += 1
    refund.save()
    stop_clocks(clocks.REFUND, "refund", [refund.pk], why=refund.state, at=now)


def _earlier(payment: Payment, again: bool, now: datetime) -> list[str]:
    """What was given for this payment before, as reasons to look; EarlierRefused unless it is known.

    Raises RefundRefused while the payment is contested.
    """
    found = compensations_of([("payment", payment.pk)], now)
    if codes := stopping(found):
        raise RefundRefused(
            f"Not asked for: this payment is contested ({codes}), and nothing is given while that is open.",
            code="refund.contested",
        )
    if found and not again:
        raise EarlierRefused(
            "Not asked for: there was something before. "
            + " ".join(each.sentence for each in found)
            + " If it is due all the same, say so, and a second person looks at both.",
            earlier=[each.code for each in found],
        )
    return [f"Given before: {each.sentence}" for each in found]


def _check_request(
    payment: Payment,
    amount: Money,
    reason: str,
    note: str,
    payee_kind: str,
    payee_name: str,
    payee_account: str,
    rail: str,
    now: datetime,
) -> None:
    if payment.state != "received":
        raise RefundRefused("This payment was taken back: there is nothing to refund.")
    left = queries.calculation_of(payment).left
    if amount.currency != payment.currency or not 0 < amount.amount_minor <= left.amount_minor:
        raise RefundRefused(
            f"Up to {left} of this payment can go back; the rest was refunded or taken back before.",
            left_minor=left.amount_minor,
        )
    _check_payee(reason, note, payee_kind, payee_name, payee_account, rail)
    again = Refund.objects.filter(
        payment=payment,
        amount_minor=amount.amount_minor,
        requested_at__gte=rules.due_before(now),
        state__in=(*ON_THE_WAY, "paid"),
    ).first()
    if again is not None:
        raise RefundRefused(
            f"{queries.code(again)} asks for the same amount of this payment already. "
            "If it is really another one, ask for it tomorrow or for another amount.",
            refund_id=again.pk,
        )


def _check_payee(
    reason: str, note: str, payee_kind: str, payee_name: str, payee_account: str, rail: str
) -> None:
    if reason not in rules.REASONS or payee_kind not in get_args(rules.PayeeKind) or rail not in rules.RAILS:
        raise RefundRefused("Choose a reason, a payee and a way to pay from the lists.")
    if not payee_name.strip() or not payee_account.strip():
        raise RefundRefused("Name the payee and the account the money goes to.")
    if not note.strip():
        raise RefundRefused("Say why the money is due: a second person decides on it.")


def _record(verb: str, refund: Refund, by: Actor, now: datetime, **changes: object) -> None:
    audit.record(
        verb,
        subject=("refund", refund.pk),
        by=by,
        at=now,
        changes={"amount_minor": refund.amount_minor, "currency": refund.currency, **changes},
        market=refund.market,
    )
