"""Reads about payments: lists by filter, one payment with its whole story, what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.contracts.states import OPEN_STATES
from paydesk.domain.ledger.queries import EntryRow, entries_about
from paydesk.domain.parties.models import Customer
from paydesk.domain.payments import rules
from paydesk.domain.payments.models import Allocation, Claim, Payment
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import number_of
from paydesk.kernel.references import key_of

CODE_PREFIX = "PAY"
SORTS = {
    "-value": ("-value_on", "-id"),
    "value": ("value_on", "id"),
    "-amount": ("-amount_minor", "-id"),
    "amount": ("amount_minor", "id"),
}
# Ageing of what waits, in whole days since the value date; the last band is open.
AGE_BANDS = (
    ("0–1 days", 0, 1),
    ("2–7 days", 2, 7),
    ("8–30 days", 8, 30),
    ("31–90 days", 31, 90),
    ("over 90 days", 91, None),
)


def payments(
    actor: Actor, filters: Mapping[str, Any] | None = None, sort: str = "-value"
) -> QuerySet[Payment]:
    """Payments of the actor's markets, with line, account, customer and contract loaded; one query.

    Filters, all optional: q (public code, any reference, account number, phone or payer name), market, source
    (account id), state, payer (known | unknown), applied (none | part | full), from and to (value dates),
    currency, min and max (minor units), file (id), customer (id), rule.
    """
    found = in_markets(
        Payment.objects.select_related("statement_line", "source_account__provider", "customer", "contract"),
        actor,
    )
    wanted = {key: value for key, value in (filters or {}).items() if value not in (None, "")}
    simple = {
        "market": "market", "source": "source_account_id", "state": "state", "currency": "currency",
        "from": "value_on__gte", "to": "value_on__lte",
        "min": "amount_minor__gte", "max": "amount_minor__lte",
        "file": "statement_line__file_id", "customer": "customer_id", "rule": "rule",
    }  # fmt: skip
    found = found.filter(**{simple[key]: value for key, value in wanted.items() if key in simple})
    if "payer" in wanted:
        found = found.filter(customer__isnull=wanted["payer"] == "unknown")
    if wanted.get("applied") == "full":
        found = found.filter(open_minor=0)
    elif wanted.get("applied") == "none":
        found = found.filter(open_minor=F("amount_minor"))
    elif wanted.get("applied") == "part":
        found = found.filter(open_minor__gt=0, open_minor__lt=F("amount_minor"))
    if "q" in wanted:
        found = found.filter(_matching(str(wanted["q"])))
    return found.order_by(*SORTS.get(sort, SORTS["-value"]))


def _matching(text: str) -> Q:
    """What a person may paste into the find box, strongest reading first."""
    number = number_of(CODE_PREFIX, text)
    if number is not None:
        return Q(pk=number)
    text = text.strip()
    key = key_of(text)
    digits = "".join(c for c in text if c.isdigit())
    found = Q(statement_line__provider_ref__startswith=text) | Q(statement_line__reference__iexact=text)
    if key:
        found |= Q(contract__account_key=key) | Q(statement_line__account_keys__contains=[key])
    if len(digits) >= 9 and len(digits) == len(key):
        found |= Q(statement_line__msisdn__endswith=digits[-9:])
    if any(c.isalpha() for c in text) and len(text) >= 3:
        found |= Q(customer__name__icontains=text) | Q(statement_line__payer_name__icontains=text)
    return found


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """Payments of one currency: how many, their sum, and how much of it is still open."""

    currency: str
    count: int
    amount: Money
    open: Money


def totals(found: QuerySet[Payment]) -> list[CurrencyTotal]:
    """Totals per currency of a list of payments; different currencies are never added. One query."""
    rows = (
        found.order_by()
        .values("currency")
        .annotate(n=Count("pk"), amount=Sum("amount_minor"), open=Sum("open_minor"))
        .order_by("currency")
    )
    return [
        CurrencyTotal(
            r["currency"], r["n"], Money(r["amount"], r["currency"]), Money(r["open"], r["currency"])
        )
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class AgeBand:
    """What waits in one currency since a span of days."""

    label: str
    currency: str
    count: int
    amount: Money


def unapplied(actor: Actor) -> QuerySet[Payment]:
    """Payments whose payer is known and of which money is open, oldest first; one query."""
    return payments(actor).filter(customer__isnull=False, open_minor__gt=0).order_by("value_on", "id")


def suspense(actor: Actor) -> QuerySet[Payment]:
    """Payments nobody could be named for, oldest first; one query."""
    return payments(actor).filter(customer__isnull=True).order_by("value_on", "id")


def ageing(found: QuerySet[Payment], *, on: date) -> list[AgeBand]:
    """The open money of `found` by currency and age on a day: every band of each currency; one query."""
    rows = (
        found.order_by()
        .values("currency", "value_on")
        .annotate(n=Count("pk"), open=Sum("open_minor"))
        .values_list("currency", "value_on", "n", "open")
    )
    sums: dict[str, list[list[int]]] = {}
    for currency, value_on, count, open_minor in rows:
        age = max((on - value_on).days, 0)
        band = next(i for i, (_, _, last) in enumerate(AGE_BANDS) if last is None or age <= last)
        cells = sums.setdefault(currency, [[0, 0] for _ in AGE_BANDS])
        cells[band][0] += count
        cells[band][1] += open_minor
    return [
        AgeBand(label, currency, count, Money(open_minor, currency))
        for currency in sorted(sums)
        for (label, _, _), (count, open_minor) in zip(AGE_BANDS, sums[currency], strict=True)
    ]


def waiting_counts(actor: Actor) -> dict[str, int]:
    """How many payments wait in the unapplied and suspense lists; two cheap queries on a partial index."""
    open_payments = in_markets(
        Payment.objects.filter(amount_minor__gt=F("allocated_minor") + F("credited_minor")), actor
    )
    counts = open_payments.aggregate(
        unapplied=Count("pk", filter=Q(customer__isnull=False)),
        suspense=Count("pk", filter=Q(customer__isnull=True)),
    )
    return {"unapplied": counts["unapplied"], "suspense": counts["suspense"]}


@dataclass(frozen=True, slots=True)
class DayReceipts:
    """What came in on one value date in one currency."""

    on: date
    currency: str
    count: int
    amount: Money
    applied_in_full: int


def received_per_day(actor: Actor, *, since: date, through: date) -> list[DayReceipts]:
    """Receipts per value date and currency, days in order; one query."""
    rows = (
        in_markets(Payment.objects.filter(value_on__gte=since, value_on__lte=through), actor)
        .values("value_on", "currency")
        .annotate(n=Count("pk"), amount=Sum("amount_minor"), full=Count("pk", filter=Q(open_minor=0)))
        .order_by("value_on", "currency")
    )
    return [
        DayReceipts(r["value_on"], r["currency"], r["n"], Money(r["amount"], r["currency"]), r["full"])
        for r in rows
    ]


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
        return rules.why_suspense(
            [(c.contract.account_number if c.contract else c.customer.name, c.matched_key) for c in claims]
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
        Claim.objects.filter(payment_id__in=payment_ids).select_related("customer", "contract").order_by("id")
    ):
        found[claim.payment_id].append(claim)
    return found


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """What one due item would take of a payment."""

    due_item: DueItem
    amount: Money
    open_after: Money


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


def payments_of_customer(actor: Actor, customer: Customer) -> QuerySet[Payment]:
    """Payments of one customer, newest first."""
    return payments(actor, {"customer": customer.pk})


def results_of_file(file_id: int) -> list[dict[str, Any]]:
    """What became of a file's payments: per rule and currency the count, sum and what is open; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.rule, p.currency, p.customer_id IS NULL, count(*), sum(p.amount_minor)::bigint,
                   sum(p.open_minor)::bigint
            FROM statements_statementline l JOIN payments_payment p ON p.statement_line_id = l.id
            WHERE l.file_id = %s GROUP BY 1, 2, 3 ORDER BY 3, 1, 2
            """,
            [file_id],
        )
        return [
            {
                "rule": rule,
                "in_suspense": unknown,
                "count": count,
                "amount": Money(amount, currency),
                "open": Money(open_minor, currency),
            }
            for rule, currency, unknown, count, amount, open_minor in cursor.fetchall()
        ]
