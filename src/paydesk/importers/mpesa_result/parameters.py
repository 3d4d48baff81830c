"""The parameters of an M-Pesa result: names with values, and figures packed into one text with | and &."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from paydesk.importers.amounts import exact_amount
from paydesk.importers.json_messages import Fields
from paydesk.importers.records import EXACT

MOST_ITEMS = 50


def items_in(result: Fields, outer: str, inner: str) -> Fields:
    """The names and values under `outer`.`inner` as fields; one item alone may stand without its list."""
    if not result.has(outer):
        return Fields({}, outer)
    found = result.within(outer).found.get(inner)
    rows = [found] if isinstance(found, dict) else found
    if not isinstance(rows, list) or len(rows) > MOST_ITEMS:
        raise ValueError(f"{outer}.{inner} is no list of names and values.")
    items: dict[str, object] = {}
    for each in rows:
        item = Fields(each, f"{outer}.{inner}")
        name = item.text("Key")
        if name in items:
            raise ValueError(f"{name[:40]!r} stands twice in {outer}.")
        items[name] = item.found.get("Value")
    return Fields(items, outer)


@dataclass(frozen=True, slots=True)
class Balance:
    """One of our accounts: its name, the first of the figures, and all of them in words."""

    account: str
    currency: str
    current: Decimal
    text: str


def balances_in(packed: str) -> Iterator[Balance]:
    """ "Working Account|KES|46713.00|46713.00|0.00|0.00&Utility Account|…", account by account."""
    for each in packed.split("&"):
        account, currency, *figures = each.split("|")[:6] if each.count("|") >= 2 else (each, "", "")
        if not currency or not figures:
            raise ValueError(f"AccountBalance {each[:60]!r} is no account with a currency and figures.")
        amounts = [exact_amount(figure) for figure in figures]
        yield Balance(account, currency, amounts[0], f"{account}: {', '.join(figures)} {currency}")


def charges_in(items: Fields) -> Decimal | None:
    """The sum of "Fee For B2C Payment|KES|33.00", several joined by &; None where none is named.

    Raises ValueError for a charge that is not written like that.
    """
    packed = items.text("DebitPartyCharges")
    if not packed:
        return items.amount("Charge")
    total = Decimal(0)
    for each in packed.split("&"):
        parts = each.split("|")
        if len(parts) != 3:
            raise ValueError(f"DebitPartyCharges {each[:60]!r} is no charge with a currency and an amount.")
        total = EXACT.add(total, exact_amount(parts[2]))
    return total


def party_of(text: str) -> tuple[str, str]:
    """ "254700000001 - INVENTED NAME" as number and name."""
    number, dash, name = text.partition(" - ")
    return (number.strip(), name.strip()) if dash else (text.strip(), "")
