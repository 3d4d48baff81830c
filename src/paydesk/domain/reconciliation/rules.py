"""Decisions about reconciliation in plain Python: how grave, whose day, what balances, what may be signed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from paydesk.kernel.money import Money, minor_digits

# The classes in words. Those of two files are the matching engine's.
CLASSES = {
    "missing_in_ledger": "Not in the ledger",
    "missing_at_provider": "Not at the provider",
    "missing_at_bank": "Not at the bank",
    "amount_mismatch": "Amounts differ",
    "currency_mismatch": "Currencies differ",
    "status_mismatch": "Status differs",
    "sign_mismatch": "Signs differ",
    "fee_variance": "Fees differ",
    "duplicate_provider": "Twice at the provider",
    "duplicate_ledger": "Twice in the ledger",
    "late_settlement": "Settled late",
    "early_settlement": "Settled early",
    "fee_data_missing": "Fee not stated",
    "fx_variance": "Exchange rate differs",
    "tax_variance": "Tax differs",
    "wrong_account": "On another account",
    "unidentified_payer": "Payer unknown",
    "ambiguous_match": "Several rows fit",
    "split_incomplete": "A part is missing",
    "out_of_period": "Out of period",
    "short_settled": "Settled short",
    "over_settled": "Settled over",
    "reversal_without_original": "Reversal without payment",
    "refund_without_original": "Refund without payment",
    "unexpected_chargeback": "Chargeback not known",
    "stale_pending": "Pending for too long",
    "control_total_break": "Totals do not add up",
    "parse_error": "Row not read",
    "balance_drift": "Balances drift",
}
# What to do about it, first of all.
NEXT_STEPS = {
    "missing_in_ledger": "Find out why the row made no payment; receive it by hand, the file as evidence.",
    "missing_at_provider": "Wait for the next file if it is fresh, else ask the provider.",
    "missing_at_bank": "Ask the bank and the provider where the sweep is.",
    "amount_mismatch": "Compare both rows; ask the provider, or adjust where a fee explains it.",
    "currency_mismatch": "Ask the provider which currency was taken.",
    "status_mismatch": "Ask the provider for the final status; reverse the payment if it failed.",
    "sign_mismatch": "Look whether this is a reversal of the payment.",
    "fee_variance": "Adjust the fee to what the provider kept, or claim it back.",
    "duplicate_provider": "Ask the provider whether the payer was debited twice; refund if so.",
    "duplicate_ledger": "Compare both payments; reverse the one without a row of its own.",
    "late_settlement": "Accept it as a timing difference.",
    "early_settlement": "Accept it as a timing difference.",
    "fee_data_missing": "Ask the provider for the fee of the row.",
    "fx_variance": "Compare the rate with the quoted one; adjust or claim the difference.",
    "tax_variance": "Compare the tax with the rate card; ask the provider.",
    "wrong_account": "Move the payment to the contract or customer it was meant for.",
    "unidentified_payer": "Name the payer in Suspense.",
    "ambiguous_match": "Compare the rows that fit and match by hand.",
    "split_incomplete": "Look for the missing part.",
    "out_of_period": "Hand over the file of that day.",
    "short_settled": "Ask the provider what it kept back.",
    "over_settled": "Ask the provider what else it paid.",
    "reversal_without_original": "Find its payment among the rows in doubt.",
    "parse_error": "Read the raw row; correct the mapping or receive it by hand.",
    "refund_without_original": "Look for the refund of ours that it pays.",
    "unexpected_chargeback": "Find its payment; answer the dispute.",
    "stale_pending": "Ask the provider for the final status.",
    "control_total_break": "Ask the provider for the file again.",
    "balance_drift": "Open the rows of the day without a partner: they come to the drift.",
}
SEVERITIES = ("low", "medium", "high", "critical")
# Money from which it is grave, in units worth about a Ghana cedi, and how much of a currency (in tenths) such
# a unit is: rough on purpose, it only orders a queue.
_GRAVE = (1_000, 10_000, 100_000)
_UNIT_TENTHS = {
    "GHS": 10, "KES": 100, "NGN": 1_000, "UGX": 3_000, "TZS": 2_000, "RWF": 1_000, "XOF": 500, "ZAR": 15,
    "USD": 1, "EUR": 1, "GBP": 1,
}  # fmt: skip
# Days within which money that left a provider arrives at a bank, and after which it is overdue.
BANK_LAG_DAYS = 5
TIMING_DAYS = 30  # a timing difference is accepted for so long at most


def severity(amount: Money, *, age_days: int = 0, harms: bool = False) -> str:
    """How grave an open difference is: by its money, a step more for a customer's harm or a week's age."""
    unit = _UNIT_TENTHS.get(amount.currency, 10) * 10 ** minor_digits(amount.currency)
    step = sum(abs(amount.amount_minor) * 10 >= limit * unit for limit in _GRAVE)
    step += harms
    step += age_days >= 7
    return SEVERITIES[min(step, len(SEVERITIES) - 1)]


def identity(kind: str, left_key: str, right_key: str, *facts: object) -> str:
    """What makes it the same exception in a later run: its class, its rows and their amounts."""
    parts = [kind, left_key, right_key, *(str(fact) for fact in facts)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Shown:
    """What a provider or bank shows for a day in minor units: its closing balance, the opening where known.

    `source`: rows (a running balance), statement (its head), entered (by a person, from the portal). `breaks`
    are rows whose balance does not follow from the row before, `first_break` the first of them.
    """

    on: date
    closing: int
    source: str
    opening: int | None = None
    moved: int | None = None
    breaks: int = 0
    first_break: int | None = None
    first_off: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether opening plus movements is the closing balance, as far as the day shows it."""
        return not self.breaks and (
            self.opening is None or self.moved is None or self.opening + self.moved == self.closing
        )


