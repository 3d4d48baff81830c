"""Reads about refunds: the queue, what a request would show, payout files, what the float holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from django.db import connection
from django.db.models import Count, Q, QuerySet

from paydesk.domain.cases.asks import compensations_of
from paydesk.domain.ledger.queries import control_balance
from paydesk.domain.parties.models import Customer
from paydesk.domain.payments.models import Payment, ReversalRow
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.refunds import rules
from paydesk.domain.refunds.models import PayoutFile, PayoutProfile, Refund
from paydesk.domain.refunds.states import ON_THE_WAY
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of, number_of

CODE_PREFIX = "REF"
# Why a row that names a refund is not what paid it or brought it back.
WHY_NOT = {
    "refund_other_amount": "the row moved another amount than the refund it names",
    "several_refunds": "the row could be of several refunds",
    "refund_not_sent": "the refund it names is not marked as sent",
    "refund_failed_here": "the refund it names failed, as we were told: it may go out twice",
    "refund_paid_twice": "the refund it names was paid by another row: it may have gone out twice",
    "refund_ended": "the refund it names was given up",
    "refund_not_paid": "the refund it names is not paid, so nothing of it can come back",
}


def code(refund: Refund) -> str:
    """REF-…, also the reference in payout files, by which results are read back."""
    return code_of(CODE_PREFIX, refund.pk)


def number_in(reference: str) -> int | None:
    """The refund a provider's reference names; None if it names none."""
    return number_of(CODE_PREFIX, reference)


def refunds(actor: Actor, *, states: Iterable[str] | None = None) -> QuerySet[Refund]:
    """Refunds of the actor's markets, oldest request first, with payment and customer."""
    found = in_markets(Refund.objects.select_related("payment", "customer", "payout_file"), actor)
    if states is not None:
        found = found.filter(state__in=list(states))
    return found.order_by("requested_at", "id")


def refund_for(actor: Actor, refund_id: int) -> Refund:
    """Raises Refund.DoesNotExist also for another market."""
    return refunds(actor).get(pk=refund_id)


def refunds_of_payment(payment_id: int) -> QuerySet[Refund]:
    return Refund.objects.filter(payment_id=payment_id).order_by("-id")


def customer_of_case_has_some(case_id: int) -> bool:
    """Whether the customer of a case has any refund, as far as that is known without a look."""
    return has_any(("case", case_id), Refund)


def refunds_of_customer(actor: Actor, customer_id: int) -> QuerySet[Refund]:
    """Refunds to one customer, as far as the actor sees their markets, newest first."""
    return refunds(actor).filter(customer_id=customer_id).order_by("-id")


def counts_by_state(actor: Actor) -> dict[str, int]:
    """How many refunds of the actor's markets are in each state that has any; one query."""
    found = in_markets(Refund.objects.all(), actor).order_by().values_list("state")
    return dict(found.annotate(count=Count("pk")))


def count_waiting(actor: Actor) -> int:
    """How many refunds wait for somebody's next step: free to go out, failed, or without an answer."""
    waits = Q(state="approved", payout_file=None) | Q(state__in=("failed", "unknown"))
    return in_markets(Refund.objects.filter(waits), actor).count()


@dataclass(frozen=True, slots=True)
class Calculation:
    """Where the money of a payment is, and how much of it can still go back (`left`)."""

    paid: Money
    applied: Money
    open: Money
    credited: Money
    reserved: Money
    refunded: Money
    taken_back: Money
    left: Money


def calculation_of(payment: Payment) -> Calculation:
    """No query: the payment's own figures."""
    shortfall = payment.shortfall_minor
    left = payment.open_minor + payment.credited_minor + payment.allocated_minor - shortfall
    return Calculation(
        *(
            Money(minor, payment.currency)
            for minor in (
                payment.amount_minor, payment.allocated_minor, payment.open_minor, payment.credited_minor,
                payment.reserved_minor, payment.refunded_minor, payment.reversed_minor,
                max(0, left) if payment.state == "received" else 0,
            )
        )
    )  # fmt: skip


