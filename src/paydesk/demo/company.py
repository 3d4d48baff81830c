"""The invented customers and what they bought: paid off, being paid, late, or about to start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from paydesk.demo.chance import Numbers, chance
from paydesk.demo.habits import HABITS
from paydesk.demo.markets import FREQUENCIES, MARKETS, DemoAccount, DemoMarket, Frequency, Product
from paydesk.demo.names import person_name
from paydesk.kernel.public_codes import luhn_digit

LONGEST_HISTORY_DAYS = 400
PAID_OFF_LONG_AGO_DAYS = 330
TWO_CONTRACTS_PERCENT = 5
SHARED_PHONE_PERCENT = 3
RETURNING_PERCENT = 6
OVERPAYS_PERCENT = 1
NO_DEPOSIT_PERCENT = 12

DayIsOk = Callable[[str, date], bool]


@dataclass(slots=True)
class Customer:
    """Someone who bought a phone. `shares_with` is another customer with the same number on file."""

    ref: str
    name: str
    phone: str
    identity: tuple[str, str] = ("", "")  # kind and number of a document, empty for one in ten
    shares_with: Customer | None = None
    contracts: list[Contract] = field(default_factory=list)


@dataclass(slots=True)
class Contract:
    """One financed phone. `credited` is what the desk should have applied to it so far, in minor units."""

    customer: Customer
    number: str
    product: str
    deposit: int
    each: int
    count: int
    frequency: Frequency
    opened_on: date
    first_due_on: date
    habit: str
    rail: DemoAccount
    stops_on: date
    overpays: bool = False
    pays_deposit: bool = True
    active: bool = True
    credited: int = 0
    deposit_seen: bool = False
    kin: tuple[str, str] | None = None  # phone and name, as the provider writes it, of a relative who pays
    kin_paid: list[date] = field(default_factory=list)  # with the number typed, so that the desk learns

    @property
    def price(self) -> int:
        return self.deposit + self.each * self.count

    @property
    def remaining(self) -> int:
        return self.price - self.credited

    @property
    def per_day(self) -> int:
        """One day of use in minor units, the way payers think of it."""
        return self.each // {"daily": 1, "weekly": 7, "monthly": 30}[self.frequency]

    def due_by(self, day: date) -> int:
        """Instalments due up to and including `day`, in minor units."""
        if day < self.first_due_on:
            return 0
        if self.frequency == "monthly":
            months = (day.year - self.first_due_on.year) * 12 + day.month - self.first_due_on.month
            reached = months + (1 if day.day >= min(self.first_due_on.day, 28) else 0)
        else:
            reached = (day - self.first_due_on).days // (7 if self.frequency == "weekly" else 1) + 1
        return self.each * min(self.count, max(0, reached))

    def arrears(self, day: date) -> int:
        """What is due by `day` and not paid; negative when paid ahead."""
        return self.due_by(day) - (self.credited - self.deposit)


@dataclass(frozen=True, slots=True)
class Company:
    """All contracts by market, in the order in which they were opened."""

    contracts: dict[str, list[Contract]]

    def opened(self, market: str, first: date, last: date) -> Iterator[Contract]:
        """Contracts of `market` opened on `first` to `last`, both included."""
        return (c for c in self.contracts[market] if first <= c.opened_on <= last)


def build(seed: int, customers: int, first_day: date, until: date, day_is_ok: DayIsOk) -> Company:
    """The company on the day before `until`; its first day with day files is `first_day`.

    `day_is_ok(account key, day)` says whether the file of that day comes in on time: new customers pay their
    deposit on such a day only, so that their phone can be handed over the next morning.
    """
    found: dict[str, list[Contract]] = {}
    left = customers
    for place, market in enumerate(MARKETS):
        count = left if place == len(MARKETS) - 1 else min(left, customers * market.share // 100)
        left -= count
        contracts = _Builder(market, seed, count, first_day, until, day_is_ok).contracts()
        found[market.code] = sorted(contracts, key=lambda c: (c.opened_on, c.number))
    return Company(found)


def phone(market: DemoMarket, operator: str, n: int, numbers: Numbers) -> str:
    """E.164 digits of the n-th invented phone of a network; never the same twice."""
    prefixes = market.phone_prefixes[operator]
    return f"{market.country_code}{prefixes[n % len(prefixes)]}{numbers.of(n):0{market.subscriber_digits}}"


class _Builder:
    def __init__(
        self, market: DemoMarket, seed: int, count: int, first_day: date, until: date, day_is_ok: DayIsOk
    ) -> None:
        self.market = market
        self.count = count
        self.first_day = first_day
        self.until = until
        self.day_is_ok = day_is_ok
        self.draw = chance(seed, "company", market.code)
        self.account_numbers = Numbers(seed, f"accounts {market.code}", 10_000_000)
        self.phones = Numbers(seed, f"phones {market.code}", 10**market.subscriber_digits)
        self.documents = Numbers(seed, f"documents {market.code}", 10**8)
        self.made = 0

    def contracts(self) -> Iterator[Contract]:
        neighbour: Customer | None = None
        for n in range(self.count):
            customer, rail = self._customer(n)
            what = self._pattern(n)
            if what == "shares phone" and neighbour is not None:
                customer.phone, rail = neighbour.phone, neighbour.contracts[0].rail
                customer.shares_with, neighbour.shares_with = neighbour, customer
            yield from self._bought(customer, rail, what)
            neighbour = customer if what == "plain" else None

    def _customer(self, n: int) -> tuple[Customer, DemoAccount]:
        rails = self.market.paying_accounts
        rail = self.draw.choices(rails, [each.share for each in rails])[0]
        operator = rail.operator or self.draw.choice(sorted(self.market.phone_prefixes))
        name = person_name(self.market.code, self.draw)
        return Customer(
            f"{self.market.code}{100_001 + n}", name, phone(self.market, operator, n, self.phones),
            self._identity(n),
        ), rail  # fmt: skip

    def _identity(self, n: int) -> tuple[str, str]:
        """An invented document in a form that its country does not issue: it begins with ZZ."""
        if n % 10 == 9:
            return "", ""
        return (
            ("passport", f"ZZ{self.documents.of(n):08}")
            if n % 10 == 3
            else ("national_id", f"ZZ{self.market.code}-{self.documents.of(n):08}")
        )

    def _pattern(self, n: int) -> str:
        # The first customers of a market show each pattern once, so that a small company has them all.
        first = {1: "overpays", 2: "new", 4: "two contracts", 5: "new", 7: "shares phone", 8: "returning"}
        what = self.draw.randrange(100)
        if n in first:
            return first[n]
        for pattern, percent in (
            ("two contracts", TWO_CONTRACTS_PERCENT),
            ("shares phone", SHARED_PHONE_PERCENT),
            ("returning", RETURNING_PERCENT),
            ("overpays", OVERPAYS_PERCENT),
        ):
            if what < percent:
                return pattern
            what -= percent
        return "plain"

    def _bought(self, customer: Customer, rail: DemoAccount, what: str) -> Iterator[Contract]:
        """The contracts of one customer, by the pattern they show."""
        before = self.first_day
        back = self.draw.randrange
        if what == "two contracts":
            for _ in range(2):
                yield self._contract(customer, before - timedelta(days=back(15, 70)), rail, length=2)
        elif what == "shares phone":
            yield self._contract(customer, before - timedelta(days=back(15, 90)), rail, length=2)
        elif what in ("overpays", "returning"):
            opened = before - timedelta(days=PAID_OFF_LONG_AGO_DAYS + back(60))
            done = self._contract(customer, opened, rail, length=0, habit="punctual")
            done.overpays = what == "overpays"
            yield done
            if what == "returning":
                yield self._contract(customer, before - timedelta(days=back(20, 120)), rail, length=2)
        elif what == "new":
            yield self._contract(customer, before + timedelta(days=back((self.until - before).days)), rail)
        else:
            share = self.draw.random() ** 1.4  # more of them bought lately
            days = int(share * (LONGEST_HISTORY_DAYS + (self.until - before).days))
            yield self._contract(customer, self.until - timedelta(days=1 + days), rail)

    def _contract(
        self, customer: Customer, opened_on: date, rail: DemoAccount, *, length: int = 1, habit: str = ""
    ) -> Contract:
        """`length` 0 is the shortest plan there is, 2 the longest, 1 any."""
        draw, products = self.draw, self.market.products
        product = products[-1] if length == 0 else products[-2] if length == 2 else draw.choice(products)
        frequency = draw.choices(list(FREQUENCIES), list(FREQUENCIES.values()))[0]
        is_new = opened_on >= self.first_day
        if is_new:
            opened_on, rail = self._opening(opened_on, rail)
        each, count = _plan(product, frequency)
        lag_days = {"daily": 1, "weekly": 7, "monthly": 30}[frequency]
        contract = Contract(
            customer=customer,
            number=self._number(),
            product=product.name,
            deposit=product.deposit_minor,
            each=each,
            count=count,
            frequency=frequency,
            opened_on=opened_on,
            first_due_on=opened_on + timedelta(days=lag_days),
            habit=habit or draw.choices(sorted(HABITS), [HABITS[name] for name in sorted(HABITS)])[0],
            rail=rail,
            stops_on=opened_on + timedelta(days=draw.randrange(20, 200)),
            pays_deposit=not is_new or draw.randrange(100) >= NO_DEPOSIT_PERCENT,
            active=not is_new,
        )
        customer.contracts.append(contract)
        return contract

    def _opening(self, day: date, rail: DemoAccount) -> tuple[date, DemoAccount]:
        """A day on which the file with the deposit comes in on time, and a mobile rail."""
        if rail.provider_kind == "bank":
            rail = self.market.paying_accounts[0]
        days = (self.until - self.first_day).days
        for ahead in range(days):
            on = self.first_day + timedelta(days=((day - self.first_day).days + ahead) % days)
            if self.day_is_ok(rail.key, on):
                return on, rail
        return day, rail

    def _number(self) -> str:
        """An account number of digits: the market's digit, seven that tell nothing, a Luhn check digit."""
        body = f"{self.market.number_start}{self.account_numbers.of(self.made):07}"
        self.made += 1
        return body + luhn_digit(body)


def _plan(product: Product, frequency: Frequency) -> tuple[int, int]:
    if frequency == "daily":
        return product.daily_minor, product.days
    if frequency == "weekly":
        return product.weekly_minor, product.weeks
    return product.monthly_minor, product.months
