"""Why a payer asks, why we say no, and what a request needs. Plain sentences for screens and letters."""

from __future__ import annotations

from datetime import date, datetime

# Why the payer wants it back, as the provider passes it on.
REASONS = {
    "wrong_recipient": "Sent to the wrong recipient",
    "wrong_amount": "Sent the wrong amount",
    "duplicate": "Paid twice",
    "not_delivered": "Says nothing was delivered",
    "fraud": "Says it was fraud",
    "other": "Another reason",
}
# Why we do not agree. Where the recipient has to agree, not agreeing is enough and normal.
CONTESTS = {
    "value_given": "The payer got what was paid for",
    "no_consent": "The recipient has to agree and does not",
    "gone_back": "The money went back to the payer already",
    "another_account": "The payer meant this account",
    "too_late": "It was asked for later than the provider allows",
    "other": "Another reason",
}
TARGET_HOURS = 72
FRAUD_RIGHT = "payments.answer_reversal_request:check:fraud"


def problem(
    reason: str, case_number: str, requested_at: datetime, paid_at: datetime | None, now: datetime
) -> str | None:
    """Why such a request cannot be recorded, in a sentence; None if it can."""
    if reason not in REASONS:
        return "Choose a reason from the list."
    if len(case_number.strip()) < 3:
        return "Give the provider's case number: our answer names it."
    if requested_at > now:
        return "It cannot have been asked for in the future."
    if paid_at is not None and requested_at < paid_at:
        return "It cannot have been asked for before it was paid."
    return None


def left_of(open_minor: int, credited_minor: int, allocated_minor: int, shortfall_minor: int) -> int:
    """How much of a payment is still with us and free to be held."""
    return max(0, open_minor + credited_minor + allocated_minor - shortfall_minor)


def days_bought(amount_minor: int, applied_minor: int, due_on: date, next_due_on: date | None) -> int | None:
    """Whole days of use that the applied part of one due item stands for; None for a last one."""
    if next_due_on is None or amount_minor <= 0:
        return None
    return (next_due_on - due_on).days * applied_minor // amount_minor


def decide_right(reason: str) -> str | None:
    """The right string of whoever decides, where the reason says so: fraud goes to risk."""
    return FRAUD_RIGHT if reason == "fraud" else None