def payout_files(actor: Actor) -> QuerySet[PayoutFile]:
    """Payout files of the actor's markets, newest first."""
    return in_markets(PayoutFile.objects.select_related("source_account"), actor).order_by("-id")


def payout_file_for(actor: Actor, payout_file_id: int) -> PayoutFile:
    """Raises PayoutFile.DoesNotExist also for another market."""
    return payout_files(actor).get(pk=payout_file_id)


def refunds_in(payout: PayoutFile) -> QuerySet[Refund]:
    """The refunds a payout file carries now, in the order of the file; those that left it are not in it."""
    found = Refund.objects.select_related("payment", "customer", "payout_file")
    return found.filter(payout_file=payout).order_by("pk")


def profile_of(account: SourceAccount) -> PayoutProfile | None:
    """The saved columns of an account's bulk file, if somebody saved any."""
    return PayoutProfile.objects.filter(source_account=account).first()


def pays_from(actor: Actor, market: str, currency: str) -> QuerySet[SourceAccount]:
    """Accounts of ours that refunds in this market and currency can be paid from."""
    found = SourceAccount.objects.select_related("provider").filter(market=market, currency=currency)
    return in_markets(found.exclude(role="evidence"), actor).order_by("name")


def float_of(account: SourceAccount) -> tuple[str, Money]:
    """(ledger code, what is there to pay from): the disbursement float, else the account itself."""
    for ledger_code in ("1015", account.ledger_code):
        for balance in control_balance(ledger_code, account.pk):
            if balance.currency == account.currency and balance.amount_minor:
                return ledger_code, balance
    return account.ledger_code, Money(0, account.currency)


def asked(
    payment: Payment,
    amount: Money,
    *,
    payee_kind: str,
    payee_name: str,
    payee_account: str,
    reason: str,
    now: datetime,
    but: int | None = None,
    held_minor: int = 0,
) -> rules.Asked:
    """What a request shows of itself: the facts behind `rules.reasons_to_look`. Five queries.

    `held_minor` is what is held for it already and so needs not come off contracts.
    """
    assert payee_kind in get_args(rules.PayeeKind)
    line = payment.statement_line
    since = rules.due_before(now)
    same = Refund.objects.filter(
        amount_minor=amount.amount_minor, currency=amount.currency, requested_at__gte=since
    ).exclude(pk=but)
    similar = same.filter(payee_account=payee_account) | same.filter(payment=payment)
    if payment.customer_id is not None:
        similar = similar | same.filter(customer_id=payment.customer_id)
    around = Payment.objects.filter(
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        value_on__gte=payment.value_on - timedelta(days=1),
        value_on__lte=payment.value_on + timedelta(days=1),
    ).exclude(pk=payment.pk)
    if payment.customer_id is not None:
        around = around.filter(customer_id=payment.customer_id)
    else:
        around = around.filter(statement_line__msisdn=line.msisdn) if line.msisdn else around.none()
    free = payment.open_minor + payment.credited_minor + held_minor
    name = None
    if payment.customer_id is not None:
        name = Customer.objects.values_list("name", flat=True).get(pk=payment.customer_id)
    return rules.Asked(
        amount=amount,
        payee_kind=payee_kind,  # type: ignore[arg-type]
        payee_name=payee_name,
        payee_account=payee_account,
        original_account=line.msisdn or line.account,
        original_name=line.payer_name,
        customer_name=name,
        applied=Money(max(0, amount.amount_minor - free), amount.currency),
        paid_on=payment.value_on,
        similar_refunds=similar.filter(state__in=(*ON_THE_WAY, "paid")).count(),
        similar_payments=around.count(),
        reason=reason,
    )


def why_not_payable(refund: Refund) -> str:
    """Why nothing can go back of the payment any more, though it is held; "" while it can. One query."""
    payment = Payment.objects.get(pk=refund.payment_id)
    if payment.state == "received" and not payment.shortfall_minor:
        return ""
    taken = Money(payment.reversed_minor, payment.currency)
    return (
        f"{code(refund)} cannot go out: {taken} of its payment was taken back by the provider since it was "
        "asked for. Reject it; once it is approved, cancel it."
    )


