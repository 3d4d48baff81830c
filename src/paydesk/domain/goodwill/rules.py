"""What may be given as goodwill, by whom alone, and what makes a second person look."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from paydesk.kernel.money import Money

REASONS = {
    "late": "We were late",
    "locked": "The device was locked although it was paid",
    "our_mistake": "A mistake of ours",
    "provider": "A provider's fault the customer suffered from",
    "costs": "Costs the customer had",
    "other": "Another reason",
}
GOES_TO = {
    "contract": "What they owe on a contract",
    "credit": "Their credit balance, to be paid out or used",
}
# Goodwill to one customer within this time of another is a second one, whatever payment or case it is about.
AGAIN_WITHIN = timedelta(days=30)
# Rights by which a role gives alone, each up to its own limit.
ALONE = ("goodwill.alone:analyst", "goodwill.alone:support", "goodwill.alone:collections")


def alone_right(held: Collection[str]) -> str | None:
    """The right by which somebody gives without a second person, None for whoever always needs one."""
    return next((right for right in ALONE if right in held), None)


def reasons_to_ask(amount: Money, own_limit: Money | None, earlier: Sequence[str]) -> list[str]:
    """Why a second person decides; empty where whoever gives it may do so alone. `earlier` are sentences."""
    found = [f"Given before: {sentence}" for sentence in earlier]
    if own_limit is None:
        found.append("Whoever asks gives nothing alone.")
    elif amount.amount_minor > own_limit.amount_minor:
        found.append(f"{amount} is more than the {own_limit} they give alone.")
    return found


def problem_with(
    amount: Money, *, currency: str, reason: str, note: str, goes_to: str, open_minor: int | None
) -> str:
    """Why this cannot be given; "" where it can. `open_minor` is what the contract owes, None: credit."""
    if reason not in REASONS or goes_to not in GOES_TO:
        return "Choose the reason and where it goes from their lists."
    if not note.strip():
        return "Say what happened: a reviewer decides by it whether it was fair."
    if amount.currency != currency:
        return f"Goodwill there is given in {currency}."
    if amount.amount_minor <= 0:
        return "Give more than nothing."
    if open_minor is not None and amount.amount_minor > open_minor:
        return f"The contract owes {Money(open_minor, currency)}: give no more than that, or as a credit."
    return ""