@dataclass(frozen=True, slots=True)
class DayProof:
    """One day: what our books say at its end, what is shown, and the difference. Minor units."""

    on: date
    books: int
    moved: int
    shown: Shown | None
    drift: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """The days of an account, oldest first. `before` is what stood there before the desk's books began."""

    days: Sequence[DayProof]
    before: int
    before_known: bool

    @property
    def last(self) -> DayProof | None:
        """The newest day for which something is shown."""
        return next((day for day in reversed(self.days) if day.shown), None)

    @property
    def since(self) -> DayProof | None:
        """The day since which the balances differ without a break; None while they agree."""
        found = None
        for day in reversed(self.days):
            if day.drift is None:
                continue
            if day.drift == 0:
                break
            found = day
        return found

    def on(self, day: date) -> DayProof | None:
        """That of one day; None outside of the days."""
        return next((each for each in self.days if each.on == day), None)

    def drifted_on(self, day: date) -> int:
        """By how much the balances moved apart on a day: against the last day before that shows one."""
        here = self.on(day)
        if here is None or here.drift is None:
            return 0
        before = next((d.drift for d in reversed(self.days) if d.on < day and d.drift is not None), 0)
        return here.drift - before


def prove(
    days: Sequence[date],
    moved: Mapping[date, int],
    carried: int,
    shown: Mapping[date, Shown],
    before: int | None,
) -> Proof:
    """Hold the books of an account against what is shown, day by day.

    `moved` is what our books moved on a day, `carried` what they held before the first of `days`, `before`
    what the provider held when our books began; None when nobody knows: then the first balance shown says it.
    """
    books, found = carried, []
    for day in days:
        books += moved.get(day, 0)
        here = shown.get(day)
        if here is not None and before is None:
            opening = here.opening if here.opening is not None else None
            before = opening - (books - moved.get(day, 0)) if opening is not None else here.closing - books
        drift = here.closing - books - (before or 0) if here is not None else None
        found.append(DayProof(day, books, moved.get(day, 0), here, drift))
    return Proof(found, before or 0, before is not None)


