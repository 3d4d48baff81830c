"""Who decides what another person asked for: which right, up to which amount, in whose absence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal

from paydesk.kernel.money import Money

Flag = Literal["green", "amber"]
OPEN_FOR = timedelta(days=7)  # asked for and not decided: it expires, and is asked for again if still wanted

# Up to this much, in minor units, the first checker decides; above it that of "…_above_limit". A setting of
# the market counts before these (Proposal, DOMAIN 1.4); a currency not here has no room without a setting.
_REFUNDS = {
    "GHS": 500_00,
    "KES": 5_000_00,
    "NGN": 50_000_00,
    "UGX": 150_000,
    "USD": 50_00,
    "EUR": 50_00,
}


def _times(factor: int) -> dict[str, int]:
    return {currency: minor * factor for currency, minor in _REFUNDS.items()}


def _part(of: int) -> dict[str, int]:
    return {currency: minor // of for currency, minor in _REFUNDS.items()}


DEFAULT_LIMITS = {
    "refunds.entitle": _REFUNDS,
    "payments.move": _times(4),
    "payments.reverse": _times(4),
    "payments.answer_reversal_request": _times(4),
    "disputes.answer": _times(4),
    "payouts.release": _times(20),  # a basket of refunds
    "goodwill.give": _part(2),
    "files.unpost": _times(1_000),  # a whole file
    # As much as may be written off at all (payments.rules): lower it, and the controller decides on more.
    "matching.write_off_small": {
        "GHS": 1_00,
        "KES": 10_00,
        "NGN": 100_00,
        "UGX": 500,
        "USD": 25,
        "EUR": 25,
    },
}


# Up to this much whoever holds the right, with its condition, does it alone: nobody decides on it (Proposal).
ALONE_LIMITS = {
    "goodwill.alone:analyst": _part(20),
    "goodwill.alone:support": _part(20),
    "goodwill.alone:collections": _part(50),
}


def limit_for(right: str, currency: str, set_minor: int | None) -> Money:
    """The limit that counts: what is set for the market, else the default of the right and currency."""
    default = (DEFAULT_LIMITS | ALONE_LIMITS).get(right, {}).get(currency, 0)
    return Money(default if set_minor is None else set_minor, currency)


def check_right(right: str, amount: Money | None, limit: Money | None, known: Iterable[str]) -> str:
    """The right string of whoever may decide: the row's own, or its "…_above_limit" row where there is one.

    `known` are the rows of the authority table.
    """
    above = f"{right}_above_limit"
    if (
        amount is not None
        and limit is not None
        and above in known
        and amount.amount_minor > limit.amount_minor
    ):
        return f"{above}:check"
    return f"{right}:check"


def fingerprint(kind: str, payload: Mapping[str, Any]) -> str:
    """Binds what was asked for to what is done: sha256 of the kind and the payload in one canonical form."""
    text = json.dumps([kind, payload], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def flag_of(reasons: Iterable[str]) -> Flag:
    """Green by policy, amber as soon as there is a reason to look."""
    return "amber" if any(True for _ in reasons) else "green"


def why_not(asked_by_id: int | None, decider_id: int | None, absent_ids: Iterable[int] = ()) -> str | None:
    """Why this person may not be the second one, or None. `absent_ids` are those they would stand in for."""
    if decider_id is None:
        return "Only a person decides on an approval."
    if asked_by_id is not None and decider_id == asked_by_id:
        return "You asked for this yourself. A second person has to decide."
    if asked_by_id is not None and asked_by_id in set(absent_ids):
        return "You would decide in the name of the person who asked for it. A third person has to decide."
    return None
