"""The mess of real life, planted at a known rate: every fifth ordinary payment goes wrong in some way.

Every planted row carries its name (`mess`) and what the desk should make of it. Which mess comes next is a
shuffled round of CYCLE, so a company of any size has its share of each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from paydesk.demo.chance import Numbers, base36, chance
from paydesk.demo.company import Contract, phone
from paydesk.demo.layouts import LAYOUTS
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.names import as_provider_writes, person_name
from paydesk.demo.rows import Row
from paydesk.kernel.public_codes import luhn_digit

EVERY = 5
CYCLE = {
    "wrong_digit": 3, "blanks_inside": 3, "prefix_apart": 2, "prefix_glued": 1, "free_word": 2,
    "no_reference": 3,
    "relative": 6, "relative_wrong_digit": 1, "stranger": 1, "double": 2, "failed": 4,
    "pending_then_success": 2,
    "pending_only": 1, "reversed": 1, "broken_date": 1, "broken_amount": 1,
}  # fmt: skip
BANK_CYCLE = ("no_reference", "wrong_digit", "prefix_apart")
NO_REFERENCE_PERCENT = 15  # of the rows of people with two contracts or a shared phone
ROUNDS_UP_LAST_PERCENT = 25
FREE_WORDS = ("loan", "phone", "deposit", "0", "my phone payment", "for Mama", "weekly", "pay")
KIN_EVERY = 15  # of the contracts taken over one is paid by a relative, who typed its number then
LINKED_DAYS = 90  # so long a confirmation of a link counts in full
LINKED_AFTER = 2
KIN_FROM = 5_000_000
RELATIVES_FROM = 4_000_000  # phones of people who are no customers: no customer's number is that high


@dataclass(slots=True)
class Planted:
    """Rows for the file of the day, and those that only the next day's file will have."""

    today: list[Row] = field(default_factory=list)
    tomorrow: list[Row] = field(default_factory=list)


class Ids:
    """Ids as one provider gives them, never the same twice."""

    def __init__(self, seed: int, account: DemoAccount) -> None:
        self.layout = account.layout
        self.numbers = Numbers(seed, f"ids {account.key}", 10**9)
        self.taken = 0

    def take(self, at: datetime) -> tuple[str, str]:
        """(the provider's id, the network's id)"""
        number = self.numbers.of(self.taken)
        self.taken += 1
        network = f"{20_000_000_000 + self.taken * 7 + number % 7}"
        if self.layout == "mpesa":
            return (
                f"{chr(ord('K') + at.year % 10)}{base36(at.month, 1)}{base36(at.day, 1)}{base36(number, 7)}",
                "",
            )
        if self.layout == "hubtel":
            return f"{number:09x}{number * 2_654_435_761 % 2**64:016x}{self.taken:07x}", network
        if self.layout == "airtel":
            return f"MP{at:%y%m%d.%H%M}.C{base36(self.taken, 5)}", ""
        if self.layout == "paystack":
            return f"{4_000_000_000 + number}", f"T{number:09}{self.taken:06}"
        if self.layout == "ussd":
            return f"090057{at:%y%m%d%H%M%S}{self.taken:012}", f"{number:09}{at:%d}"
        if self.layout in ("camt", "bank_csv"):
            return f"{'FT' if self.layout == 'camt' else 'JB'}{at:%y%j}{base36(number, 6)}", ""
        return f"{30_000_000_000 + self.taken * 11 + number % 11}", network


