"""What a person typed, looked up in every kind of thing they may see, a few of each, ranked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

from paydesk.domain.contracts.models import Contract
from paydesk.domain.contracts.queries import ContractStanding, ids_by_account, ids_of_customers, standings
from paydesk.domain.disputes.queries import CODE_PREFIX as CONTESTED
from paydesk.domain.disputes.queries import contested_as, payments_of
from paydesk.domain.marketplace.finding import things_numbered
from paydesk.domain.marketplace.queries import SellerThing, things_of_sellers
from paydesk.domain.parties.finding import (
    CUSTOMERS,
    SELLERS,
    customers_by_number,
    customers_by_phone,
    named_by_words,
)
from paydesk.domain.parties.models import Customer
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries import (
    RowFound,
    ids_of_amount,
    newest_of_contracts,
    newest_of_customers,
    payments,
    rows_by_phone,
    rows_by_reference,
    suspense_by_name,
    within_patience,
)
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements.finding import files_by_name, rejected_lines_seen, rejected_lines_with
from paydesk.domain.statements.models import RejectedLine, SourceFile, StatementLine
from paydesk.domain.statements.queries import files
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.find_text import FindText, read_find_text
from paydesk.reporting.search import rules
from paydesk.reporting.search.rules import Rank

OF_SELLERS = {"SEL": "seller", "SOR": "order", "WDL": "withdrawal", "LNK": "link_attempt"}
PREFIXES = frozenset({"PAY", "CUS", "CON", "FIL", CONTESTED, *OF_SELLERS})
MOST = 8
MOST_LINES = 40  # references that payers type by habit stand on many rows
# A day that a caller names may be the one before or after that of the booking.
ONE_DAY = timedelta(days=1)
TAIL_ON_LINES = 6  # fewer last digits than this fit rows of everybody

T = TypeVar("T", bound=Model)
H = TypeVar("H")
Reason = tuple[Rank, str]


@dataclass(frozen=True, slots=True)
class Hit(Generic[H]):
    """Something found, how strongly and why."""

    thing: H
    rank: Rank
    why: str


@dataclass(slots=True)
class Found:
    """What was found by kind, the strongest first; `more` names the kinds of which there are more."""

    asked: FindText
    payments: list[Hit[Payment]] = field(default_factory=list)
    customers: list[Hit[Customer]] = field(default_factory=list)
    contracts: list[Hit[ContractStanding]] = field(default_factory=list)
    files: list[Hit[SourceFile]] = field(default_factory=list)
    lines: list[Hit[StatementLine]] = field(default_factory=list)
    rejected: list[Hit[RejectedLine]] = field(default_factory=list)
    sellers: list[Hit[SellerThing]] = field(default_factory=list)
    more: frozenset[str] = frozenset()
    meant: tuple[str, ...] = ()  # spellings that were looked for in place of what was typed

    def kinds(self) -> list[str]:
        """The kinds with something in them, the one with the strongest reason first."""
        filled = [kind for kind in KINDS if getattr(self, kind)]
        return sorted(filled, key=lambda kind: getattr(self, kind)[0].rank)

    def count(self) -> int:
        return sum(len(getattr(self, kind)) for kind in KINDS)

    def exact(self) -> tuple[str, int] | None:
        """(kind, id) of the one thing that bears what was typed, None where none or several do."""
        of_kind = (
            ("contract", ((hit.rank, hit.thing.contract.pk) for hit in self.contracts)),
            ("payment", ((hit.rank, hit.thing.pk) for hit in self.payments)),
            ("customer", ((hit.rank, hit.thing.pk) for hit in self.customers)),
            ("file", ((hit.rank, hit.thing.pk) for hit in self.files)),
        )
        for kind, hits in of_kind:
            exact = [number for rank, number in hits if rank == Rank.EXACT]
            if exact:
                return (kind, exact[0]) if len(exact) == 1 else None
        of_sellers = [(hit.thing.kind, hit.thing.pk) for hit in self.sellers if hit.rank == Rank.EXACT]
        return of_sellers[0] if len(of_sellers) == 1 else None


KINDS = ("payments", "customers", "contracts", "sellers", "files", "lines", "rejected")


def find(actor: Actor, text: str, *, today: date, most: int = MOST) -> Found:
    """At most `most` things of each kind that the actor may see and `text` may mean.

    Raises TooMuchToReadRefused when the database would read longer than a person waits. Up to some twenty
    small queries, as many as the readings of the text need, however much is found.
    """
    search = Search(actor, text, today=today, most=most)
    if not search.asked.text:
        return Found(search.asked)
    with within_patience(by_index=True):
        search.look_up()
        return search.found()


class Search:
    """One search: gathers ids with the strongest reason for each, then loads, cuts and sorts them."""

    def __init__(self, actor: Actor, text: str, *, today: date, most: int = MOST) -> None:
        self.asked = read_find_text(text, today=today, code_prefixes=PREFIXES, markets=actor.markets)
        self.actor, self.most, self.today = actor, most, today
        self.sees_payments = actor.may("payments:view")
        self.sees_disputes = actor.may("disputes.answer:view")
        self.sees_customers = actor.may("customers:view")
        self.sees_files = actor.may("files.import:view")
        self.accounts = accounts_of(actor)
        self.markets = sorted({account.market for account in self.accounts.values()})
        self.payments: dict[int, Reason] = {}
        self.customers: dict[int, Reason] = {}
        self.contracts: dict[int, Reason] = {}
        self.files: dict[int, Reason] = {}
        self.lines: dict[int, Reason] = {}
        self.rejected: dict[int, Reason] = {}
        self.sellers: dict[tuple[str, int], Reason] = {}
        self.meant: tuple[str, ...] = ()

    def look_up(self) -> None:
        """Which things the text means: ids alone."""
        asked = self.asked
        if asked.code:
            self.by_code(*asked.code)
            return
        self.by_platforms_number()
        self.by_dispute()
        if asked.amount is not None:
            self.by_amount()
        elif asked.is_name:
            self.by_name()
            self.by_file_name()
        else:
            self.by_number()

    # Readings

    def by_code(self, prefix: str, number: int) -> None:
        """What a code names is loaded by its id like anything found, and so only from one's own markets."""
        reason = (Rank.EXACT, "Code")
        if prefix == "PAY":
            self.add(self.payments, [number], *reason)
        elif prefix == CONTESTED and self.sees_disputes:
            self.add(self.payments, payments_of([number]), Rank.EXACT, "Its dispute")
        elif prefix == "FIL":
            self.add(self.files, [number], *reason)
        elif prefix == "CUS":
            self.add(self.customers, [number], *reason)
            self.what_they_have("Of this customer")
        elif prefix == "CON":
            self.add(self.contracts, [number], *reason)
        elif prefix in OF_SELLERS:
            self.sellers[OF_SELLERS[prefix], number] = reason

    def by_platforms_number(self) -> None:
        """Whatever else it reads as: a platform writes its numbers as it likes, but not without a digit."""
        if self.sees_payments and any(letter.isdigit() for letter in self.asked.text):
            for each in things_numbered(self.markets, self.asked.text, most=self.most + 1):
                self.sellers[each] = (Rank.EXACT, "The platform's number")

    def by_dispute(self) -> None:
        """A provider calls a contested payment by a reference of its own."""
        if self.sees_payments and self.sees_disputes and any(letter.isdigit() for letter in self.asked.text):
            found = contested_as(self.asked.text, self.accounts, most=self.most + 1)
            self.add(self.payments, found, Rank.EXACT, "The provider's reference of its dispute")

    def by_amount(self) -> None:
        asked = self.asked
        if self.sees_payments:
            paid = ids_of_amount(
                self.markets,
                rules.amounts_meant(asked, sorted({each.currency for each in self.accounts.values()})),
                first=asked.days.first - ONE_DAY if asked.days else None,
                last=asked.days.last + ONE_DAY if asked.days else None,
                most=MOST_LINES * (10 if asked.words else 1),
            )
            self.add(self.payments, paid, Rank.BEGINS, "Amount")

    def by_name(self) -> None:
        words = self.asked.words
        tables = [*([CUSTOMERS] if self.sees_customers else ()), *([SELLERS] if self.sees_payments else ())]
        named = named_by_words(self.actor, words, tables, most=self.most + 1)
        self.meant = next((each.meant for each in named.values() if each.meant), ())
        if CUSTOMERS in named:
            for number, name in named[CUSTOMERS].names.items():
                self.add(self.customers, [number], *rules.why_name(words, name, meant=bool(self.meant)))
            self.what_they_have("Of this name")
        if self.sees_payments and max(map(len, words)) > 2:
            waiting = suspense_by_name(self.markets, words, most=self.most + 1)
            self.add(self.payments, waiting, Rank.NAMED, "The payer's name, in suspense")
        if SELLERS in named:
            for number, name in named[SELLERS].names.items():
                rank, why = rules.why_name(words, name, meant=bool(self.meant))
                self.sellers["seller", number] = (rank, f"Seller: {why[:1].lower()}{why[1:]}")

    def by_number(self) -> None:
        """References, account numbers and phones: a figure may be any of them."""
        asked = self.asked
        if self.sees_customers:
            if asked.key:
                self.by_account_or_ref()
            if not self.is_account:
                self.by_phone()
        if self.sees_payments or self.sees_files:
            self.by_row()
        if self.sees_files and not (self.payments or self.customers or self.contracts or self.lines):
            self.by_file_name()
            if asked.key and not asked.phones:
                broken = rejected_lines_with(self.actor, asked.text, most=self.most + 1)
                self.add(self.rejected, broken, Rank.BELONGS, "A rejected row has it")

    @property
    def is_account(self) -> bool:
        return any(rank == Rank.EXACT for rank, _ in self.contracts.values())

    def by_account_or_ref(self) -> None:
        asked = self.asked
        accounts = ids_by_account(self.actor, asked.key, most=self.most + 1)
        for number, key, customer_id in accounts:
            if key == asked.key:
                self.add(self.contracts, [number], Rank.EXACT, "Account number")
                self.add(self.customers, [customer_id], Rank.BELONGS, "Has this contract")
            else:
                self.add(self.contracts, [number], Rank.BEGINS, "Account number begins so")
        if self.is_account and self.sees_payments:
            exact = [each for each in accounts if each[1] == asked.key]
            paid = newest_of_contracts(
                [each[2] for each in exact], [each[0] for each in exact], most=self.most + 1
            )
            self.add(self.payments, paid, Rank.BELONGS, "Paid into this contract")
        with_it = customers_by_number(self.actor, asked.text, asked.key, most=self.most + 1)
        if with_it.by_identity:
            self.add(self.customers, with_it.by_identity, Rank.EXACT, "Identity number")
            self.what_they_have("Of this identity number")
        for number, ref in with_it.refs.items():
            if rules.bears(asked, ref):
                self.add(self.customers, [number], Rank.EXACT, "Our number for them")
            else:
                self.add(self.customers, [number], Rank.BEGINS, "Our number for them begins so")

    def by_phone(self) -> None:
        asked = self.asked
        if asked.phones or asked.phone_starts or asked.phone_end:
            owners = customers_by_phone(
                self.actor,
                whole=asked.phones,
                starts=asked.phone_starts,
                end=asked.phone_end,
                most=self.most + 1,
            )
            if owners.customer_ids:
                self.add(self.customers, owners.customer_ids, *rules.why_phone(owners.how))
                self.what_they_have("Of this phone")

    def by_row(self) -> None:
        """Statement lines by reference and phone; those that became payments count as payments."""
        asked = self.asked
        rows: list[RowFound] = []
        if (asked.key or asked.mistyped_code) and not (asked.phones and self.customers):
            rows = rows_by_reference(self.accounts, asked.spellings, asked.key, most=MOST_LINES)
            for row in rows:
                self.add_row(row, *rules.why_reference(
                    asked, provider_ref=row.provider_ref, network_ref=row.network_ref, typed=row.typed
                ))  # fmt: skip
        long_end = asked.phone_end if len(asked.phone_end) >= TAIL_ON_LINES else ""
        if (asked.phones or long_end) and not rows and not self.is_account:
            for row in rows_by_phone(self.accounts, whole=asked.phones, end=long_end, most=MOST_LINES):
                self.add_row(row, Rank.BELONGS if asked.phones else Rank.ENDS, "Paid from this phone")

    def add_row(self, row: RowFound, rank: Rank, why: str) -> None:
        if row.payment_id is not None:
            self.add(self.payments, [row.payment_id], rank, why)
        else:
            self.add(self.lines, [row.line_id], max(rank, Rank.BELONGS), why)

    def by_file_name(self) -> None:
        if self.sees_files:
            named = files_by_name(self.actor, self.asked.text, most=self.most + 1)
            self.add(self.files, named, Rank.NAMED, "File name has it")

    def what_they_have(self, why: str) -> None:
        """Contracts and newest payments of the customers found."""
        ids = list(self.customers)[: self.most]
        if ids:
            self.add(self.contracts, ids_of_customers(ids, most=self.most + 1), Rank.RELATED, why)
            if self.sees_payments:
                self.add(self.payments, newest_of_customers(ids, most=self.most + 1), Rank.RELATED, why)

    def add(self, kind: dict[int, Reason], numbers: Iterable[int], rank: Rank, why: str) -> None:
        """Keep the strongest reason for each."""
        for number in numbers:
            if number not in kind or rank < kind[number][0]:
                kind[number] = (rank, why)

    # What was found

    def found(self) -> Found:
        """What a list shows of them."""
        actor, today = self.actor, self.today
        more = frozenset(kind for kind in KINDS if len(getattr(self, kind)) > self.most)
        people = self.hits(self.customers, in_markets(Customer.objects.prefetch_related("phones"), actor),
                           self.sees_customers)  # fmt: skip
        contracts = self.hits(self.contracts, in_markets(Contract.objects.select_related("customer"), actor),
                              self.sees_customers)  # fmt: skip
        figures = standings([hit.thing for hit in contracts], on=today) if contracts else []
        lines = StatementLine.objects.filter(source_account_id__in=self.accounts)
        return Found(
            self.asked,
            payments=self.found_payments(),
            customers=sorted(people, key=lambda hit: (hit.rank, hit.thing.name.lower(), hit.thing.pk)),
            contracts=[Hit(each, hit.rank, hit.why) for each, hit in zip(figures, contracts, strict=True)],
            files=self.hits(self.files, files(actor), self.sees_files),
            lines=[
                Hit(_with(hit.thing, self.accounts), hit.rank, hit.why)
                for hit in self.hits(self.lines, lines.order_by("-id"), self.sees_files)
            ],
            rejected=self.hits(self.rejected, rejected_lines_seen(actor), self.sees_files),
            sellers=self.found_sellers(),
            more=more,
            meant=self.meant,
        )

    def found_payments(self) -> list[Hit[Payment]]:
        """Payments of one rank the newest first; ids rise with what came in, so few are loaded."""
        asked = self.asked
        if asked.amount is None:
            return sorted(
                self.hits(self.payments, payments(self.actor), self.sees_payments),
                key=lambda hit: (hit.rank, -hit.thing.value_on.toordinal(), -hit.thing.pk),
            )
        hits = []
        for payment in payments(self.actor).filter(pk__in=self.payments) if self.payments else ():
            names = [payment.statement_line.payer_name]
            if payment.customer and self.sees_customers:
                names.append(payment.customer.name)
            if not asked.words or rules.has_words(asked.words, *names):
                rank, why = rules.why_amount(asked, payment.value_on)
                hits.append(Hit(payment, rank, f"{why}, and the name" if asked.words else why))
        return sorted(hits, key=lambda hit: hit.rank)[: self.most]

    def found_sellers(self) -> list[Hit[SellerThing]]:
        """Sellers and their things, loaded by kind; no query when there are none."""
        if not self.sellers or not self.sees_payments:
            return []
        best = sorted(self.sellers, key=lambda each: self.sellers[each][0])[: self.most]
        return [
            Hit(thing, *self.sellers[thing.kind, thing.pk]) for thing in things_of_sellers(self.actor, best)
        ]

    def hits(self, kind: dict[int, Reason], things: QuerySet[T], may_see: bool) -> list[Hit[T]]:
        """The strongest of a kind, loaded; no query when there are none."""
        if not kind or not may_see:
            return []
        best = sorted(kind, key=lambda number: (kind[number][0], -number))[: self.most]
        loaded = [Hit(thing, *kind[thing.pk]) for thing in things.filter(pk__in=best)]
        return sorted(loaded, key=lambda hit: hit.rank)


def accounts_of(actor: Actor) -> dict[int, SourceAccount]:
    """Our accounts in the actor's markets, by id."""
    return {account.pk: account for account in in_markets(SourceAccount.objects.all(), actor)}


def _with(line: StatementLine, accounts: dict[int, SourceAccount]) -> StatementLine:
    line.source_account = accounts[line.source_account_id]
    return line
