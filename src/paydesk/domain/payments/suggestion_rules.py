"""How likely money belongs to a contract, from what speaks for it. Suggestions only: a person decides.

Each piece of evidence has a weight in thousandths; what stays unexplained is multiplied, so another piece
never lowers the score and no number of weak ones makes certainty. See DOMAIN 2.3 and 2.8.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from paydesk.kernel.mistyped import Slip, in_words

MOST_SHOWN = 5
LOWEST_SHOWN = 20  # of 100
WORTH_A_CALL = 35  # from here on money is called probably somebody's
CLEAR_LEAD = 10  # of 100: less than this before the next best is a choice between two
HALF_LIFE_DAYS = 90
STRONG_LINK = 2  # confirmations within the half-life from which a link decides by itself

SLIP_WEIGHT: dict[Slip, int] = {
    "prefix": 900, "look_alike": 850, "swapped": 700, "digit": 650, "missing": 650, "extra": 650,
}  # fmt: skip
LINK_WEIGHTS = (0, 550, 750, 850)  # by confirmations, the last for that many and more
EARLIER_WEIGHTS = (0, 350, 450, 550)  # by earlier payments from the same phone
CLAIM_WEIGHT = 600  # one of several equal claims; shared between them
OWN_PHONE_WEIGHT = 600  # shared between the contracts of the phone
NAME_WEIGHT = 450  # for the same name; in proportion for a part of it
AMOUNT_WEIGHT = 200  # many pay the same instalment
CHECK_WEIGHT = 300  # the typed number cannot be right, and this one can


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one contract. Counts; `name` from 0 to 100; `amount` is what the payment equals.

    `near` is how the typed number `typed` becomes this one, `near_by` how many contracts are that near;
    `check` whether the check digit rules the typed number out and not this one. `phone_of` is how many open
    contracts the owners of the phone have, 0 if it is not this customer's. `claims` likewise.
    """

    contract_id: int
    account_number: str
    claims: int = 0
    links: int = 0
    linked_to: int = 0
    near: Slip | None = None
    typed: str = ""
    near_by: int = 0
    check: bool = False
    phone_of: int = 0
    earlier: int = 0
    name: int = 0
    amount: str = ""
    days_past_due: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A contract the money may be for. `place` counts from 1, `score` is of 100; sentences name no person."""

    place: int
    evidence: Evidence
    score: int
    reason: str
    runner_up: str
    would_change: str

    @property
    def is_clear(self) -> bool:
        return self.score >= WORTH_A_CALL and not self.runner_up.startswith("As likely")


def live_confirmations(confirmations: int, last_on: date, on: date) -> int:
    """What is left of a link's confirmations on a day: halved for every HALF_LIFE_DAYS without a new one."""
    return confirmations >> min(max((on - last_on).days, 0) // HALF_LIFE_DAYS, 30)


def score(evidence: Evidence) -> int:
    """How much speaks for the contract, 0 to 99."""
    unexplained = 1_000_000
    for weight in _weights(evidence):
        unexplained = unexplained * (1_000 - weight) // 1_000
    return min(99, (1_000_000 - unexplained) // 10_000)


def _weights(e: Evidence) -> list[int]:
    weights = [
        LINK_WEIGHTS[min(e.links, 3)] * 2 // (max(e.linked_to, 1) + 1),
        EARLIER_WEIGHTS[min(e.earlier, 3)],
        NAME_WEIGHT * e.name // 100,
        AMOUNT_WEIGHT if e.amount else 0,
    ]
    if e.near:
        weights.append(SLIP_WEIGHT[e.near] * 2 // (max(e.near_by, 1) + 1))
        weights.append(CHECK_WEIGHT if e.check else 0)
    if e.phone_of:
        weights.append(OWN_PHONE_WEIGHT * 2 // (e.phone_of + 1))
    if e.claims:
        weights.append(CLAIM_WEIGHT * 2 // (e.claims + 1))
    return weights


def suggest(candidates: Collection[Evidence]) -> list[Suggestion]:
    """The likeliest contracts first, at most MOST_SHOWN, each with why and what would change it.

    Of two that are as likely the one that has waited longer for money comes first.
    """
    scored = sorted(
        ((score(each), each) for each in candidates),
        key=lambda pair: (-pair[0], -pair[1].days_past_due, pair[1].contract_id),
    )
    shown = [pair for pair in scored if pair[0] >= LOWEST_SHOWN][:MOST_SHOWN]
    return [
        Suggestion(
            place + 1, each, points, reason_of(each),
            _runner_up(points, shown[1] if place == 0 and len(shown) > 1 else shown[0] if place else None),
            what_would_change(each),
        )
        for place, (points, each) in enumerate(shown)
    ]  # fmt: skip


def reason_of(e: Evidence) -> str:
    """What speaks for it, strongest first, as one sentence without a name or a phone number."""
    parts = []
    if e.claims:
        parts.append(f"one of {e.claims} equal claims of the row" if e.claims > 1 else "the row claims it")
    if e.near:
        check = "; its check digit says it cannot be right" if e.check else ""
        parts.append(f"the payer typed {e.typed}: {in_words(e.near)} {e.account_number}{check}")
        if e.near_by > 1:
            parts.append(f"{e.near_by} numbers are that near")
    if e.links:
        parts.append(f"this phone's payments were confirmed for it {times(e.links)} lately")
    if e.phone_of == 1:
        parts.append("the phone is this customer's")
    elif e.phone_of:
        parts.append(f"the phone is this customer's, one of {e.phone_of} open contracts it may mean")
    if e.earlier:
        parts.append(f"this phone paid into it {times(e.earlier)} before")
    if e.name >= 100:
        parts.append("the payer's name is the customer's")
    elif e.name:
        parts.append("the payer's name is partly the customer's")
    if e.amount:
        parts.append(f"the amount is {e.amount}")
    if not parts:
        return "Nothing speaks for it."
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _runner_up(points: int, other: tuple[int, Evidence] | None) -> str:
    if other is None:
        return "No other contract comes into question."
    if abs(points - other[0]) < CLEAR_LEAD:
        return f"As likely: {other[1].account_number} ({other[0]} of 100)."
    words = "Next" if points >= other[0] else "First"
    return f"{words}: {other[1].account_number} ({other[0]} of 100)."


def what_would_change(e: Evidence) -> str:
    """What a person could learn that would settle it either way."""
    if e.near and e.near not in ("prefix", "look_alike"):
        return "The number on the payer's own message or receipt settles it: one digit decides."
    if e.links >= STRONG_LINK and e.linked_to > 1:
        return f"This phone pays for {e.linked_to} open contracts: only the payer can say which."
    if e.links:
        return "One more confirmed payment from this phone, and the desk applies the next one by itself."
    if e.phone_of > 1 or e.claims > 1:
        return "The payer says which contract it is for, or types its number the next time."
    if e.earlier:
        return "Confirming it makes this phone known for the contract."
    return "A name or an amount alone proves nothing: ask the payer for the account number."


def name_likeness(payer: Sequence[str], customer: Sequence[str]) -> int:
    """How much of the shorter of two names, as words in small letters, stands in the other; 0 to 100.

    An initial counts as the half of the word it begins; one word in common is never the whole name.
    """
    left, right = [w for w in payer if w], [w for w in customer if w]
    if not left or not right:
        return 0
    points, rest = 0, list(right)
    for word in left:
        if word in rest:
            rest.remove(word)
            points += 2
        elif initial := next((r for r in rest if r[0] == word[0] and 1 in (len(r), len(word))), None):
            rest.remove(initial)
            points += 1
    likeness = min(100, 100 * points // (2 * max(2, min(len(left), len(right)))))
    return likeness if likeness >= 40 else 0


def counted(candidates: Collection[Evidence]) -> list[Evidence]:
    """The same with how many are near the typed number and how many links there are."""
    near = sum(1 for each in candidates if each.near)
    linked = sum(1 for each in candidates if each.links)
    return [replace(each, near_by=near if each.near else 0, linked_to=linked) for each in candidates]
