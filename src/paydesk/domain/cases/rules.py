"""Decisions about cases in plain Python: how severe, who may hear what, what is missing to be done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from paydesk.domain.cases.categories import REQUIRED, ROOT_CAUSES
from paydesk.domain.cases.own_fields import OwnField
from paydesk.kernel.money import Money, minor_digits

CHANNELS = {
    "email": "E-mail",
    "phone": "Phone",
    "chat": "Chat",
    "web_form": "Web form",
    "by_hand": "Opened by us",
}
MESSAGE_CHANNELS = {**CHANNELS, "sms": "Text message"}  # of what was said; nobody begins a case by one
SEVERITIES = ("low", "normal", "high", "urgent")
PARTY_ROLES = {
    "customer": "Customer",
    "merchant": "Merchant",
    "seller": "Seller or creator",
    "third_party": "Third person",
    "unknown": "Not known yet",
}
CALL_OUTCOMES = {
    "answered": "Answered",
    "no_answer": "No answer",
    "busy": "Busy",
    "switched_off": "Switched off",
    "wrong_number": "Wrong number",
    "call_back": "Call back asked for",
    "third_party": "Somebody else answered",
}
MISSED_CALL = "They called and nobody answered: call them back."
THEY_CALLED = {
    **CALL_OUTCOMES,
    **dict.fromkeys(("no_answer", "busy", "switched_off"), MISSED_CALL),
    "call_back": "They called and ask to be called back.",
}
NOT_THEM = ("third_party", "wrong_number")  # whoever was on the line, it was not who the case is with
MONEY_OUTCOMES = {
    "none": "No money moved",
    "applied": "Applied to what is owed",
    "moved": "Moved to the right customer",
    "refunded": "Refunded or being refunded",
    "goodwill": "Goodwill given",
    "with_provider": "The provider gives it back",
    "lost": "Not to be had back",
}
# Harm beside the amount; a locked device and an account in other hands cannot wait.
HARMS = {
    "locked": "The device is locked",
    "vulnerable": "A vulnerable person",
    "unauthorised": "Not authorised by the payer",
    "several": "Several people are hit",
    "regulator": "A regulator wrote",
    "staff": "One of our own people may be involved",
    "legal": "They speak of a lawyer or a court",
    "authority": "They turn to a regulator",
}
HARM_SHORT = {
    "locked": "locked", "vulnerable": "vulnerable", "unauthorised": "not authorised",
    "several": "several hit", "regulator": "regulator wrote", "staff": "one of ours", "legal": "legal threat",
    "authority": "regulator",
}  # fmt: skip
HARM_POINTS = {
    "locked": 1, "vulnerable": 2, "unauthorised": 3, "several": 2, "regulator": 3, "staff": 3, "legal": 2,
    "authority": 2,
}  # fmt: skip
# Whoever is in such a trouble hears from a person alone: nothing automatic is written to them.
BY_A_PERSON_ALONE = frozenset({"vulnerable", "regulator", "legal", "authority"})
OLD_AFTER = timedelta(days=3)  # what is open so long is more severe
GRACE = timedelta(hours=48)  # a case that is resolved may be reopened so long
LONGEST_WAIT = timedelta(days=7)  # for the customer, where no policy says how long a pause may last
STALE_AFTER = timedelta(minutes=10)  # a fact in a reply may be as old
UNDO_SECONDS = 10  # an answer waits so long before it leaves
LONGEST_SUBJECT, LONGEST_TEXT = 200, 100_000


# What becomes of a message, or of what a case is about, when it is split.
ALONG, BOTH = "along", "both"
GOES = {ALONG: "goes along", BOTH: "is in both"}


class Level(IntEnum):
    """How well we know who is talking to us."""

    UNVERIFIED = 0
    TWO_FACTS = 1
    STRONG = 2


LEVELS = {
    "unverified": Level.UNVERIFIED,
    "two_facts": Level.TWO_FACTS,
    "strong": Level.STRONG,
}
LEVEL_WORDS = {
    "unverified": "Not verified: general help only",
    "two_facts": "Verified by two facts: status and balance",
    "strong": "Strong: also money and details",
}
FACTS_ASKED = {
    "account_number": "Account number",
    "phone_on_file": "Writes or calls from the phone on file, and confirmed it",
    "last_payment": "Day and amount of a payment",
    "transaction_code": "Transaction code of a payment",
    "name": "Full name",
    "birth_date": "Date of birth",
}
STRONG_WAYS = {
    "callback": "Called back on the number on file",
    "code": "Read back a code sent to the number on file",
    "document": "Identity document compared",
    "in_person": "In person, with the document",
}


# What makes a case severe by its amount alone, in major units; elsewhere LARGE_ELSEWHERE of the currency.
LARGE = {
    "CDF": 200_000, "GHS": 1_000, "KES": 10_000, "MWK": 130_000, "MZN": 5_000, "NGN": 120_000, "RWF": 110_000,
    "TZS": 200_000, "UGX": 300_000, "XAF": 50_000, "XOF": 50_000, "ZMW": 2_000,
}  # fmt: skip
LARGE_ELSEWHERE = 1_000
# Things whose amount a case has, the first that it is about before the others.
HAVE_AMOUNTS = ("payment", "refund", "withdrawal", "exception", "order")


def large_minor(currency: str) -> int:
    """From how many minor units an amount is large."""
    return int(LARGE.get(currency, LARGE_ELSEWHERE) * 10 ** minor_digits(currency))


def amount_about(about: Sequence[tuple[str, Money]]) -> Money | None:
    """The money a case is about: of the first kind there is, the largest; `about` is (kind, amount)."""
    for kind in HAVE_AMOUNTS:
        if found := [abs(amount.amount_minor) for each, amount in about if each == kind and amount]:
            currency = next(amount.currency for each, amount in about if each == kind and amount)
            same = [abs(a.amount_minor) for each, a in about if each == kind and a.currency == currency]
            return Money(max(same or found), currency)
    return None


def severity_of(
    *, amount_minor: int | None, large_minor: int, opened_at: datetime, now: datetime, harms: Collection[str]
) -> str:
    """How severe a case is, from the money, its age and the harm; `large_minor` is a large amount there."""
    points = 0
    if amount_minor:
        points += 2 if amount_minor >= large_minor else 1 if amount_minor * 10 >= large_minor else 0
    points += 1 if now - opened_at > OLD_AFTER else 0
    points += sum(HARM_POINTS[harm] for harm in harms)
    return SEVERITIES[1 if not points else 1 if points == 1 else 2 if points == 2 else 3]


def severer(one: str, other: str) -> str:
    """The graver of two severities: what came to light never makes a case lighter."""
    return max(one, other, key=SEVERITIES.index)


def by_a_person_alone(harms: Collection[str]) -> bool:
    """Whether nothing may be written to them by itself: no acknowledgement, no question how it was."""
    return not BY_A_PERSON_ALONE.isdisjoint(harms)


def level_reached(facts: Collection[str], strong_way: str) -> str:
    """The level that was proved: two different facts, or one of the strong ways; else unverified.

    A calling number alone proves nothing, and a name is not a fact that only its owner knows.
    """
    if strong_way:
        return "strong" if strong_way in STRONG_WAYS else "unverified"
    known = set(facts) & set(FACTS_ASKED)
    return "two_facts" if len(known) >= 2 and known != {"name", "phone_on_file"} else "unverified"


def may_hear(level: str, needed: Level, party_role: str) -> str:
    """Why somebody may not hear a fact that needs `needed`; "" where they may."""
    if needed > Level.UNVERIFIED and party_role == "third_party":
        return "A third person never hears of a debt or a payment of somebody else."
    if LEVELS[level] < needed:
        words = "two facts" if needed == Level.TWO_FACTS else "a strong way"
        return f"Who is writing is not verified by {words} yet: verify them first."
    return ""


@dataclass(frozen=True, slots=True)
class Missing:
    """What a case lacks before it is resolved: a field of the screen, and the sentence."""

    field: str
    text: str


def missing_before_resolve(
    *,
    category: str,
    root_cause: str,
    money_outcome: str,
    unchecked: Sequence[str],
    unanswered: bool,
    blocks: Sequence[str],
    required: Mapping[str, bool] | None = None,
    fields: Sequence[OwnField] = (),
    documents: Sequence[str] = (),
) -> list[Missing]:
    """Everything that stands in the way of resolving, in the order a person would do it.

    `required` is what the category asks for beside (keys of REQUIRED), and whether it is there; `fields`
    are those of the company's own that are not filled in, `documents` says which documents are not there.
    """
    missing = []
    if not category:
        missing.append(Missing("category", "Say what it is about: choose a category."))
    if root_cause not in ROOT_CAUSES:
        missing.append(Missing("root_cause", "Say why it happened: choose a root cause."))
    if money_outcome not in MONEY_OUTCOMES:
        missing.append(Missing("money_outcome", "Say what became of the money."))
    missing += [Missing(name, REQUIRED[name]) for name, is_there in (required or {}).items() if not is_there]
    missing += [Missing(f"f.{field.key}", f"Fill in {field.label}, under Fields.") for field in fields]
    missing += [Missing("documents", document) for document in documents]
    missing += [Missing("checks", f"To tick off: {check}.") for check in unchecked]
    if unanswered:
        missing.append(Missing("reply", "The customer's last message has no answer yet."))
    missing += [Missing("blocks", block) for block in blocks]
    return missing


def problem_with_text(text: str, *, what: str = "message") -> str:
    """Why this cannot be sent or kept; "" where it can."""
    if not text.strip():
        return f"The {what} is empty."
    if len(text) > LONGEST_TEXT:
        return f"The {what} has {len(text):,} characters; {LONGEST_TEXT:,} can be kept."
    return ""


def stale_facts(seen: Mapping[str, str], fresh: Mapping[str, str | None]) -> list[str]:
    """Names of facts that a reply was written with and that are not so any more, or cannot be had."""
    return [name for name, value in seen.items() if not fresh.get(name) or fresh[name] != value]


def subject_line(text: str, subject: str = "") -> str:
    """The subject of a case: what was written, else the beginning of the message."""
    line = " ".join((subject or text).split())
    return line[: LONGEST_SUBJECT - 1] + "…" if len(line) > LONGEST_SUBJECT else line or "No subject"


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{"category": [was, is]} of the fields that differ, as the audit trail has it."""
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}
