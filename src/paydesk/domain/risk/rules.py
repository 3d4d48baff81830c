"""Decisions about escalations and enforcement in plain Python: what is missing, what stops which act."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

KINDS = {"risk": "Risk and fraud", "legal": "Legal", "regulator": "Regulator"}
SEVERITIES = {"low": "Low", "normal": "Normal", "high": "High", "urgent": "Urgent"}
DECISIONS = {
    "confirmed": "Confirmed: it is what was feared",
    "not_confirmed": "Not confirmed",
    "passed_on": "Passed on outside: police, regulator, a provider",
    "settled": "Settled with the person",
}
# By when the owner has it and has decided; None leaves it to the policy of the clock.
DUE_BY_SEVERITY: dict[str, tuple[timedelta, timedelta] | None] = {
    "urgent": (timedelta(hours=1), timedelta(hours=24)),
    "high": (timedelta(hours=4), timedelta(days=2)),
    "normal": None,
    "low": None,
}

# What has to be there before somebody decides, per kind. Each is looked up; what is missing is said.
REQUIRED: dict[str, tuple[str, ...]] = {
    "risk": ("message", "payment", "amount", "customer"),
    "legal": ("message", "file", "customer"),
    "regulator": ("message", "file", "customer", "complaint"),
}
REQUIRED_WORDS = {
    "message": "What the person said, in their own words",
    "payment": "A confirmed link to the payment it is about",
    "amount": "The amount it is about",
    "customer": "Which customer it is",
    "file": "The letter or document as a file",
    "complaint": "The mark that it is a complaint, so that its clock runs",
}

PARTY_KINDS = {
    "customer": "Customer",
    "contract": "Contract",
    "payer_phone": "Payer’s phone",
    "merchant": "Merchant",
    "seller": "Seller or creator",
}
MEASURES = {
    "hold": "Hold: nothing goes out until it is looked at",
    "block": "Block: refused until it is lifted",
    "limit": "Limit: each refund or payout above an amount is refused",
}
SCOPES = {
    "money_out": "Refunds and payouts",
    "identification": "Naming the payer and applying",
    "all": "Both",
}
_ACTS_OF = {
    "money_out": frozenset({"refund", "payout"}),
    "identification": frozenset({"identify"}),
    "all": frozenset({"refund", "payout", "identify"}),
}
REASONS = {
    "fraud_suspected": "Fraud is suspected",
    "account_takeover": "Account in other hands",
    "stolen_device": "Device stolen or lost",
    "stolen_money": "Paid with money of somebody else",
    "disputes": "Contested payments",
    "identity": "Identity is not proved",
    "order": "Order of a court or an authority",
    "terms": "Against the terms",
}
LONGEST_DAYS = 180  # nobody is held longer without somebody looking again
APPEALS = {"open": "Appealed", "upheld": "Appeal: it stays", "granted": "Appeal granted"}


@dataclass(frozen=True, slots=True)
class Measure:
    """An enforcement as its rules need it."""

    number: int
    kind: str
    scope: str
    reason: str
    limit_minor: int | None
    currency: str
    expires_at: datetime | None


def why_stopped(
    measures: Iterable[Measure], act: str, *, now: datetime, amount_minor: int = 0, currency: str = ""
) -> Measure | None:
    """The measure that stops `act` (refund, payout, identify); None where none does.

    A limit stops money out above its amount in its currency, and everything in another currency.
    """
    for each in measures:
        if act not in _ACTS_OF[each.scope] or (each.expires_at is not None and each.expires_at <= now):
            continue
        if each.kind == "limit" and act != "identify" and each.limit_minor is not None:
            if currency == each.currency and amount_minor <= each.limit_minor:
                continue
            return each
        if each.kind != "limit":
            return each
    return None


def problem_with_measure(
    *,
    party_kind: str,
    kind: str,
    scope: str,
    reason: str,
    note: str,
    limit_minor: int | None,
    currency: str,
    expires_at: datetime | None,
    now: datetime,
) -> str:
    """Why this cannot be asked for; "" where it can."""
    chosen = party_kind in PARTY_KINDS and kind in MEASURES and scope in SCOPES and reason in REASONS
    if not chosen:
        return "Choose the party, the measure, its scope and its reason from their lists."
    if not note.strip():
        return "Say what happened: whoever decides, and whoever is asked about it later, reads it."
    if kind == "limit" and (not limit_minor or limit_minor < 0 or not currency):
        return "A limit needs its amount and currency."
    if kind == "limit" and scope != "money_out":
        return "A limit is of refunds and payouts: choose that scope."
    if kind != "limit" and limit_minor is not None:
        return "Only a limit has an amount."
    if party_kind == "payer_phone" and scope == "money_out":
        return "A phone that pays is stopped at naming the payer; for refunds restrict the customer."
    if expires_at is None or not now < expires_at <= now + timedelta(days=LONGEST_DAYS):
        return f"It needs an end within {LONGEST_DAYS} days; before it somebody looks again."
    return ""


def missing_documents(kind: str, there: Collection[str]) -> list[str]:
    """What an escalation of `kind` still needs, in words, in the order of the list."""
    return [REQUIRED_WORDS[each] for each in REQUIRED[kind] if each not in there]
