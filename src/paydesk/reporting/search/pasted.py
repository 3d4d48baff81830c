"""What became of everything that was pasted: an answer for each thing, by a few look-ups for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from django.db import connection

from paydesk.domain.callbacks.models import PendingPayment
from paydesk.domain.callbacks.queries import pending_payments
from paydesk.domain.contracts.models import Contract
from paydesk.domain.contracts.queries import contracts_of
from paydesk.domain.contracts.states import OPEN_STATES
from paydesk.domain.parties.models import Customer, CustomerPhone
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries import payments
from paydesk.domain.payments.states import PAYMENT
from paydesk.domain.statements.finding import rejected_lines_seen
from paydesk.domain.statements.models import RejectedLine, StatementLine
from paydesk.domain.statements.rules import why_no_payment
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.pasted_text import Pasted
from paydesk.kernel.public_codes import number_of
from paydesk.kernel.references import key_of
from paydesk.kernel.sql_patterns import as_pattern
from paydesk.reporting.search.queries import accounts_of, within_patience

State = Literal[
    "applied", "unapplied", "suspense", "gone", "pending", "rejected", "kept", "known", "unknown"
]  # fmt: skip
FOUND_EACH = 4  # of a name or phone: one more than are told apart
ROWS_OF_PHONE = 50


@dataclass(slots=True)
class Answer:
    """One pasted thing, as what it was found, and where its money is. `more`: others that fit as well."""

    item: Pasted
    found_as: str = ""
    state: State = "unknown"
    payment: Payment | None = None
    contract: Contract | None = None
    customer: Customer | None = None
    line: StatementLine | None = None
    rejected: RejectedLine | None = None
    pending: PendingPayment | None = None
    more: int = 0
    note: str = ""


def find_pasted(actor: Actor, items: Sequence[Pasted]) -> list[Answer]:
    """An answer for each item in its order, of the actor's markets alone; at most some twenty queries.

    Raises TooMuchToReadRefused when the database would read longer than a person waits.
    """
    with within_patience():
        return _Look(actor, items).answers()


class _Look:
    """One look for everything that was pasted: what bears the codes, then who has the phones and names."""

    def __init__(self, actor: Actor, items: Sequence[Pasted]) -> None:
        self.actor, self.items = actor, items
        self.sees_payments, self.sees_customers = actor.may("payments:view"), actor.may("customers:view")
        self.sees_files = actor.may("files.import:view")
        self.accounts = accounts_of(actor)
        self.markets = sorted({account.market for account in self.accounts.values()})

    def answers(self) -> list[Answer]:
        codes = sorted({code for item in self.items for code in item.codes})
        self.lines = self._lines(codes)
        self.by_key = self._contracts_by_key([*codes, *(item.typed for item in self.items if item.typed)])
        self.by_line, self.by_id = self._payments(codes)
        left = [code for code in codes if code.upper() not in self.lines]
        self.pending = self._pending(left)
        self.rejected = self._rejected([code for code in left if len(code) >= 6])
        self.customers = self._customers()
        return [self._answer(item) for item in self.items]

    # What bears a code

    def _lines(self, codes: Sequence[str]) -> dict[str, StatementLine]:
        if not codes or not (self.sees_payments or self.sees_files):
            return {}
        spelt = sorted({form for code in codes for form in (code, code.upper(), code.lower())})
        mine = StatementLine.objects.filter(source_account_id__in=self.accounts, withdrawn=False)
        found: dict[str, StatementLine] = {}
        for line in mine.filter(network_ref__in=spelt).exclude(network_ref="").order_by("-id"):
            found[line.network_ref.upper()] = line
        # Of several rows with one code the one that is a payment counts: the first, as fees come behind.
        for line in mine.filter(provider_ref__in=spelt).order_by("-id"):
            code = line.provider_ref.upper()
            if code not in found or line.kind == "payment" or found[code].kind != "payment":
                found[code] = line
        return found

    def _contracts_by_key(self, texts: Iterable[str]) -> dict[str, Contract]:
        keys = sorted({key for text in texts if (key := key_of(text))})
        if not keys or not self.sees_customers:
            return {}
        mine = in_markets(Contract.objects.select_related("customer"), self.actor)
        return {contract.account_key: contract for contract in mine.filter(account_key__in=keys)}

    def _payments(self, codes: Sequence[str]) -> tuple[dict[int, Payment], dict[int, Payment]]:
        if not self.sees_payments:
            return {}, {}
        line_ids = [line.pk for line in self.lines.values()]
        ids = {number for code in codes if (number := number_of("PAY", code)) is not None}
        ids.update(Payment.objects.filter(statement_line_id__in=line_ids).values_list("pk", flat=True))
        found = list(payments(self.actor).filter(pk__in=ids)) if ids else []
        return {p.statement_line_id: p for p in found}, {p.pk: p for p in found}

    def _pending(self, codes: Sequence[str]) -> dict[str, PendingPayment]:
        if not codes or not self.sees_payments:
            return {}
        spelt = sorted({form for code in codes for form in (code, code.upper(), code.lower())})
        return {each.ask_ref.upper(): each for each in pending_payments(self.actor, {"ask_ref__in": spelt})}

    def _rejected(self, codes: Sequence[str]) -> dict[str, RejectedLine]:
        if not codes or not self.sees_files:
            return {}
        rows = _rows(
            "SELECT c.code, r.id FROM unnest(%s::text[], %s::text[]) c(code, pattern) CROSS JOIN LATERAL"
            " (SELECT id FROM statements_rejectedline WHERE upper(raw) LIKE c.pattern"
            " ORDER BY id DESC LIMIT 3) r",
            [[code.upper() for code in codes], [as_pattern(code.upper(), inside=True) for code in codes]],
        )
        seen = {
            each.pk: each for each in rejected_lines_seen(self.actor).filter(pk__in=[pk for _, pk in rows])
        }
        return {code: seen[pk] for code, pk in reversed(rows) if pk in seen}

    # Who has a phone or a name

    def _customers(self) -> dict[int, list[Customer]]:
        """The customers meant by each item, by its place."""
        ids: dict[int, list[int]] = defaultdict(list)
        if self.sees_customers:
            phones = {phone for item in self.items for phone in item.phones}
            owners: dict[str, list[int]] = defaultdict(list)
            owned = CustomerPhone.objects.filter(msisdn__in=phones, customer__market__in=self.markets)
            for msisdn, owner in owned.values_list("msisdn", "customer_id") if phones else ():
                owners[msisdn].append(owner)
            for item in self.items:
                ids[item.place] += [pk for phone in item.phones for pk in owners[phone][:FOUND_EACH]]
            for place, pk in self._named():
                ids[place].append(pk)
        every = {pk for found in ids.values() for pk in found}
        people = {
            person.pk: person for person in in_markets(Customer.objects.filter(pk__in=every), self.actor)
        }
        self.contracts: dict[int, list[Contract]] = defaultdict(list)
        for contract in contracts_of(self.actor, sorted(every)) if every else ():
            self.contracts[contract.customer_id].append(contract)
        self.newest = self._newest(sorted(every))
        return {
            place: [people[pk] for pk in dict.fromkeys(found) if pk in people] for place, found in ids.items()
        }

    def _named(self) -> list[tuple[int, int]]:
        """(place, customer id) of names with all the words, in whatever order."""
        asked = [
            (item.place, "%".join(["", *(as_pattern(word)[:-1] for word in order), ""]))
            for item in self.items
            if max(map(len, item.words), default=0) > 2
            for order in permutations(item.words[:3])
        ]
        if not asked:
            return []
        rows = _rows(
            "SELECT n.place, c.id FROM unnest(%s::int[], %s::text[]) n(place, pattern) CROSS JOIN LATERAL"
            " (SELECT id FROM parties_customer WHERE lower(name) LIKE n.pattern AND market = ANY (%s)"
            " LIMIT %s) c",
            [[place for place, _ in asked], [pattern for _, pattern in asked], self.markets, FOUND_EACH],
        )
        return [(int(place), int(pk)) for place, pk in rows]

    def _newest(self, customer_ids: Sequence[int]) -> dict[str | int, Payment]:
        """The newest payment of each customer, and from each pasted phone."""
        phones = sorted({phone for item in self.items for phone in item.phones})
        if not self.sees_payments or not (customer_ids or phones):
            return {}
        of_customer = _rows(
            "SELECT c.id, p.id FROM unnest(%s::bigint[]) c(id) CROSS JOIN LATERAL"
            " (SELECT id FROM payments_payment WHERE customer_id = c.id ORDER BY value_on DESC LIMIT 1) p",
            [list(customer_ids)],
        )
        of_phone = _rows(
            "SELECT f.msisdn, max(p.id) FROM unnest(%s::text[]) f(msisdn) CROSS JOIN LATERAL"
            " (SELECT id FROM statements_statementline"
            " WHERE reverse(msisdn) = reverse(f.msisdn) AND NOT msisdn = '' LIMIT %s) l"
            " JOIN payments_payment p ON p.statement_line_id = l.id WHERE p.market = ANY (%s) GROUP BY 1",
            [phones, ROWS_OF_PHONE, self.markets],
        )
        ids = {pk for _, pk in (*of_customer, *of_phone)}
        found = {p.pk: p for p in payments(self.actor).filter(pk__in=ids)}
        return {who: found[pk] for who, pk in (*of_customer, *of_phone) if pk in found}

    # Answers

    def _answer(self, item: Pasted) -> Answer:
        for code in item.codes:
            if (number := number_of("PAY", code)) is not None and number in self.by_id:
                return self._paid(item, self.by_id[number], "payment code")
            if line := self.lines.get(code.upper()):
                return self._row(item, line)
            if waits := self.pending.get(code.upper()):
                return Answer(item, "code a provider accepted", "pending", pending=waits,
                              note="Accepted by the provider, not paid yet.")  # fmt: skip
            if broken := self.rejected.get(code.upper()):
                return Answer(item, "code in a rejected row", "rejected", rejected=broken, note=broken.reason)
        if (contract := self._contract_named(item)) is not None:
            return Answer(item, "account number", "known", contract=contract, customer=contract.customer)
        return self._somebody(item)

    def _contract_named(self, item: Pasted) -> Contract | None:
        return next((c for code in item.codes if (c := self.by_key.get(key_of(code)))), None)

    def _row(self, item: Pasted, line: StatementLine) -> Answer:
        payment = self.by_line.get(line.pk)
        if payment is not None:
            return self._paid(item, payment, "transaction code")
        account = self.accounts[line.source_account_id]
        why = why_no_payment(
            line.kind, line.status, line.currency, line.amount_minor, role=account.role,
            account_currency=account.currency,
        )  # fmt: skip
        return Answer(item, "transaction code", "kept", line=line, note=why)

    def _paid(self, item: Pasted, payment: Payment, found_as: str) -> Answer:
        answer = Answer(item, found_as, state_of(payment), payment=payment, line=payment.statement_line)
        answer.contract = payment.contract
        answer.customer = payment.customer if self.sees_customers else None
        answer.note = _differs(item, payment)
        return answer

    def _somebody(self, item: Pasted) -> Answer:
        people = self.customers.get(item.place, [])
        from_phone = next((self.newest[phone] for phone in item.phones if phone in self.newest), None)
        found_as = "phone" if item.phones else "name"
        if not people:
            if from_phone is not None:
                answer = self._paid(item, from_phone, "phone of a payer")
                answer.note = "The newest payment from this phone; no customer has the number."
                return answer
            return Answer(item, note=_why_unknown(item, self.by_key.get(item.typed)))
        if len(people) > 1:
            return Answer(item, found_as, "known", customer=people[0], more=len(people) - 1,
                          note="Several customers: open them in find.")  # fmt: skip
        (person,) = people
        open_ones = [c for c in self.contracts[person.pk] if c.state in OPEN_STATES]
        newest = self.newest.get(person.pk) or from_phone
        answer = Answer(
            item, found_as, state_of(newest) if newest else "known", payment=newest, customer=person,
            contract=open_ones[0] if len(open_ones) == 1 else None,
        )  # fmt: skip
        answer.note = "Their newest payment." if newest else "No payment of theirs came in yet."
        if len(open_ones) > 1:
            answer.note += f" {len(open_ones)} open contracts."
        return answer


def state_of(payment: Payment) -> State:
    """Where the money of a payment is, in one word."""
    if payment.state != PAYMENT.start:
        return "gone"
    if payment.customer_id is None:
        return "suspense" if payment.open_minor else "gone"
    return "unapplied" if payment.open_minor else "applied"


def _differs(item: Pasted, payment: Payment) -> str:
    """What a message says otherwise than the row does."""
    if item.amount is None:
        return ""
    minor = exact_minor(item.amount, item.currency)
    if (minor, item.currency) == (payment.amount_minor, payment.currency):
        return ""
    said, row = f"{item.amount} {item.currency}", Money(payment.amount_minor, payment.currency)
    return f"The message says {said}, the provider's row {row}."


def _why_unknown(item: Pasted, contract: Contract | None) -> str:
    if item.kind == "unreadable":
        return "Neither a code, a phone, a name nor a message of a provider."
    if item.kind == "message" and not item.codes:
        return "No transaction code could be read in this message."
    if item.kind in ("message", "code"):
        text = "No such code: no row, pending payment or rejected row has it."
        return f"{text} It names {contract.account_number}, a contract of ours." if contract else text
    return "Nobody has this phone." if item.kind == "phone" else "Nobody has this name."


def _rows(query: str, values: Sequence[object]) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
