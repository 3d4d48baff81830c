"""What makes a refund plain or worth a second look, who decides on it, and what a result file says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from paydesk.kernel.money import Money

PayeeKind = Literal["payer", "relative", "third_person"]
PAYEE_KINDS = {
    "payer": "The payer, the way they paid",
    "relative": "A relative of the customer",
    "third_person": "Somebody else",
}
REASONS = {
    "duplicate": "Paid twice",
    "overpaid": "Paid too much",
    "wrong_recipient": "Meant for somebody else",
    "not_ours": "Not one of our customers",
    "returned_goods": "Goods came back",
    "cancelled": "Contract cancelled",
    "goodwill": "Goodwill",
    "other": "Another reason",
}
RAILS = {"mobile_money": "Mobile money", "bank": "Bank transfer"}
DUPLICATE_WITHIN = timedelta(hours=24)
OLD_AFTER_DAYS = 90


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known when a refund is asked for; the reasons to look at it follow from it alone."""

    amount: Money
    payee_kind: PayeeKind
    payee_name: str
    payee_account: str
    original_account: str  # phone number or account the money came from, "" if the row does not say
    original_name: str
    customer_name: str | None
    applied: Money  # how much of it has to come off contracts first
    paid_on: date
    similar_refunds: int  # others to the same customer or account, same amount, within a day
    similar_payments: int  # other payments of the same payer and amount around it: a double is plausible
    reason: str


def reasons_to_look(asked: Asked, today: date) -> list[str]:
    """Why a person should look at this refund by itself; empty is green."""
    found = []
    if asked.payee_kind == "relative":
        found.append("It goes to a relative of the customer, not back the way it came.")
    if asked.payee_kind == "third_person":
        found.append("It goes to a third person.")
    if (
        asked.payee_kind == "payer"
        and asked.original_account
        and asked.payee_account != asked.original_account
    ):
        found.append("The payee's account is not the one the money came from.")
    if not asked.original_account:
        found.append("The row does not say which account the money came from.")
    expected = asked.original_name or asked.customer_name or ""
    if expected and not names_agree(asked.payee_name, expected):
        found.append("The payee's name does not agree with the name on the payment.")
    if asked.applied:
        found.append(f"{asked.applied} of it is applied: days bought with it are given up.")
    if asked.similar_refunds:
        found.append("The same amount went to this payee, or is about to, within a day.")
    if asked.reason == "duplicate" and not asked.similar_payments:
        found.append("Nothing like it was paid around that time: is it really a double?")
    if (today - asked.paid_on).days > OLD_AFTER_DAYS:
        found.append(f"It was paid {(today - asked.paid_on).days} days ago.")
    if asked.customer_name is None and asked.reason != "not_ours":
        found.append("The payer is unknown to us.")
    return found


def new_reasons(known: Sequence[str], found: Sequence[str]) -> list[str]:
    """What of `found` was not known. The same sentence with other figures (days, an amount) is not new."""
    shapes = {re.sub(r"\d+", "", text) for text in known}
    return [text for text in found if re.sub(r"\d+", "", text) not in shapes]


def given_since(known: Sequence[str], given: Sequence[tuple[str, str]]) -> list[str]:
    """What was given for the payment and no known reason names; `given` is (code, sentence)."""
    return [f"Given before: {text}" for code, text in given if not any(code in each for each in known)]


def entitlement_right(payee_kind: PayeeKind) -> str | None:
    """The right string of whoever decides, where the payee and not the amount says so."""
    return "refunds.entitle:check:third_person" if payee_kind == "third_person" else None


def why_in_file(state: str, payout_file_id: int | None) -> str:
    """What has to be done first with a refund that a payout file carries; "" for one that is in none."""
    if state == "released":
        return "The file is made: put it aside first, then the refund is free."
    if state == "approved" and payout_file_id is not None:
        return "Take it out of the file first: have the release rejected, or take the request back."
    return ""


def names_agree(one: str, other: str) -> bool:
    """Whether two names may be of one person: order, titles, accents and initials do not matter."""
    first, second = _tokens(one), _tokens(other)
    if not first or not second:
        return False
    short, long = sorted((first, second), key=len)
    left, in_full = list(long), 0
    for token in short:
        match = next((t for t in left if _same(token, t)), None)
        if match is None:
            return False
        left.remove(match)
        in_full += len(token) > 1 and len(match) > 1
    return in_full > 0


_TITLES = {"mr", "mrs", "ms", "dr", "madam", "hajia", "alhaji", "chief", "rev", "prof"}


def _tokens(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return [token for token in re.split(r"[^a-z]+", plain) if token and token not in _TITLES]


def _same(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    return one == other


Outcome = Literal["paid", "failed", "pending"]
_OUTCOMES: dict[str, Outcome] = {
    "success": "paid", "successful": "paid", "completed": "paid", "paid": "paid", "ok": "paid",
    "settled": "paid", "failed": "failed", "failure": "failed", "declined": "failed", "rejected": "failed",
    "cancelled": "failed", "expired": "failed", "reversed": "failed", "returned": "failed",
    "pending": "pending", "processing": "pending", "accepted": "pending", "queued": "pending",
}  # fmt: skip


def outcome_of(words: str) -> Outcome | None:
    """What a provider's status says of a payout; None for words that nobody knows."""
    return _OUTCOMES.get(words.strip().casefold())


_COLUMNS = {
    "reference": ("our reference", "reference", "external id", "client reference", "refund", "narration"),
    "status": ("status", "transaction status", "result", "state"),
    "provider_ref": (
        "transaction id",
        "provider reference",
        "receipt",
        "receipt no",
        "transaction reference",
    ),
    "amount": ("amount", "value"),
    "reason": ("reason", "message", "failure reason", "description", "remarks"),
}


# What the header of a result file must have, as the reader of tables compares heads.
RESULT_NEEDS = tuple(
    tuple(words.replace(" ", "") for words in _COLUMNS[field]) for field in ("reference", "status")
)


def result_columns(header: Sequence[str]) -> dict[str, int]:
    """Where a result file keeps what we need: field → place. Our reference and a status must be there.

    Raises ValueError that says which is missing.
    """
    known = [" ".join(re.split(r"[\s_\-]+", name.strip().casefold())) for name in header]
    places = {}
    for field, words in _COLUMNS.items():
        place = next((known.index(word) for word in words if word in known), None)
        if place is not None:
            places[field] = place
    missing = [field for field in ("reference", "status") if field not in places]
    if missing:
        raise ValueError(
            f"No column for {' and '.join(missing)}: name them {', '.join(_COLUMNS[missing[0]][:2])}."
        )
    return places


def due_before(requested_at: datetime) -> datetime:
    """The moment from which a repeated request for the same money counts as the same one."""
    return requested_at - DUPLICATE_WITHIN
