"""For many payments at once: the one contract each could go to, where there is no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from paydesk.domain.contracts import rules as contract_rules
from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.contracts.queries import contracts_of
from paydesk.domain.contracts.states import OPEN_STATES
from paydesk.domain.payments import rules
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries.suggestions import suggestions_for
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Target:
    """Where what is open of a payment could go. `why_not` says why nowhere, "" where somewhere."""

    payment: Payment
    contract: Contract | None
    applied: Money
    left: Money
    why_not: str = ""


def only_targets(payments: Sequence[Payment], *, by: Actor, now: datetime) -> list[Target]:
    """The only open contract of each payment's customer, or the only suggestion where nobody is known.

    In the order given, each after those before it took what they take: two payments for one contract do not
    both count what is due once. Constant queries.
    """
    unknown = [p for p in payments if p.customer_id is None]
    suggested = suggestions_for(unknown, on=now.date()) if unknown else {}
    own: dict[int, list[Contract]] = {}
    for contract in contracts_of(by, [p.customer_id for p in payments if p.customer_id is not None]):
        if contract.state in OPEN_STATES:
            own.setdefault(contract.customer_id, []).append(contract)
    offered = {
        p.pk: own.get(p.customer_id, [])
        if p.customer_id is not None
        else [each.standing.contract for each in suggested.get(p.pk, [])]
        for p in payments
    }
    dues = _dues({found[0].pk for found in offered.values() if len(found) == 1})
    return [_target(p, offered[p.pk], dues, now) for p in payments]


def _dues(contract_ids: set[int]) -> dict[int, list[contract_rules.Due]]:
    dues: dict[int, list[contract_rules.Due]] = {number: [] for number in contract_ids}
    for item in DueItem.objects.filter(contract_id__in=contract_ids).order_by("id"):
        dues[item.contract_id].append(
            contract_rules.Due(item.pk, item.kind, item.due_on, item.amount_minor, item.allocated_minor)
        )
    return dues


def _target(
    payment: Payment, offered: list[Contract], dues: dict[int, list[contract_rules.Due]], now: datetime
) -> Target:
    nothing, whole = Money(0, payment.currency), Money(payment.open_minor, payment.currency)

    def no(why: str) -> Target:
        return Target(payment, None, nothing, whole, why)

    if not payment.open_minor:
        return no("Nothing of it is open.")
    if not offered:
        known = payment.customer_id is not None
        return no("The customer has no open contract." if known else "No contract is suggested.")
    if len(offered) > 1:
        return no(f"{len(offered)} contracts are possible: choose between them.")
    (contract,) = offered
    if payment.customer_id is None and (aged := rules.why_aged(payment.received_at, now)):
        return no(aged)
    if contract.currency != payment.currency:
        return no(f"{contract.account_number} is in {contract.currency}.")
    items = dues[contract.pk]
    taken = dict(contract_rules.allocate(payment.open_minor, contract.state, items))
    applied = sum(taken.values())
    if not applied:
        return no(f"{contract.account_number} has nothing open that this payment could pay.")
    dues[contract.pk] = [
        contract_rules.Due(d.id, d.kind, d.due_on, d.amount_minor, d.paid_minor + taken.get(d.id, 0))
        for d in items
    ]
    left = Money(payment.open_minor - applied, payment.currency)
    return Target(payment, contract, Money(applied, payment.currency), left)
