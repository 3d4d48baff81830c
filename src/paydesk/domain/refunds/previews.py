"""What asking for a refund would change, and what a second person would be told to look at.

Nothing is worked out apart: the money is reserved as the verb does it, looked at, and let go again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from inspect import unwrap
from zoneinfo import ZoneInfo

from paydesk.domain.contracts.models import Contract
from paydesk.domain.ledger.queries import EntryRow
from paydesk.domain.payments.effects import Effects, effects_of, entries_of
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.steps import contracts_of, locked, reserve
from paydesk.domain.refunds import queries, rules
from paydesk.domain.refunds.actions import by_rows, entitling
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Payee:
    """Where a refund would go."""

    kind: str
    name: str
    account: str
    rail: str


def request_effects(
    payment_id: int, *, amount: Money, reason: str, payee: Payee, by: Actor, now: datetime
) -> Effects:
    """What comes off which contract and out of whose balance. Raises what the verb raises."""
    payment = Payment.objects.select_related("source_account").get(pk=payment_id)
    contracts = contracts_of([payment_id])
    owners = Contract.objects.filter(pk__in=contracts).values_list("customer_id", flat=True)
    people = {number for number in (payment.customer_id, *owners) if number is not None}

    def correction() -> None:
        held = locked(payment_id)
        entitling._check_request(
            held, amount, reason, "a preview", payee.kind, payee.name, payee.account, payee.rail, now
        )
        reserve(payment_id, amount.amount_minor, by=by, at=now)

    return effects_of(
        correction,
        contract_ids=contracts,
        customer_ids=people,
        currency=payment.currency,
        on=now.astimezone(ZoneInfo(payment.source_account.time_zone)).date(),
    )


def reasons_for(
    payment: Payment, *, amount: Money, reason: str, payee: Payee, now: datetime, but: int | None = None
) -> list[str]:
    """Why a person should look at it by itself; none is green. The payment comes with its row."""
    asked = queries.asked(
        payment, amount, payee_kind=payee.kind, payee_name=payee.name, payee_account=payee.account,
        reason=reason, now=now, but=but,
    )  # fmt: skip
    return rules.reasons_to_look(asked, now.date())


def refund_row_entries(row_id: int, refund_id: int, *, by: Actor, now: datetime) -> list[EntryRow]:
    """What saying that a row paid a refund, or brought it back, would post. Raises what the verb raises."""
    verb = unwrap(by_rows.match_refund_row)
    return entries_of(lambda: verb(row_id, refund_id, by=by, now=now), by=by, now=now)
