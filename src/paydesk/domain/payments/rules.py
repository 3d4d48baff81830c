"""Why a payment is where it is, in one sentence that the desk can repeat to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from paydesk.kernel.money import Money
from paydesk.kernel.phone_numbers import shown

# Strongest evidence first; the database's payments_receive() ranks the same way.
RULES = ("account_number", "reference_in_text", "msisdn", "payer_link", "by_hand")


PAYER_BLOCKED = "payer_blocked"  # beside suspense: written by payments_receive


def why(rule: str, matched_key: str, *, account_number: str | None) -> str:
    """The sentence behind an identification; `account_number` is None if only the payer is known."""
    if rule == "account_number":
        return f"The payer typed {matched_key}, the account number of this contract."
    if rule == "reference_in_text":
        return f"The text of the payment names {matched_key}, the account number of this contract."
    if rule == "msisdn":
        phone = shown(matched_key)
        if account_number is None:
            return f"Paid from {phone}, a number of this customer, who has no single open contract to pay."
        return f"Paid from {phone}, a number of this customer; {account_number} is their only open contract."
    if rule == "payer_link":
        phone = shown(matched_key)
        return f"Paid from {phone}, which paid for {account_number} before and for no other open contract."
    if rule == "by_hand":
        return "A person named the payer."
    if rule == PAYER_BLOCKED:
        return "Paid from a phone that risk has stopped: nobody is named before risk has looked."
    return "Nothing in the row names a contract or a customer of ours."


def why_suspense(claims: Sequence[tuple[str, str]]) -> str:
    """Why nobody was named: `claims` are (account number or customer name, matched key) of equal strength."""
    if not claims:
        return "No customer of ours matches: reference, text and phone number of this row are all unknown."
    names = ", ".join(name for name, _ in claims[:4]) + (" and more" if len(claims) > 4 else "")
    return f"{len(claims)} equal claims: {names}. The desk does not guess between them."


@dataclass(frozen=True, slots=True)
class OpenContract:
    """A contract of the payer that is not closed; `due` is what it would take now."""

    account_number: str
    state: str
    due: Money


def why_unapplied(open_money: Money, account_number: str | None, contracts: Sequence[OpenContract]) -> str:
    """Why money of a known payer waits; `account_number` is of the contract it was meant for, if any."""
    named = next((c for c in contracts if c.account_number == account_number), None)
    able = [c for c in contracts if c.due and c.due.currency == open_money.currency]
    if named is not None and named.state == "deposit_paid":
        return f"The deposit of {account_number} is paid; the rest waits until the contract is active."
    if named is not None and named in able:
        return f"{account_number} has {named.due} open that it could pay."
    if account_number is not None:
        beginning = f"{account_number} takes no more"
    elif not contracts:
        beginning = "The customer has no open contract"
    else:
        beginning = "No contract was named"
    if not able:
        return f"{beginning}{', and nothing else of this customer is open' if account_number else ''}."
    if len(able) == 1:
        return f"{beginning}; {able[0].account_number} has {able[0].due} open."
    numbers = ", ".join(c.account_number for c in able[:4]) + (" and more" if len(able) > 4 else "")
    return f"{beginning}; {len(able)} open contracts: {numbers}. A person chooses."


def payer_of(customer_id: int | None) -> str:
    return "unknown" if customer_id is None else "identified"


def applied_of(amount_minor: int, open_minor: int) -> str:
    """none | part | full: how much of a payment has found its place."""
    if open_minor == 0:
        return "full"
    return "none" if open_minor == amount_minor else "part"


AGED_AFTER_DAYS = 30  # Proposal: from here on a second person looks at who is named as the payer


def why_aged(received_at: datetime, now: datetime) -> str | None:
    """Why naming the payer of money in suspense needs a second person; None if it does not."""
    days = (now - received_at).days
    if days <= AGED_AFTER_DAYS:
        return None
    return (
        f"This money has been in suspense for {days} days. "
        f"After {AGED_AFTER_DAYS} days a second person decides."
    )


# What counts as a small difference (Proposal), in minor units; how many of that size a market has a day.
SMALL_DIFFERENCE = {"GHS": 1_00, "KES": 10_00, "NGN": 100_00, "UGX": 500, "USD": 25, "EUR": 25}
SMALL_DIFFERENCES_A_DAY = 50


def small_difference(currency: str) -> Money:
    """The most that may be left open and written off; nothing in a currency without a setting."""
    return Money(SMALL_DIFFERENCE.get(currency, 0), currency)


def written_off_room(currency: str, written_off: Money) -> Money:
    """What may still be written off today in a market, after `written_off`."""
    most = small_difference(currency).amount_minor * SMALL_DIFFERENCES_A_DAY
    return Money(max(0, most - written_off.amount_minor), currency)


MOST_DAYS_BACK = 92  # Proposal: what is older than a quarter is not put right by a date


def why_not_from(row_on: date, counts_from: date, wanted: date) -> str:
    """Why a payment whose row says `row_on` may not count from `wanted`; empty when it may.

    The day of its row itself may be wanted: that takes an earlier backdating back.
    """
    if wanted == counts_from:
        return "It counts from that day already."
    if wanted > row_on:
        return (
            f"The row says {_day(row_on)}: a payment may count from an earlier day, never from a later one."
        )
    if row_on - wanted > timedelta(days=MOST_DAYS_BACK):
        return (
            f"At most {MOST_DAYS_BACK} days before its row: "
            f"from {_day(row_on - timedelta(days=MOST_DAYS_BACK))}. What is older is put right in the books."
        )
    return ""


def reasons_to_look_at_day(row_on: date, wanted: date, closed_through: date | None) -> list[str]:
    """What a second person should look at before a payment counts from `wanted`."""
    reasons = []
    if wanted != row_on:
        reasons.append(
            f"The row of the provider says {_day(row_on)}: look at what shows that it was earlier."
        )
    if closed_through is not None and wanted <= closed_through:
        reasons.append(
            f"{_day(wanted)} is in a closed period: lists as of that day will differ from what was reported."
        )
    return reasons


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def alike(rows: Sequence[tuple[int, str, str, bool]]) -> str:
    """Why one explanation cannot fit rows of (account, currency, kind, taken), "" where they are alike."""
    if not rows:
        return "None of these rows is there."
    accounts, currencies, kinds, taken = (set(column) for column in zip(*rows, strict=True))
    for found, words in (
        (accounts, "They are of several accounts. Choose rows of one account."),
        (currencies, "They are in several currencies. Choose rows of one currency."),
        (taken, "Some took money and some gave it. Choose rows of one direction."),
        (kinds, "The provider calls them by several kinds. Choose rows of one kind."),
    ):
        if len(found) > 1:
            return words
    return ""
