"""Whose money probably is: what speaks for which contract, gathered for a few payments at once.

Everything is looked up by index and bounded, and only in the market of each payment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery

from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.contracts.queries import ContractStanding, standings
from paydesk.domain.contracts.states import OPEN_STATES
from paydesk.domain.parties.finding import customers_by_words
from paydesk.domain.parties.models import CustomerPhone
from paydesk.domain.payments.identified import PayerLink
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries.story import claims_of
from paydesk.domain.payments.queries.waiting import suspense
from paydesk.domain.payments.suggestion_rules import (
    WORTH_A_CALL,
    Evidence,
    Suggestion,
    counted,
    live_confirmations,
    name_likeness,
    suggest,
)
from paydesk.kernel.actor import Actor
from paydesk.kernel.find_text import name_words
from paydesk.kernel.mistyped import Slip, keeps_check_digit, near_misses

MOST_KEYS = 6  # references of one row that are read for a slip
MOST_BY_NAME = 10
MOST_BY_PHONE = 20
EARLIER_READ = 200

Phone = tuple[str, str]  # market, number
Near = tuple[str, Slip]  # what was typed, the slip


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion with the contract's figures."""

    suggestion: Suggestion
    standing: ContractStanding


def suggestions_for(payments: Sequence[Payment], *, on: date) -> dict[int, list[Suggested]]:
    """The likeliest contracts of each payment, best first, by payment id; they need their line loaded.

    Of a payment whose payer is known only the payer's own contracts. At most nine queries, and up to five
    more for the name of each unknown payer.
    """
    if not payments:
        return {}
    return _Gathering(payments, on).found()


class _Gathering:
    """One look for evidence about several payments."""

    def __init__(self, payments: Sequence[Payment], on: date) -> None:
        self.payments, self.on = payments, on
        self.claims = claims_of([p.pk for p in payments])
        phones = sorted({p.statement_line.msisdn for p in payments if p.statement_line.msisdn})
        self.owners = _owners(phones)
        self.links = _links(phones, on)
        self.earlier = _earlier(phones)
        self.near = {p.pk: _near_keys(p) for p in payments if p.customer_id is None}
        self.named = {p.pk: _named(p) for p in payments if p.customer_id is None}
        self.contracts = self._contracts()
        self.standings = {s.contract.pk: s for s in standings(self.contracts, on=on)}
        self.of_customer: dict[int, list[Contract]] = defaultdict(list)
        self.by_key: dict[tuple[str, str], Contract] = {}
        self.by_id = {contract.pk: contract for contract in self.contracts}
        for contract in self.contracts:
            self.of_customer[contract.customer_id].append(contract)
            self.by_key[contract.market, contract.account_key] = contract

    def _contracts(self) -> list[Contract]:
        customers = {p.customer_id for p in self.payments if p.customer_id is not None}
        ids: set[int] = set()
        keys: set[str] = set()
        for payment in self.payments:
            if payment.customer_id is None:
                phone = _phone(payment)
                customers.update(self.owners.get(phone, ()), self.named[payment.pk])
                ids.update(self.links.get(phone, {}), self.earlier.get(phone, {}))
                keys.update(self.near[payment.pk])
            for claim in self.claims[payment.pk]:
                customers.add(claim.customer_id)
                ids.update([claim.contract_id] if claim.contract_id else [])
        # Two look-ups in place of one with OR, which no index serves.
        open_ones = Contract.objects.filter(state__in=OPEN_STATES).select_related("customer")
        found = {c.pk: c for c in open_ones.filter(account_key__in=keys)} if keys else {}
        found |= {c.pk: c for c in open_ones.filter(pk__in=ids)} if ids else {}
        found |= {c.pk: c for c in open_ones.filter(customer_id__in=customers)} if customers else {}
        return list(found.values())

    def found(self) -> dict[int, list[Suggested]]:
        return {payment.pk: self._of(payment) for payment in self.payments}

    def _of(self, payment: Payment) -> list[Suggested]:
        evidence = counted([self._evidence(payment, contract) for contract in self._candidates(payment)])
        return [Suggested(each, self.standings[each.evidence.contract_id]) for each in suggest(evidence)]

    def _candidates(self, payment: Payment) -> list[Contract]:
        if payment.customer_id is not None:
            offered = self.of_customer[payment.customer_id]
        else:
            phone = _phone(payment)
            customers = {*self.owners.get(phone, ()), *self.named[payment.pk]}
            customers |= {claim.customer_id for claim in self.claims[payment.pk]}
            offered = [contract for number in customers for contract in self.of_customer[number]]
            ids = {*self.links.get(phone, {}), *self.earlier.get(phone, {})}
            offered += [self.by_id[number] for number in ids if number in self.by_id]
            keys = [(payment.market, key) for key in self.near[payment.pk]]
            offered += [self.by_key[key] for key in keys if key in self.by_key]
        fits = {c.pk: c for c in offered if (c.market, c.currency) == (payment.market, payment.currency)}
        return list(fits.values())

    def _evidence(self, payment: Payment, contract: Contract) -> Evidence:
        phone = _phone(payment)
        owners = self.owners.get(phone, ())
        meant = sum(len(self.of_customer[owner]) for owner in owners) if contract.customer_id in owners else 0
        claims = [claim for claim in self.claims[payment.pk] if claim.contract_id is not None]
        claimed = [claim for claim in claims if claim.rule != "msisdn"]
        is_claimed = any(claim.contract_id == contract.pk for claim in claimed)
        standing = self.standings[contract.pk]
        evidence = Evidence(
            contract.pk,
            contract.account_number,
            claims=len(claimed) if is_claimed else 0,
            links=self.links.get(phone, {}).get(contract.pk, 0),
            phone_of=meant,
            earlier=self.earlier.get(phone, {}).get(contract.pk, 0) - (payment.contract_id == contract.pk),
            name=name_likeness(
                name_words(payment.statement_line.payer_name), name_words(contract.customer.name)
            ),
            amount=_amount_is(payment.open_minor, standing),
            days_past_due=standing.days_past_due,
        )
        near = self.near.get(payment.pk, {}).get(contract.account_key)
        if near is None:
            return evidence
        typed, slip = near
        rules_out = not keeps_check_digit(typed) and keeps_check_digit(contract.account_key)
        return replace(evidence, near=slip, typed=typed, check=rules_out and typed.isdigit())


