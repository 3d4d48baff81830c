"""Lists of payments by filter, their totals, what a day or a file brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from psycopg.errors import QueryCanceled

from paydesk.domain.contracts.queries import ids_by_account
from paydesk.domain.parties.finding import customers_by_phone, customers_by_words
from paydesk.domain.parties.models import Customer
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries.finding import rows_by_phone, rows_by_reference, suspense_by_name
from paydesk.domain.providers.models import SourceAccount
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.find_text import name_words, whole_phones
from paydesk.kernel.money import Money
from paydesk.kernel.one_reading import read_once
from paydesk.kernel.public_codes import number_of
from paydesk.kernel.references import key_of
from paydesk.kernel.refused import Refused

CODE_PREFIX = "PAY"
MOST_LOOKED_UP = 500
SHORTEST_NAME = 3
IS_OPEN = Q(open_minor__gt=0)  # in the words of the partial index payment_open
SORTS = {
    "-value": ("-value_on", "-id"),
    "value": ("value_on", "id"),
    "-amount": ("-amount_minor", "-id"),
    "amount": ("amount_minor", "id"),
}


def _loaded() -> QuerySet[Payment]:
    return Payment.objects.select_related(
        "statement_line", "source_account__provider", "customer", "contract"
    )


@read_once
def payment_by_id(payment_id: int) -> Payment | None:
    """Whoever asks, as in `payments`; one query."""
    return _loaded().filter(pk=payment_id).first()


def payments(
    actor: Actor, filters: Mapping[str, Any] | None = None, sort: str = "-value"
) -> QuerySet[Payment]:
    """Payments of the actor's markets, with line, account, customer and contract loaded; one query.

    Filters, all optional: q (public code, any reference, account number, phone or payer name), market, source
    (account id), state, payer (known | unknown), applied (none | part | full), from and to (value dates),
    currency, min and max (minor units), file (id), customer (id), contract (id), rule, double (those that may
    be one). `q` is looked up at
    once, with up to five small queries, so that the list itself is found by index.
    """
    found = in_markets(_loaded(), actor)
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
    if wanted.get("double"):
        found = found.filter(possible_double__isnull=False, possible_double__on_purpose_at__isnull=True)
    if text := str(wanted.get("q", "")).strip():
        found = found.filter(_matching(actor, text))
    return found.order_by(*SORTS.get(sort, SORTS["-value"]))


def _matching(actor: Actor, text: str) -> Q:
    """What a person may paste into a filter, looked up into ids of payments, lines and customers.

    The strongest reading ends the search: our code, then a provider's whole reference. Every look-up goes by
    an index and ends after MOST_LOOKED_UP.
    """
    number = number_of(CODE_PREFIX, text)
    if number is not None:
        return Q(pk=number)
    accounts = dict(in_markets(SourceAccount.objects.all(), actor).values_list("pk", "market"))
    key, spellings, has_digit = key_of(text), (text, text.upper(), text.lower()), any(map(str.isdigit, text))
    rows = rows_by_reference(accounts, spellings, key, most=MOST_LOOKED_UP) if has_digit else []
    if exact := [row.line_id for row in rows if row.provider_ref in spellings]:
        return Q(statement_line_id__in=exact)
    if phones := whole_phones(text) if has_digit else ():
        rows += rows_by_phone(accounts, whole=phones, end="", most=MOST_LOOKED_UP)
    found = Q(statement_line_id__in=[row.line_id for row in rows])
    contracts = ids_by_account(actor, key, most=MOST_LOOKED_UP) if has_digit and key else []
    for contract_id, account_key, customer_id in contracts:
        if account_key == key:
            found |= Q(customer_id=customer_id, contract_id=contract_id)
    payers: list[int] = []
    if phones:
        owners = customers_by_phone(actor, whole=phones, starts=(), end="", most=MOST_LOOKED_UP)
        payers += owners.customer_ids
    words = () if has_digit else name_words(text)
    if len(" ".join(words)) >= SHORTEST_NAME:
        markets = sorted(set(accounts.values()))
        payers += customers_by_words(actor, words, most=MOST_LOOKED_UP).names
        found |= Q(pk__in=suspense_by_name(markets, words, most=MOST_LOOKED_UP))
    return found | Q(customer_id__in=payers)


def stretch(found: QuerySet[Payment], actor: Actor, start: int, count: int) -> list[Payment]:
    """`count` payments of a sorted list from place `start` on, merged from one walk of the index per market.

    The index by value date begins with the market; the database itself would sort every payment of several
    markets to find the newest ones. Three queries.
    """
    accounts = in_markets(SourceAccount.objects.order_by("market"), actor)
    markets = list(accounts.values_list("market", flat=True).distinct())
    if len(markets) < 2:
        return list(found[start : start + count])
    keys = found.values("id", "value_on", "amount_minor")
    first, *others = (keys.filter(market=market)[: start + count] for market in markets)
    merged = first.union(*others, all=True).order_by(*found.query.order_by)[start : start + count]
    return list(found.filter(pk__in=[key["id"] for key in merged]))


class TooMuchToReadRefused(Refused):
    """These filters make the database read more than a person waits for."""

    code = "payment.too_much_to_read"


@contextmanager
def within_patience(seconds: int = 8, *, by_index: bool = False) -> Iterator[None]:
    """What is read inside may take `seconds` a query; raises TooMuchToReadRefused beyond.

    `by_index`: no table is read from end to end, though many rows are thought to be meant.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, true),"
                    " set_config('enable_seqscan', %s, true)",
                    [f"{seconds}s", "off" if by_index else "on"],
                )
            yield
    except OperationalError as problem:
        if not isinstance(problem.__cause__, QueryCanceled):
            raise
        raise TooMuchToReadRefused(
            f"Looking for this took longer than {seconds} seconds and was stopped. "
            "Narrow it: choose a market, dates or an account, or look for a whole number or reference."
        ) from problem


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
    rows = found.order_by().values_list("currency", "amount_minor", "open_minor")[: most + 1]
    sums: dict[str, tuple[int, int, int]] = {}
    for currency, amount_minor, open_minor in rows:
        count, amount, still_open = sums.get(currency, (0, 0, 0))
        sums[currency] = (count + 1, amount + amount_minor, still_open + open_minor)
    if sum(count for count, _, _ in sums.values()) > most:
        return None
    return [
        CurrencyTotal(currency, count, Money(amount, currency), Money(still_open, currency))
        for currency, (count, amount, still_open) in sorted(sums.items())
    ]


def payments_of_customer(actor: Actor, customer: Customer) -> QuerySet[Payment]:
    """Payments of one customer, newest first."""
    return payments(actor, {"customer": customer.pk})


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