def new_doubts(refunds: Sequence[Refund], now: datetime) -> dict[int, list[str]]:
    """What there is to look at now that was not when each refund was asked for or last looked at, by its id.

    A few queries for each. Something else than a refund that was given for its payment since is one: another
    refund knew of this one when it was asked for.
    """
    found = {refund.pk: _doubts(refund, now) for refund in refunds}
    if _given([refund.payment_id for refund in refunds], now):
        for refund in refunds:
            found[refund.pk] += rules.given_since(refund.reasons, _given([refund.payment_id], now))
    return found


def _given(payment_ids: Sequence[int], now: datetime) -> list[tuple[str, str]]:
    """(code, sentence) of what was given for payments beside refunds."""
    found = compensations_of([("payment", number) for number in payment_ids], now)
    return [(each.code, each.sentence) for each in found if each.link[0] != "refund"]


def _doubts(refund: Refund, now: datetime) -> list[str]:
    payment = Payment.objects.select_related("statement_line").get(pk=refund.payment_id)
    facts = asked(
        payment, Money(refund.amount_minor, refund.currency), payee_kind=refund.payee_kind,
        payee_name=refund.payee_name, payee_account=refund.payee_account, reason=refund.reason, now=now,
        but=refund.pk, held_minor=refund.amount_minor,
    )  # fmt: skip
    found = rules.reasons_to_look(facts, now.date())
    if payment.customer_id != refund.customer_id:
        found.append("The payment belongs to another customer than when it was asked for.")
    return rules.new_reasons(refund.reasons, found)


def payout_code(payout_file_id: int) -> str:
    """POF-…"""
    return code_of("POF", payout_file_id)


# A row is looked at again while its refund may still move; `keys` hold every word of it that may be an id.
_NAMING = """
SELECT r.id FROM payments_reversalrow r
WHERE r.state = 'open'
  AND r.reason IN ('nobody_asked', 'refund_not_sent', 'refund_failed_here', 'refund_not_paid')
  AND (EXISTS (SELECT FROM unnest(r.keys) k WHERE k ~ '^REF-[0-9A-Z]{7,}$') OR EXISTS (
      SELECT FROM refunds_refund f WHERE f.provider_ref <> '' AND f.provider_ref = ANY (r.keys)))
ORDER BY r.id LIMIT 2000
"""


def rows_naming_refunds() -> list[int]:
    """Open rows that nobody asked for and that name a refund of ours, oldest first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMING)
        return [row[0] for row in cursor.fetchall()]


def named_by(row: ReversalRow) -> list[Refund]:
    """Refunds of the row's market and currency whose code or id at the provider it names; one query."""
    keys = {key for key in row.keys if key}
    numbers = {number for key in keys if (number := number_in(key)) is not None and number < 2**63}
    found = Refund.objects.filter(market=row.market, currency=row.currency)
    return list(found.filter(Q(pk__in=numbers) | Q(provider_ref__in=keys)).order_by("pk"))


def refunds_of_row(row: ReversalRow, most: int = 20) -> list[Refund]:
    """Refunds that an open row could have paid, or brought back, by amount; last sent first; one query."""
    states = ("sent", "unknown", "paid") if row.amount_minor > 0 else ("paid", "failed")
    found = Refund.objects.select_related("payment", "customer").filter(
        market=row.market, currency=row.currency, amount_minor=abs(row.amount_minor), state__in=states,
        sent_at__isnull=False,
    )  # fmt: skip
    return list(found.order_by("-sent_at", "-pk")[:most])


def why_not_undone(rows: Sequence[ReversalRow]) -> str:
    """Why these rows cannot give their refunds back, because those have moved on; "" where they can."""
    for row in rows:
        refund = Refund.objects.get(pk=row.explained_id)
        stands = "paid" if row.amount_minor > 0 else "failed"
        if row.confirms_id is None and refund.state != stands:
            return (
                f"{code(refund)} was settled by a row of it and has moved on since "
                f"(it is {refund.state}). Deal with the refund first."
            )
    return ""
