"""One payment with everything that explains it, and what applying it would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.contracts.states import OPEN_STATES
from paydesk.domain.ledger.queries import EntryRow, entries_about
from paydesk.domain.ledger.rules import KEY_KINDS
from paydesk.domain.parties.models import Customer, Party
from paydesk.domain.payments import rules
from paydesk.domain.payments.models import Allocation, Claim, Payment
from paydesk.domain.payments.queries.lists import payments
from paydesk.domain.providers.models import SourceAccount
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.audit.queries import history
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of


@dataclass(frozen=True, slots=True)
class PaymentStory:
    """One payment with everything that explains it."""

    payment: Payment
    why: str
    claims: Sequence[Claim]
    allocations: Sequence[Allocation]
    entries: Sequence[EntryRow]
    records: Sequence[AuditRecord]


def payment_for(actor: Actor, payment_id: int) -> Payment:
    """One payment the actor may see; raises Payment.DoesNotExist otherwise."""
    return payments(actor).select_related("statement_line__file").get(pk=payment_id)


def story_of(payment: Payment) -> PaymentStory:
    """A payment's story: why it is where it is, claims, allocations, postings, who did what; few queries."""
    claims = list(
        Claim.objects.filter(payment=payment)
        .select_related("customer", "contract")
        .order_by("customer__name", "id")
    )
    return PaymentStory(
        payment=payment,
        why=why_of(payment, claims),
        claims=claims,
        allocations=list(
            Allocation.objects.filter(payment=payment).select_related("due_item__contract").order_by("id")
        ),
        entries=entries_about("payment", payment.pk),
        records=[
            *history("file", payment.statement_line.file_id),
            *history("payment", payment.pk),
        ],
    )


def why_of(payment: Payment, claims: Sequence[Claim]) -> str:
    """The sentence that says why this payer, or why none; needs `customer` and `contract` loaded."""
    if payment.customer_id is None:
        if payment.rule == rules.PAYER_BLOCKED:
            return rules.why(payment.rule, "", account_number=None)
        return rules.why_suspense(
            [
                (c.contract.account_number if c.contract else code_of("CUS", c.customer_id), c.matched_key)
                for c in claims
            ]
        )
    account = payment.contract.account_number if payment.contract else None
    sentence = rules.why(payment.rule, payment.matched_key, account_number=account)
    if payment.contract_id is None and len(claims) > 1:
        numbers = ", ".join(c.contract.account_number for c in claims if c.contract)
        sentence = f"{sentence.split(';')[0].rstrip('.')}. Open contracts: {numbers}; a person chooses."
    return sentence


def claims_of(payment_ids: Sequence[int]) -> dict[int, list[Claim]]:
    """The claims on several payments by payment id; one query."""
    found: dict[int, list[Claim]] = {number: [] for number in payment_ids}
    for claim in (
        Claim.objects.filter(payment_id__in=payment_ids)
        .select_related("customer", "contract")
        .order_by("customer__name", "id")
    ):
        found[claim.payment_id].append(claim)
    return found


@dataclass(frozen=True, slots=True)
class SubAccount:
    """Whose sub-account a posting is on: kind ("customer", "contract", "source_account" …), id and name."""

    kind: str
    id: int
    name: str


def sub_accounts(entries: Sequence[EntryRow]) -> dict[tuple[str, int], SubAccount]:
    """Whose sub-accounts the postings are on, by (account code, key id); one query a kind, four at most."""
    keys = {(leg.code, leg.key_id) for entry in entries for leg in entry.postings}
    kinds = {(code, key_id): KEY_KINDS[code] for code, key_id in keys}
    ids = {kind: {k for (_, k), found in kinds.items() if found == kind} for kind in set(kinds.values())}
    names: dict[tuple[str, int], str] = {}
    if found := ids.get("customer"):
        names |= {("customer", c.pk): c.name for c in Customer.objects.filter(pk__in=found)}
    if found := ids.get("contract"):
        names |= {("contract", c.pk): c.account_number for c in Contract.objects.filter(pk__in=found)}
    if found := ids.get("source_account"):
        names |= {("source_account", s.pk): s.name for s in SourceAccount.objects.filter(pk__in=found)}
    if found := ids.get("party"):
        names |= {("party", p.pk): p.name for p in Party.objects.filter(pk__in=found)}
    return {
        key: SubAccount("seller" if kind == "party" else kind, key[1], names.get((kind, key[1]), ""))
        for key, kind in kinds.items()
    }


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """What one due item would take of a payment."""

    due_item: DueItem
    amount: Money
    open_after: Money

    @property
    def open_before(self) -> Money:
        return self.amount + self.open_after


@dataclass(frozen=True, slots=True)
class AllocationPreview:
    """What applying a payment to a contract would do, before anyone confirms it."""

    contract: Contract
    parts: Sequence[PlannedPart]
    applied: Money
    left: Money
    left_becomes_credit: bool
    days_past_due_before: int
    days_past_due_after: int


def allocation_preview(
    payment: Payment, contract: Contract, *, on: date, amount: Money | None = None
) -> AllocationPreview:
    """What the contract would take of what is open of the payment (or `amount` of it); reads, two queries."""
    from paydesk.domain.contracts import rules as contract_rules

    items = list(DueItem.objects.filter(contract=contract))
    dues = [
        contract_rules.Due(item.pk, item.kind, item.due_on, item.amount_minor, item.allocated_minor)
        for item in items
    ]
    available = min(amount.amount_minor, payment.open_minor) if amount else payment.open_minor
    fits = contract.currency == payment.currency
    parts = contract_rules.allocate(available, contract.state, dues) if fits else []
    taken = dict(parts)
    after = [
        contract_rules.Due(d.id, d.kind, d.due_on, d.amount_minor, d.paid_minor + taken.get(d.id, 0))
        for d in dues
    ]
    by_id = {item.pk: item for item in items}
    applied = sum(taken.values())
    paid_up = all(due.open_minor == 0 for due in after)
    others_open = (
        Contract.objects.filter(customer_id=contract.customer_id, state__in=OPEN_STATES)
        .exclude(pk=contract.pk)
        .exists()
    )
    still_open = contract.state in OPEN_STATES and not (contract.state == "active" and paid_up)
    return AllocationPreview(
        contract=contract,
        parts=[
            PlannedPart(
                by_id[item_id],
                Money(part, payment.currency),
                Money(by_id[item_id].amount_minor - by_id[item_id].allocated_minor - part, payment.currency),
            )
            for item_id, part in parts
        ],
        applied=Money(applied, payment.currency),
        left=Money(available - applied, payment.currency),
        left_becomes_credit=available > applied and not still_open and not others_open,
        days_past_due_before=contract_rules.days_past_due(dues, on),
        days_past_due_after=contract_rules.days_past_due(after, on),
    )


@dataclass(frozen=True, slots=True)
class PaidInstalment:
    """Which payment paid how much of a due item."""

    due_item_id: int
    payment_id: int
    amount: Money
    at: datetime


def paid_by(contract_id: int, currency: str) -> dict[int, list[PaidInstalment]]:
    """The live allocations of a contract by due item; one query."""
    found: dict[int, list[PaidInstalment]] = {}
    rows = Allocation.objects.filter(due_item__contract_id=contract_id, reverses__isnull=True).order_by("id")
    for allocation in rows:
        found.setdefault(allocation.due_item_id, []).append(
            PaidInstalment(
                allocation.due_item_id,
                allocation.payment_id,
                Money(allocation.amount_minor, currency),
                allocation.at,
            )
        )
    return found