# How the money of a settlement stands.
FUNDS = {
    "received": "In the bank",
    "expected": "On its way",
    "missing": "Not in the bank",
    "arrived_short": "Arrived short",
    "arrived_over": "Arrived over",
    "short_paid": "Paid short",
    "over_paid": "Paid over",
    "no_rows": "Rows missing",
    "foreign": "Other currency",
    "nothing": "Nothing to come",
}


def funds(
    standing: str, *, is_foreign: bool, due_minor: int | None, arrived_minor: int | None, age_days: int
) -> str:
    """How the money of a settlement stands, a name of FUNDS: what is wrong first.

    `due_minor` is what its payout, else its rows come to (None: no whole minor units), `arrived_minor` what
    banks show of it (None: nothing).
    """
    if is_foreign:
        return "foreign"
    if standing in ("short_paid", "over_paid", "no_rows"):
        return standing
    if arrived_minor is not None:
        off = arrived_minor - (arrived_minor if due_minor is None else due_minor)
        return "received" if not off else "arrived_over" if off > 0 else "arrived_short"
    if due_minor is not None and due_minor <= 0:
        return "nothing"
    return "missing" if age_days > BANK_LAG_DAYS else "expected"


def settlement_key(batch_key: str, currency: str) -> str:
    """What names a settlement in an exception of its account."""
    return f"settlement:{batch_key}:{currency}"


def settles_to_a_bank(role: str, ledger_code: str) -> bool:
    """Whether an account takes payments at a provider that settles them to a bank."""
    return role == "originates" and ledger_code == "1020"


def why_not_run(*, today: date, day: date, state: str, files: int) -> str:
    """Why a day cannot be run; "" when it can."""
    if day > today:
        return f"{day:%d %b %Y} has not come yet."
    if state == "signed":
        return f"{day:%d %b %Y} is signed. A controller reopens it first."
    if not files:
        return (
            f"No file of the provider covers {day:%d %b %Y} yet, so there is nothing to prove it against. "
            "Upload the file of that day."
        )
    return ""


def why_no_wait(until: date, *, today: date) -> str:
    """Why something cannot wait until a day; "" when it can."""
    if until <= today:
        return "Choose a day that is still to come: until then it is looked for by every run."
    if until > today + timedelta(days=TIMING_DAYS):
        return f"Nothing is waited for longer than {TIMING_DAYS} days: choose an earlier day."
    return ""


@dataclass(frozen=True, slots=True)
class SignCheck:
    """What stands in the way of signing a day: `blocks` forbid it, `explained` is what the signer accepts."""

    blocks: Sequence[str]
    explained: Sequence[str]

    @property
    def is_ready(self) -> bool:
        return not self.blocks


def sign_check(
    *, day: date, today: date, has_run: bool, is_stale: bool, without_owner: int, without_step: int,
    explained: int, suggestions: int, drift: int | None,
) -> SignCheck:  # fmt: skip
    """All proven, or explained with an owner and a next step.

    `without_owner` and `without_step` count unsolved exceptions; `explained` those with both.
    """
    blocks, told = [], []
    if day >= today:
        blocks.append(f"{day:%d %b %Y} is not over yet.")
    if not has_run:
        blocks.append("The day was not reconciled yet: run it first.")
    elif is_stale:
        blocks.append("Rows of the day came in since the last run: run it again.")
    if without_owner:
        blocks.append(f"{_count(without_owner, 'exception')} without an owner.")
    if without_step:
        blocks.append(f"{_count(without_step, 'exception')} without a next step.")
    if suggestions:
        blocks.append(f"{_count(suggestions, 'suggested match', 'suggested matches')} nobody decided on.")
    if explained:
        told.append(
            f"{_count(explained, 'exception')} stay{'s' if explained == 1 else ''} open, each with an owner."
        )
    if drift:
        told.append("The balance differs from what the provider shows.")
    if drift is None:
        told.append("No balance of the provider is known for the day.")
    return SignCheck(blocks, told)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