def _phone(payment: Payment) -> Phone:
    return payment.market, payment.statement_line.msisdn


def _amount_is(open_minor: int, standing: ContractStanding) -> str:
    due = standing.next_due
    if due is not None and open_minor == due.amount_minor - due.allocated_minor:
        return "what is due next"
    if standing.overdue_minor and open_minor == standing.overdue_minor:
        return "all that is overdue"
    if due is not None and open_minor == due.amount_minor:
        return "one instalment"
    return "the whole balance" if open_minor == standing.open_minor else ""


def _near_keys(payment: Payment) -> dict[str, Near]:
    line = payment.statement_line
    found: dict[str, Near] = {}
    for key in dict.fromkeys([*line.account_keys, *line.text_keys][:MOST_KEYS]):
        for near, slip in near_misses(key).items():
            found.setdefault(near, (key, slip))
    return found


def _named(payment: Payment) -> list[int]:
    words = name_words(payment.statement_line.payer_name)
    if len(words) < 2:  # one word that many have says nothing
        return []
    here = Actor("system", None, "suggestions", markets=frozenset({payment.market}))
    return list(customers_by_words(here, words, most=MOST_BY_NAME).names)


def _owners(phones: Sequence[str]) -> dict[Phone, list[int]]:
    rows = CustomerPhone.objects.filter(msisdn__in=phones).values_list(
        "customer__market", "msisdn", "customer_id"
    )
    found: dict[Phone, list[int]] = defaultdict(list)
    for market, msisdn, customer_id in rows if phones else ():
        if len(found[market, msisdn]) < MOST_BY_PHONE:
            found[market, msisdn].append(customer_id)
    return found


def _links(phones: Sequence[str], on: date) -> dict[Phone, dict[int, int]]:
    rows = PayerLink.objects.filter(msisdn__in=phones, revoked_at__isnull=True).order_by("-confirmations")
    found: dict[Phone, dict[int, int]] = defaultdict(dict)
    for link in rows[: MOST_BY_PHONE * max(len(phones), 1)] if phones else ():
        alive = live_confirmations(link.confirmations, link.last_confirmed_on, on)
        if alive:
            found[link.market, link.msisdn][link.contract_id] = alive
    return found


def _earlier(phones: Sequence[str]) -> dict[Phone, dict[int, int]]:
    found: dict[Phone, dict[int, int]] = defaultdict(dict)
    if not phones:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.market, m.msisdn, p.contract_id, count(*)
            FROM unnest(%s::text[]) m(msisdn)
            CROSS JOIN LATERAL (
                SELECT id FROM statements_statementline
                WHERE reverse(msisdn) = reverse(m.msisdn) AND NOT msisdn = '' LIMIT %s
            ) l
            CROSS JOIN LATERAL (
                SELECT market, contract_id FROM payments_payment
                WHERE statement_line_id = l.id AND contract_id IS NOT NULL AND state = 'received' LIMIT 1
            ) p
            GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT %s
            """,
            [list(phones), EARLIER_READ, MOST_BY_PHONE * len(phones)],
        )
        for market, msisdn, contract_id, count in cursor.fetchall():
            found[market, msisdn][contract_id] = count
    return found


# Money in suspense that is probably somebody's who is late: they should be found before they call.


def probably_somebodys(found: QuerySet[Payment], *, on: date) -> QuerySet[Payment]:
    """Those of `found` in suspense whose likeliest contract is late on a day, the longest late first.

    With the stored suggestion and its contract loaded; `late_since` is the oldest unpaid due date.
    """
    unpaid = (
        DueItem.objects.filter(
            contract_id=OuterRef("stored_suggestion__contract_id"), allocated_minor__lt=F("amount_minor")
        )
        .order_by()
        .values("contract_id")
        .annotate(oldest=Min("due_on"))
        .values("oldest")
    )
    late = Q(stored_suggestion__contract__state__in=[s for s in OPEN_STATES if s != "deposit_paid"])
    return (
        found.filter(late, customer__isnull=True, stored_suggestion__score__gte=WORTH_A_CALL)
        .annotate(late_since=Subquery(unpaid))
        .filter(late_since__lt=on)
        .select_related(
            "statement_line", "source_account__provider", "customer", "contract",
            "stored_suggestion__contract__customer",
        )
        .order_by("late_since", "-open_minor", "pk")
    )  # fmt: skip


def probably_somebodys_count(actor: Actor, *, on: date) -> int:
    """How many payments in suspense are probably somebody's who is late; one query."""
    return probably_somebodys(suspense(actor), on=on)[:1_000].count()
