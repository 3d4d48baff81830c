"""Reads about payments: lists by filter, one payment with its whole story, what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.contracts.states import OPEN_STATES
from paydesk.domain.ledger.queries import EntryRow, entries_about
from paydesk.domain.ledger.rules import KEY_KINDS
from paydesk.domain.parties.models import Customer
from paydesk.domain.payments import rules
from paydesk.domain.payments.models import Allocation, Claim, Payment
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements.models import StatementLine
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.phone_numbers import PLANS, e164_digits
from paydesk.kernel.public_codes import number_of
from paydesk.kernel.references import key_of

CODE_PREFIX = "PAY"
MOST_LOOKED_UP = 500
# In the words of the partial index payment_open; `open_minor` alone would not let it be used.
IS_OPEN = Q(amount_minor__gt=F("allocated_minor") + F("credited_minor"))
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
    currency, min and max (minor units), file (id), customer (id), contract (id), rule. `q` is looked up at
    once, with up to five small queries, so that the list itself is found by index.
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
        "file": "statement_line__file_id", "customer": "customer_id", "contract": "contract_id",
        "rule": "rule",
    }  # fmt: skip
    found = found.filter(**{simple[key]: value for key, value in wanted.items() if key in simple})
    if wanted.get("payer") == "unknown":
        found = found.filter(IS_OPEN, customer__isnull=True)
    elif wanted.get("payer") == "known":
        found = found.filter(customer__isnull=False)
    if wanted.get("applied") == "full":
        found = found.filter(open_minor=0)
    elif wanted.get("applied") == "none":
        found = found.filter(IS_OPEN, open_minor=F("amount_minor"))
    elif wanted.get("applied") == "part":
        found = found.filter(IS_OPEN, open_minor__lt=F("amount_minor"))
    if text := str(wanted.get("q", "")).strip():
        found = found.filter(_matching(text))
    return found.order_by(*SORTS.get(sort, SORTS["-value"]))


def _matching(text: str) -> Q:
    """What a person may paste into the find box, looked up into ids of payments, lines and customers."""
    number = number_of(CODE_PREFIX, text)
    if number is not None:
        return Q(pk=number)
    key = key_of(text)
    phones = {e164_digits(text, market) for market in PLANS} - {None}
    is_name = len(text) >= 3 and any(c.isalpha() for c in text)
    lines = list(
        StatementLine.objects.filter(provider_ref__startswith=text).values_list("pk")[:MOST_LOOKED_UP]
    )
    as_typed = Q(reference__iexact=text) | Q(network_ref=text) | Q(msisdn__in=phones)
    lines += list(StatementLine.objects.filter(as_typed).values_list("pk")[:MOST_LOOKED_UP])
    found = Q(statement_line_id__in={pk for (pk,) in lines})
    for contract_id, customer_id in Contract.objects.filter(account_key=key).values_list("pk", "customer_id"):
        found |= Q(customer_id=customer_id, contract_id=contract_id)
    payers = Q(phones__msisdn__in=phones)
    in_suspense = Q(statement_line__account_keys__contains=[key]) if key else Q(pk__in=[])
    if is_name:
        payers |= Q(name__icontains=text)
        in_suspense |= Q(statement_line__payer_name__icontains=text)
    if is_name or phones:
        found |= Q(customer_id__in=_some(Customer.objects.filter(payers)))
    return found | Q(pk__in=_some(Payment.objects.filter(IS_OPEN, in_suspense, customer__isnull=True)))


def _some(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:MOST_LOOKED_UP])


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


def totals_up_to(found: QuerySet[Payment], most: int = 10_000) -> list[CurrencyTotal] | None:
    """Totals per currency, or None when there are more than `most` payments; one query that stops there."""
    first = found.order_by().values("pk")[: most + 1]
    sums = totals(Payment.objects.filter(pk__in=first))
    return None if sum(total.count for total in sums) > most else sums


@dataclass(frozen=True, slots=True)
class AgeBand:
    """What waits in one currency since a span of days."""

    label: str
    currency: str
    count: int
    amount: Money


def unapplied(actor: Actor, filters: Mapping[str, Any] | None = None) -> QuerySet[Payment]:
    """Payments whose payer is known and of which money is open, oldest first; filters as for `payments`."""
    return payments(actor, filters, "value").filter(IS_OPEN, customer__isnull=False)


def suspense(actor: Actor, filters: Mapping[str, Any] | None = None) -> QuerySet[Payment]:
    """Payments nobody could be named for, oldest first; filters as for `payments`."""
    return payments(actor, filters, "value").filter(IS_OPEN, customer__isnull=True)


def of_age(found: QuerySet[Payment], band: int, *, on: date) -> QuerySet[Payment]:
    """Those of `found` that stand in one of AGE_BANDS (by place) on a day."""
    _, first, last = AGE_BANDS[band]
    aged = found if band == 0 else found.filter(value_on__lte=on - timedelta(days=first))
    return aged if last is None else aged.filter(value_on__gte=on - timedelta(days=last))


def following(found: QuerySet[Payment], payment: Payment) -> Payment | None:
    """The payment of an oldest-first list that stands after `payment`, else the last one; two queries."""
    after = Q(value_on__gt=payment.value_on) | Q(value_on=payment.value_on, pk__gt=payment.pk)
    return found.filter(value_on__gte=payment.value_on).filter(after).first() or found.last()


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
    open_payments = in_markets(Payment.objects.filter(IS_OPEN), actor)
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
        Claim.objects.filter(payment_id__in=payment_ids)
        .select_related("customer", "contract")
        .order_by("customer__name", "id")
    ):
        found[claim.payment_id].append(claim)
    return found


def why_open(waiting: Sequence[Payment]) -> dict[int, str]:
    """Why money of each payment still waits, by payment id; without those of which nothing is open.

    Two queries however many payments; they need `customer` and `contract` loaded.
    """
    claims = claims_of([p.pk for p in waiting if p.customer_id is None])
    payers = {p.customer_id for p in waiting if p.customer_id is not None and p.open_minor}
    contracts: dict[int, list[rules.OpenContract]] = {payer: [] for payer in payers}
    takes = Q(state__in=("active", "defaulted")) | Q(state="deposit_pending", due_items__kind="deposit")
    rows = (
        Contract.objects.filter(customer_id__in=payers, state__in=OPEN_STATES)
        .annotate(
            due=Sum(F("due_items__amount_minor") - F("due_items__allocated_minor"), filter=takes, default=0)
        )
        .order_by("id")
    )
    for contract in rows:
        contracts[contract.customer_id].append(
            rules.OpenContract(
                contract.account_number, contract.state, Money(contract.due, contract.currency)
            )
        )
    return {
        p.pk: why_of(p, claims[p.pk])
        if p.customer_id is None
        else rules.why_unapplied(
            Money(p.open_minor, p.currency),
            p.contract.account_number if p.contract else None,
            contracts[p.customer_id],
        )
        for p in waiting
        if p.open_minor
    }


@dataclass(frozen=True, slots=True)
class SubAccount:
    """Whose sub-account a posting is on: kind ("customer", "contract", "source_account" …), id and name."""

    kind: str
    id: int
    name: str


def sub_accounts(entries: Sequence[EntryRow]) -> dict[tuple[str, int], SubAccount]:
    """Whose sub-accounts the postings are on, by (account code, key id); at most three queries."""
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
    return {key: SubAccount(kind, key[1], names.get((kind, key[1]), "")) for key, kind in kinds.items()}


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