def fee_of(layout: str, amount: int) -> int:
    """What the provider keeps of a payment, in minor units, half up."""
    if layout == "hubtel":
        return (amount + 50) // 100
    if layout in ("momo", "telecel"):
        return (amount * 75 + 5_000) // 10_000
    if layout == "mpesa":
        return (amount * 55 + 5_000) // 10_000
    if layout == "paystack":
        return min(2_000_00, (amount * 15 + 500) // 1_000 + (100_00 if amount >= 2_500_00 else 0))
    return 50_00 if layout == "ussd" else 0


class Planter:
    """Turns what payers of one market send into the rows of its files."""

    def __init__(self, market: DemoMarket, seed: int, ids: dict[str, Ids]) -> None:
        self.market = market
        self.ids = ids
        self.phones = Numbers(seed, f"phones {market.code}", 10**market.subscriber_digits)
        self.draw = chance(seed, "mess", market.code)
        self.kin_draw = chance(seed, "kin", market.code)
        self.relatives = self.taken = 0
        self.count = 0
        self.banked = 0
        self._round: list[str] = []

    def paid(
        self, contract: Contract, amount: int, day: date, *, counts: bool, tomorrow: bool, tidy: bool
    ) -> Planted:
        """The rows of one payment of `amount` on `day`, a mess among them now and then.

        `counts`: the file of the day will be posted, so `contract.credited` moves with what should be
        applied. `tomorrow`: the next day's file comes on time. `tidy`: all files of the account come on time.
        """
        row = self.row(contract, amount, self.moment(day))
        planted = Planted([row])
        if contract.rail.provider_kind == "bank":
            self._at_the_bank(row)
        elif self._is_plain(contract):
            if tidy and amount == contract.remaining and self.draw.randrange(100) < ROUNDS_UP_LAST_PERCENT:
                row.amount += self.market.round_minor
                row.mess = "overpaid_last"
            elif self._is_linked(contract, day):
                self._relative_by_link(row, contract)
            else:
                self._plant(planted, contract, tomorrow)
        else:
            self._unclear(row, contract)
        for each in (*(planted.today if counts else ()), *planted.tomorrow):
            if each.expected == "contract":
                contract.credited = min(contract.price, contract.credited + each.amount)
        return planted

    def taken_over(self, contract: Contract, amount: int, day: date) -> Row:
        """A payment of the time before the desk; some contracts were paid by a relative already then."""
        row = self.row(contract, amount, self.moment(day))
        if contract.credited == 0 and contract.rail.provider_kind != "bank":
            self.taken += 1
            if self.taken % KIN_EVERY == 1:
                contract.kin = self._other_person(row, KIN_FROM + self.taken, self.kin_draw)
        if contract.kin:
            row.msisdn, row.payer = contract.kin
            contract.kin_paid.append(day)
        return row

    def row(self, contract: Contract, amount: int, at: datetime) -> Row:
        """An ordinary payment to `contract` from its customer's own phone or bank account."""
        return self.row_at(contract.rail, contract, amount, at)

    def row_at(self, rail: DemoAccount, contract: Contract, amount: int, at: datetime) -> Row:
        """The same through an account that is not the one they usually pay through."""
        layout = rail.layout
        provider_ref, network_ref = self.ids[rail.key].take(at)
        name = as_provider_writes(contract.customer.name, self.draw)
        row = Row(at, "payment", "success", amount, provider_ref, network_ref=network_ref, payer=name)
        row.fee = fee_of(layout, amount)
        row.expected, row.rule, row.number = "contract", "account_number", contract.number
        if rail.provider_kind == "bank":
            row.text = f"TRF FROM {name} REF {contract.number}"
            row.rule = "reference_in_text"
        else:
            row.reference, row.msisdn = contract.number, contract.customer.phone
            row.text = "Instalment" if layout in ("hubtel", "paystack") else ""
            row.payer_bears_fee = layout == "hubtel" and self.draw.randrange(10) == 0
        return row

    def moment(self, day: date) -> datetime:
        """A local time of day between six in the morning and ten at night."""
        return datetime.combine(day, time(6)) + timedelta(seconds=self.draw.randrange(16 * 3600))

    def _is_plain(self, contract: Contract) -> bool:
        """Whether the payer's phone alone tells this contract."""
        others = (c for c in contract.customer.contracts if c is not contract)
        return contract.active and not contract.customer.shares_with and all(c.remaining == 0 for c in others)

    def _unclear(self, row: Row, contract: Contract) -> None:
        """The phone alone does not say whom to credit: two contracts, or two customers with this number."""
        sharer = contract.customer.shares_with
        others = sharer.contracts if sharer else [c for c in contract.customer.contracts if c is not contract]
        is_unclear = contract.active and any(c.active and c.remaining > 2 * c.each for c in others)
        if not is_unclear or self.draw.randrange(100) >= NO_REFERENCE_PERCENT:
            return
        row.reference = self.draw.choice(("", "loan", "phone"))
        row.number = ""
        if sharer:
            row.mess, row.expected, row.rule = "shared_phone_no_reference", "suspense", ""
        else:
            row.mess, row.expected, row.rule = "two_contracts_no_reference", "unapplied", "msisdn"

    def _at_the_bank(self, row: Row) -> None:
        self.banked += 1
        if self.banked % (EVERY // 2):
            return
        row.mess = BANK_CYCLE[self.banked // (EVERY // 2) % len(BANK_CYCLE)]
        if row.mess == "prefix_apart":
            row.text = row.text.replace("REF ", "REF ACC ")
            return
        typed = self._mistyped(row.number) if row.mess == "wrong_digit" else "PHONE"
        row.text = row.text.replace(row.number, typed)
        row.expected, row.rule, row.number = "suspense", "", ""

    def _next(self) -> str:
        if not self._round:
            self._round = [name for name, weight in CYCLE.items() for _ in range(weight)]
            self.draw.shuffle(self._round)
        return self._round.pop()

    def _plant(self, planted: Planted, contract: Contract, tomorrow: bool) -> None:
        self.count += 1
        if self.count % EVERY:
            return
        row = planted.today[0]
        mess = self._next()
        if mess.startswith("pending") and not LAYOUTS[contract.rail.layout].has_pending:
            mess = "failed"
        if mess == "pending_then_success" and not tomorrow:
            mess = "pending_only"
        if mess == "double" and contract.remaining < 2 * row.amount:
            mess = "no_reference"
        row.mess = mess
        if mess in ("double", "pending_then_success", "reversed"):
            getattr(self, f"_{mess}")(planted, contract, tomorrow)
        else:
            getattr(self, f"_{mess}")(row)

    # What the payer typed

    def _mistyped(self, number: str) -> str:
        place = self.draw.randrange(1, len(number))
        other = self.draw.choice([digit for digit in "0123456789" if digit != number[place]])
        typed = number[:place] + other + number[place + 1 :]
        assert luhn_digit(typed[:-1]) != typed[-1], "one wrong digit never keeps the check digit right"
        return typed

    def _wrong(self, row: Row, typed: str) -> None:
        row.reference, row.rule = typed, "msisdn"

    def _wrong_digit(self, row: Row) -> None:
        self._wrong(row, self._mistyped(row.number))

    def _blanks_inside(self, row: Row) -> None:
        number = row.number
        row.reference = f" {number[:3]} {number[3:6]} {number[6:]}"

    def _prefix_apart(self, row: Row) -> None:
        row.reference = f"{self.draw.choice(('ACC', 'A/C', 'No.', 'ACCOUNT'))} {row.number}"
        row.rule = "reference_in_text"

    def _prefix_glued(self, row: Row) -> None:
        self._wrong(row, f"{self.draw.choice(('BP', 'ACC', 'L'))}{row.number}")

    def _free_word(self, row: Row) -> None:
        self._wrong(row, self.draw.choice(FREE_WORDS))

    def _no_reference(self, row: Row) -> None:
        self._wrong(row, "")

    # Who paid

    def _other_person(self, row: Row, n: int, draw: Random) -> tuple[str, str]:
        """The n-th phone of the payer's operator, and a name for it."""
        operators = {row.msisdn[3:5], row.msisdn[3:6]}
        market = self.market
        operator = next(name for name, starts in market.phone_prefixes.items() if operators & set(starts))
        name = as_provider_writes(person_name(market.code, draw), draw)
        return phone(market, operator, n, self.phones), name

    def _someone_else(self, row: Row) -> None:
        row.msisdn, row.payer = self._other_person(row, RELATIVES_FROM + self.relatives, self.draw)
        self.relatives += 1

    def _is_linked(self, contract: Contract, day: date) -> bool:
        """Whether the desk learnt from the number a relative typed, often and lately enough."""
        lately = [paid for paid in contract.kin_paid if (day - paid).days < LINKED_DAYS]
        return len(lately) >= LINKED_AFTER

    def _relative_by_link(self, row: Row, contract: Contract) -> None:
        """The relative who paid before pays again and types nothing that helps."""
        assert contract.kin is not None
        row.msisdn, row.payer = contract.kin
        row.mess, row.reference, row.rule = "relative_by_link", "", "payer_link"

    def _relative(self, row: Row) -> None:
        self._someone_else(row)

    def _relative_wrong_digit(self, row: Row) -> None:
        self._someone_else(row)
        row.reference = self._mistyped(row.number)
        row.expected, row.rule, row.number = "suspense", "", ""

    def _stranger(self, row: Row) -> None:
        self._someone_else(row)
        row.reference = self.draw.choice(("", "loan", "school fees"))
        row.expected, row.rule, row.number = "suspense", "", ""

    # What the provider says

    def _double(self, planted: Planted, contract: Contract, tomorrow: bool) -> None:
        first = planted.today[0]
        at = first.at + timedelta(seconds=self.draw.randrange(30, 240))
        second = self.row(contract, first.amount, at)
        second.payer, second.mess, second.linked = first.payer, "double", first.provider_ref
        planted.today.append(second)

    def _failed(self, row: Row) -> None:
        row.kind, row.status, row.expected, row.rule, row.number = "failed", "failed", "no_payment", "", ""
        row.text = "Insufficient funds" if row.text else ""
        row.fee = 0

    def _pending_only(self, row: Row) -> None:
        row.status, row.expected, row.rule, row.number = "pending", "no_payment", "", ""

    def _pending_then_success(self, planted: Planted, contract: Contract, tomorrow: bool) -> None:
        row = planted.today[0]
        at = datetime.combine(row.at.date() + timedelta(days=1), time(0, 5))
        later = self.row(contract, row.amount, at + timedelta(seconds=self.draw.randrange(7_000)))
        later.provider_ref, later.network_ref, later.payer = row.provider_ref, row.network_ref, row.payer
        later.payer_bears_fee, later.mess = row.payer_bears_fee, row.mess
        planted.tomorrow.append(later)
        self._pending_only(row)

    def _reversed(self, planted: Planted, contract: Contract, tomorrow: bool) -> None:
        row = planted.today[0]
        at = row.at + timedelta(minutes=self.draw.randrange(5, 100))
        provider_ref, network_ref = self.ids[contract.rail.key].take(at)
        back = Row(
            at, "reversal", "success", -row.amount, provider_ref, network_ref=network_ref,
            linked=row.provider_ref,
            msisdn=row.msisdn, payer=row.payer, text=f"Reversal of {row.provider_ref}", mess="reversed",
        )  # fmt: skip
        row.expected = "reversed"
        planted.today.append(back)

    def _broken_date(self, row: Row) -> None:
        row.broken, row.expected, row.rule, row.number = "date", "rejected", "", ""

    def _broken_amount(self, row: Row) -> None:
        row.broken, row.expected, row.rule, row.number = "amount", "rejected", "", ""
