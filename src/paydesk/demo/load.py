"""Carries the steps of the story out through the real verbs, as people and the worker would."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from django.db import connection

from paydesk.demo import bad_morning as a_bad_morning
from paydesk.demo.asked_back import receipts_by_hand, requests_of_the_morning
from paydesk.demo.callbacks import CALLED
from paydesk.demo.cases import cases_of_the_morning
from paydesk.demo.company import Contract
from paydesk.demo.contested import disputes_of_the_morning
from paydesk.demo.doors import doors_of_the_morning
from paydesk.demo.layouts.hubtel import HUBTEL
from paydesk.demo.left_mail import mail_to_look_at
from paydesk.demo.markets import ACCOUNTS, MARKETS, DemoMarket
from paydesk.demo.noticing import noticed_by_morning
from paydesk.demo.post import mailboxes
from paydesk.demo.quality import quality_by_morning
from paydesk.demo.rate_cards import RATE_CARDS
from paydesk.demo.ready_texts import ready_texts
from paydesk.demo.refunds import refunds_of_the_morning
from paydesk.demo.risk import risk_of_the_morning
from paydesk.demo.routing import routing_by_morning
from paydesk.demo.sellers import goodwill_of_the_morning, sellers_of_the_morning
from paydesk.demo.steps import Activate, ApplyByHand, CallBack, LoadContracts, SendFile
from paydesk.demo.story import Story
from paydesk.demo.truth import Truth
from paydesk.demo.unasked import (
    accounts_nobody_asked_about,
    duty_is_said_to_be_tax,
    files_with_unasked_rows,
)
from paydesk.domain.callbacks.actions import ask_due, follow_posted_file, keep_callback, post_callbacks
from paydesk.domain.callbacks.rules import ASK_AFTER
from paydesk.domain.contracts.actions import Terms, activate_contract, load_contracts
from paydesk.domain.contracts.models import Contract as StoredContract
from paydesk.domain.parties.models import Customer
from paydesk.domain.payments.actions import apply_payment, confirm_file, post_file
from paydesk.domain.payments.learning import learn_all_so_far
from paydesk.domain.payments.models import Payment
from paydesk.domain.pricing.actions import set_rate_card
from paydesk.domain.providers.actions import add_source_account, open_callbacks
from paydesk.domain.providers.models import CallbackEndpoint, Provider, SourceAccount
from paydesk.domain.providers.rules import dialect_of
from paydesk.domain.refunds.actions import request_refund
from paydesk.domain.refunds.tasks import settle_rows
from paydesk.domain.statements.actions import discard_file, map_file, read_file, upload_file
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.audit.actions import seal
from paydesk.foundation.people.actions import add_market, make_demo_people
from paydesk.foundation.people.models import Market, Person
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused

Say = Callable[[str], None]
DEMO = system("demo")
WORKER = system("worker")
ANALYST, LEAD, ADMINISTRATOR = "ama@demo.example", "tunde@demo.example", "adaeze@demo.example"
SUPPORT = "samuel@demo.example"
WAIT_SECONDS = 0.05  # between two looks at a file that a running worker has taken


class NotEmptyRefused(Refused):
    """The database has a company in it already."""

    code = "demo.not_empty"


class DemoRefused(Refused):
    """These sizes make no company."""

    code = "demo.sizes"


@dataclass(slots=True)
class Made:
    """What a run made."""

    customers: int
    contracts: int
    files: int
    rows: int
    payments: int
    seconds: float
    mess: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def is_empty() -> bool:
    """Whether nothing was ever set up here: no people, markets, accounts, customers or files; five short
    queries."""
    return not any(
        model.objects.exists() for model in (Person, Market, Provider, Customer, StoredContract, SourceFile)
    )


def load_company(
    *,
    customers: int,
    days: int,
    until: date,
    seed: int,
    truth: Path | None = None,
    bad_morning: bool = False,
    say: Say = lambda text: None,
) -> Made:
    """Invent a company and take it through the desk: `days` days of files, the last one of the day before
    `until`.

    The same arguments make the same company. `bad_morning` adds one in the end (demo/bad_morning.py), outside
    the truth. Raises NotEmptyRefused unless the database is empty, DemoRefused
    for sizes that make no company or a truth folder with something in it.
    """
    if not 12 <= customers <= 2_000_000 or not 3 <= days <= 366:
        raise DemoRefused("The demo company has 12 to 2,000,000 customers and 3 to 366 days of files.")
    if not is_empty():
        raise NotEmptyRefused(
            "The database is not empty, so the demo company is not loaded into it. Use another database, or "
            "--reset, which deletes everything in this one."
        )
    if truth is not None:
        if truth.exists() and any(truth.iterdir()):
            raise DemoRefused(f"{truth} is not empty; name a new folder for the truth.")
        (truth / "files").mkdir(parents=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="paydesk-demo-") as temporary:
        folder = truth / "files" if truth else Path(temporary)
        book = Truth(truth)
        story = Story(customers=customers, days=days, until=until, seed=seed, folder=folder, truth=book)
        # Where the truth is kept, the desk is held against it, and nothing is done to a payment afterwards.
        loader = Loader(story, say, with_refunds=truth is None)
        loader.set_up()
        loader.run()
        if bad_morning:
            loader.have_a_bad_morning(Path(folder))
    contracts = sum(map(len, story.company.contracts.values()))
    return Made(
        customers, contracts, loader.files, book.rows_written, loader.payments, time.monotonic() - started,
        dict(sorted(book.mess.items())),
    )  # fmt: skip


class Loader:
    """Carries out the steps of one story."""

    def __init__(self, story: Story, say: Say, *, with_refunds: bool = True) -> None:
        self.story = story
        self.say = say
        self.with_refunds = with_refunds
        self.files = 0
        self.payments = 0
        self._accounts: dict[str, SourceAccount] = {}
        self._endpoints: dict[str, CallbackEndpoint] = {}
        # A power cut may cost the last moments of a load, which is made again from its arguments.
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        self._analyst = self._lead = DEMO
        self._by_role: dict[str, Actor] = {}

    def set_up(self) -> None:
        """Markets, demo people and the accounts at providers and banks."""
        at = datetime.combine(self.story.first_day, time_of_day(4), tzinfo=UTC)
        for market in MARKETS:
            add_market(
                market.code,
                name=market.name,
                currency=market.currency,
                time_zone=market.time_zone,
                by=DEMO,
                now=at,
            )
        people = {person.email: person for person in make_demo_people(by=DEMO, now=at)}
        self._analyst, self._lead = people[ANALYST].actor(), people[LEAD].actor()
        self._by_role = {role: person.actor() for person in people.values() for role in person.role_codes}
        administrator = people[ADMINISTRATOR].actor()
        for n, (market, account) in enumerate(ACCOUNTS.values()):
            self._accounts[account.key] = add_source_account(
                provider_code=account.provider_code, provider_name=account.provider_name,
                provider_kind=account.provider_kind, market=market.code, name=account.name,
                identifier=account.identifier, currency=market.currency, role=account.role,
                time_zone=market.time_zone, by=administrator, now=at + timedelta(minutes=10 + n),
            )  # fmt: skip
            if account.key in CALLED:
                self._endpoints[account.key] = open_callbacks(
                    self._accounts[account.key].pk, dialect=dialect_of(account.provider_code),
                    by=administrator, now=at + timedelta(minutes=11 + n),
                )  # fmt: skip

        for key, rates in RATE_CARDS.items():
            set_rate_card(
                self._accounts[key].pk, valid_from=self.story.first_day, rates=rates,
                note="Invented for the demo", by=self._by_role["FC"], now=at + timedelta(minutes=40),
            )  # fmt: skip

    def run(self) -> None:
        """Every step of the story, with a line of progress for each day."""
        days = len(self.story.calendar.days)
        last: date | None = None
        for step in self.story.steps():
            if step.at.date() != last:
                if last is not None:
                    learn_all_so_far()  # as the worker does over the day
                last = step.at.date()
                n = (last - self.story.first_day).days
                self.say(f"Demo company: day {n} of {days}, {self.files} files, {self.payments:,} payments")
            if isinstance(step, LoadContracts):
                self._load(step)
            elif isinstance(step, SendFile):
                self._send(step)
            elif isinstance(step, Activate):
                self._activate(step)
            elif isinstance(step, CallBack):
                self._called(step)
            else:
                self._apply(step)
        assert last is not None
        if self.with_refunds:
            morning = datetime.combine(last, time_of_day(8), tzinfo=UTC)
            refunds_of_the_morning(self._by_role, morning)
            requests_of_the_morning(self._by_role, morning + timedelta(minutes=50))
            disputes_of_the_morning(self._by_role, morning + timedelta(minutes=51))
            self._have_unasked_rows(morning + timedelta(minutes=52))
            receipts_by_hand(
                self._by_role, self._accounts[a_bad_morning.ACCOUNT], morning + timedelta(minutes=55)
            )
            mailboxes(self._by_role["AD"], morning)
            mail_to_look_at(MARKETS[0].code, morning + timedelta(minutes=57))
            cases_of_the_morning(self._by_role, morning + timedelta(minutes=58), self.story.meant)
            sellers_of_the_morning(self._by_role, morning + timedelta(minutes=59))
            goodwill_of_the_morning(self._by_role, morning + timedelta(minutes=59))
            doors_of_the_morning(self._by_role, morning + timedelta(minutes=59))
            noticed_by_morning(self._by_role, morning + timedelta(minutes=59))
            ready_texts(self._by_role, morning + timedelta(minutes=59))
            quality_by_morning(self._by_role, morning + timedelta(minutes=59))
            risk_of_the_morning(self._by_role, morning + timedelta(minutes=59))
            routing_by_morning(self._by_role, morning + timedelta(minutes=59))
        seal(datetime.combine(last, time_of_day(9), tzinfo=UTC))

    def _have_unasked_rows(self, at: datetime) -> None:
        """Files with rows that nobody here asked for; one kind of them is explained by one person so far."""
        accounts_nobody_asked_about(self._accounts, self._by_role["AD"], at)
        for step in files_with_unasked_rows(self._accounts, Path(self.story.folder), at):
            self._send(step)
        settle_rows(at + timedelta(minutes=5))
        duty_is_said_to_be_tax(self._analyst, at + timedelta(minutes=5))

    def have_a_bad_morning(self, folder: Path) -> None:
        """Two more files, one of them a wrong one; the people who paid twice ask for their money."""
        planted = a_bad_morning.write(
            self.story.until, self.story.company.contracts["GH"], self.story.planters["GH"], folder
        )
        if planted is None:
            return
        at = datetime.combine(self.story.until, time_of_day(7, 30), tzinfo=UTC)
        for n, path in enumerate((planted.night, planted.wrong)):
            self._send(SendFile(at + timedelta(minutes=n), path, path.name, a_bad_morning.ACCOUNT, HUBTEL))
        support = Person.objects.get(email=SUPPORT).actor()
        account = self._accounts[a_bad_morning.ACCOUNT]
        doubles = Payment.objects.filter(source_account=account, evidence_key__in=planted.doubles)
        for n, payment in enumerate(doubles.select_related("statement_line").order_by("pk")):
            request_refund(
                payment.pk,
                amount=Money(payment.amount_minor, payment.currency),
                reason="duplicate",
                note="Paid twice within a minute, says the caller.",
                payee_kind="payer",
                payee_name=payment.statement_line.payer_name,
                payee_account=payment.statement_line.msisdn,
                rail="mobile_money",
                by=support,
                now=at + timedelta(minutes=20 + n),
            )
        seal(at + timedelta(hours=1))

    def _called(self, step: CallBack) -> None:
        """As at the door and in the worker: kept, posted, and what stays silent asked about three times."""
        before = Payment.objects.count()
        for called in step.messages:
            keep_callback(
                self._endpoints[called.account], channel=called.channel, body=called.body, headers={},
                by=DEMO, now=step.at,
            )  # fmt: skip
        while post_callbacks(by=WORKER, now=step.at):
            pass
        self.payments += Payment.objects.count() - before
        for after in ASK_AFTER:
            while ask_due(by=WORKER, now=step.at + after):
                pass

    def _load(self, step: LoadContracts) -> None:
        rows = [terms_of(step.market, contract, n) for n, contract in enumerate(step.contracts, start=2)]
        loaded = load_contracts(rows, by=self._lead, now=step.at, source=step.source)
        assert not loaded.refused, loaded.refused[:3]

    def _activate(self, step: Activate) -> None:
        ids = self._ids(step.market, [contract.number for contract in step.contracts])
        for contract in step.contracts:
            activate_contract(ids[contract.number][0], activated_on=step.on, by=self._lead, now=step.at)

    def _apply(self, step: ApplyByHand) -> None:
        market, _ = ACCOUNTS[step.account]
        contract_id, customer_id = self._ids(market, [step.contract.number])[step.contract.number]
        payment = Payment.objects.get(
            source_account=self._accounts[step.account], evidence_key=step.provider_ref
        )
        apply_payment(
            payment.pk, customer_id=customer_id, contract_id=contract_id, by=self._analyst, now=step.at
        )

    def _ids(self, market: DemoMarket, numbers: list[str]) -> dict[str, tuple[int, int]]:
        """(contract id, customer id) by account number."""
        found = StoredContract.objects.filter(market=market.code, account_key__in=numbers)
        return {key: (pk, owner) for key, pk, owner in found.values_list("account_key", "pk", "customer_id")}

    # Files

    def _send(self, step: SendFile) -> None:
        """As a person does it: upload, say how to read it when the desk asks, look, confirm."""
        at = step.at
        with step.path.open("rb") as stream:
            whose = self._accounts[step.account].pk if step.says_whose and step.account else None
            file = upload_file(
                stream, filename=step.filename, source_account_id=whose, by=self._analyst, now=at
            ).file
        self.files += 1
        file = self._read(file, at + timedelta(seconds=2))
        if step.then in ("post", "preview") and file.state == "mapping_needed":
            file = self._map(step, file)
        if step.then == "discard":
            discard_file(file.pk, reason=step.reason, by=self._analyst, now=at + timedelta(seconds=20))
        if step.then != "post":
            return
        assert file.state == "previewed", f"{file.filename}: {file.state} {file.problem}"
        confirm_file(file.pk, by=self._analyst, now=at + timedelta(seconds=25))
        posted = post_file(file.pk, by=WORKER, now=at + timedelta(seconds=26))
        while posted.state == "posting":  # the worker of a desk that runs meanwhile has it
            time.sleep(WAIT_SECONDS)
            posted = post_file(file.pk, by=WORKER, now=at + timedelta(seconds=26))
        follow_posted_file(posted.pk, by=WORKER, now=at + timedelta(seconds=27))
        self.payments += posted.payment_count

    def _read(self, file: SourceFile, at: datetime) -> SourceFile:
        file = read_file(file.pk, by=WORKER, now=at)
        while file.state in ("uploaded", "reading"):
            time.sleep(WAIT_SECONDS)
            file = read_file(file.pk, by=WORKER, now=at)
        return file

    def _map(self, step: SendFile, file: SourceFile) -> SourceFile:
        """Answer what the desk asks about the first file of an account, and save it as the profile."""
        assert step.account is not None
        assert step.layout is not None
        mapping = step.layout.mapping.to_json() if step.layout.mapping else file.mapping
        map_file(
            file.pk, source_account_id=self._accounts[step.account].pk, mapping=mapping,
            save_as=step.layout.profile_name if mapping else "", by=self._analyst,
            now=step.at + timedelta(seconds=15),
        )  # fmt: skip
        return self._read(file, step.at + timedelta(seconds=17))


def terms_of(market: DemoMarket, contract: Contract, line: int) -> Terms:
    """The contract as the shops' list has it."""
    return Terms(
        market=market.code, customer_ref=contract.customer.ref, customer_name=contract.customer.name,
        phones=(contract.customer.phone,), account_number=contract.number, product=contract.product,
        currency=market.currency, price_minor=contract.price, deposit_minor=contract.deposit,
        opened_on=contract.opened_on, first_due_on=contract.first_due_on, instalments=contract.count,
        frequency=contract.frequency, activated_on=contract.opened_on if contract.active else None, line=line,
        identity_kind=contract.customer.identity[0], identity_number=contract.customer.identity[1],
    )  # fmt: skip
