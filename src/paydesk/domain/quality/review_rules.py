"""Decisions about reviews in plain Python: which cases are chosen, what marks come to, how far two differ."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

K = TypeVar("K", int, str)
MARKS = {"yes": "Yes", "partly": "Partly", "no": "No", "none": "Does not apply"}
WORTH = {"yes": 100, "partly": 50, "no": 0}
REASONS = {
    "share": "Share of the week",
    "month": "Share of the month",
    "amount": "Amount",
    "category": "Category",
    "reopened": "Opened again",
    "by_hand": "Chosen by hand",
    "calibration": "Calibration",
}
FOLLOWED = {"yes": "Policy followed", "no": "Policy not followed", "none": "No policy about it"}
ANSWERS = ("answer", "appeal")
# What a review looks at: how a case was worked, or that it was handed to risk or finance.
LOOKS_AT = {"case": "Cases", "escalation": "Escalations"}
DROPPED = ("share", "month", "by_hand", "calibration")  # chosen so, it need not be looked at after all
MOST_ITEMS, MOST_WEIGHT, LONGEST_NOTE = 20, 10, 4000
MOST_OF_A_MONTH = 100  # of one team that are chosen at the least


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is looked at, with its weight; where a critical one is not so the score is 0."""

    code: str
    words: str
    weight: int
    critical: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Item:
        return cls(known["code"], known["words"], known["weight"], known["critical"])


DELIVERED = (
    Item("identity", "Who it is was verified before anything was told", 3, critical=True),
    Item("policy", "The policy was followed, and money moved only as it allows", 3, critical=True),
    Item("money", "The right payment, the right amount, the right customer", 3, critical=True),
    Item("cause", "Category and root cause are right", 2),
    Item("answer", "The answer says what is so, with facts, and what happens next", 2),
    Item("promises", "What was promised was kept in time", 2),
    Item("tone", "Polite, plain, in the customer's language", 1),
)

# Of what was handed on: was it right, was everything there, did it go in time.
OF_ESCALATIONS = (
    Item("right", "It was right to escalate it, and to them", 3, critical=True),
    Item(
        "complete", "Everything they need to decide was there: what was said, payment, amount, documents", 3
    ),
    Item("in_time", "It went in time, before money or evidence was lost", 3),
    Item("severity", "How severe it is, and who may see it, fit what was feared", 1),
    Item("told", "The customer was told what happens next, and nothing that warns a fraud", 1),
)
DELIVERED_OF = {"case": DELIVERED, "escalation": OF_ESCALATIONS}


def items_from_text(text: str) -> list[Item]:
    """A scorecard as a person writes it: a line each, "weight words", and a `!` before a critical one.

        3! Who it is was verified
        1 Polite

    Raises ValueError with a sentence that names the line.
    """
    found: list[Item] = []
    for number, line in enumerate((each.strip() for each in text.splitlines() if each.strip()), start=1):
        weight, _, words = line.partition(" ")
        critical, figure = weight.endswith("!"), weight.rstrip("!")
        if not figure.isdigit() or not 1 <= int(figure) <= MOST_WEIGHT or not words.strip():
            raise ValueError(
                f"Line {number}: begin with a weight from 1 to {MOST_WEIGHT}, with ! if it is critical, then "
                "say what is looked at."
            )
        found.append(Item(f"i{number}", words.strip()[:200], int(figure), critical))
    if not 1 <= len(found) <= MOST_ITEMS:
        raise ValueError(f"A scorecard has one to {MOST_ITEMS} lines.")
    if len({item.words for item in found}) < len(found):
        raise ValueError("Two lines say the same.")
    return found


def items_as_text(items: Sequence[Item]) -> str:
    """The same, to be edited."""
    return "\n".join(f"{item.weight}{'!' if item.critical else ''} {item.words}" for item in items)


@dataclass(frozen=True, slots=True)
class Score:
    """What marks come to: whole percent, rounded half up; the critical items that failed make it 0."""

    percent: int
    failed: tuple[str, ...] = ()


def score_of(items: Sequence[Item], marks: Mapping[str, str]) -> Score:
    """Weighted mean of the marks; what does not apply is left out. Raises ValueError with a sentence."""
    if missing := [item.words for item in items if marks.get(item.code) not in MARKS]:
        raise ValueError(f"Not marked yet: {missing[0]}.")
    failed = tuple(item.code for item in items if item.critical and marks[item.code] == "no")
    counted = [(item.weight, WORTH[marks[item.code]]) for item in items if marks[item.code] in WORTH]
    if not counted:
        raise ValueError("Every item is marked as not applying: nothing is left to score.")
    weight = sum(each for each, _ in counted)
    total = sum(each * worth for each, worth in counted)
    return Score(0 if failed else (2 * total + weight) // (2 * weight), failed)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which resolved cases are reviewed: a share of each agent's week, and all of some kinds.

    Of what each team handed to risk or finance a share of the month, `month_least` at least.

    `amounts` are minor units by currency, from which on every case is looked at, and every escalation.
    """

    share_percent: int = 5
    amounts: Mapping[str, int] | None = None
    categories: Sequence[str] = ("fraud.unauthorised",)
    reopened: bool = True
    month_percent: int = 20
    month_least: int = 2

    def as_json(self) -> dict[str, Any]:
        return {
            "share_percent": self.share_percent, "amounts": dict(self.amounts or {}),
            "categories": sorted(self.categories), "reopened": self.reopened,
            "month_percent": self.month_percent, "month_least": self.month_least,
        }  # fmt: skip

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Plan:
        return cls(**known)

    def is_large(self, amount_minor: int | None, currency: str) -> bool:
        """Whether every case of this amount is looked at."""
        limit = (self.amounts or {}).get(currency)
        return limit is not None and amount_minor is not None and amount_minor >= limit

    def always(self, *, amount_minor: int | None, currency: str, category: str, reopens: int) -> str:
        """Why a case is looked at whatever the share is; "" where it is not."""
        if self.is_large(amount_minor, currency):
            return "amount"
        if category in self.categories:
            return "category"
        return "reopened" if self.reopened and reopens else ""


def week_of(at: datetime) -> date:
    """The Monday of the week an instant is in, in UTC."""
    return at.date() - timedelta(days=at.weekday())


def share_needed(done: int, share_percent: int) -> int:
    """How many of `done` cases are looked at: rounded up, so that a share above 0 sees everybody."""
    return -(-done * share_percent // 100)


def month_of(at: datetime) -> date:
    """The first day of the month an instant is in, in UTC."""
    return at.date().replace(day=1)


def drawn(ids: Collection[K], have: Collection[K], share_percent: int, least: int = 0) -> list[K]:
    """Which of one agent's week, or one team's month, are chosen beside those that were: by a hash of the
    number, so that nobody can know or choose before, and asking again chooses the same."""
    wanted = max(share_needed(len(ids), share_percent), least) - len(set(have) & set(ids))
    left = sorted(set(ids) - set(have), key=lambda each: hashlib.sha256(str(each).encode()).digest())
    return left[: max(0, wanted)]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two reviewers are apart about one item, in percent of it; None where one says it does not apply
    and the other does not."""

    item: Item
    one: str
    other: str

    @property
    def apart(self) -> int | None:
        if self.one == self.other:
            return 0
        if self.one not in WORTH or self.other not in WORTH:
            return None
        return abs(WORTH[self.one] - WORTH[self.other])


def differences(items: Sequence[Item], one: Mapping[str, str], other: Mapping[str, str]) -> list[Difference]:
    """Item by item, in the order of the scorecard."""
    return [Difference(item, one[item.code], other[item.code]) for item in items]
