"""What a receipt by hand needs, and when the provider's own row is overdue."""

from __future__ import annotations

from datetime import datetime, timedelta

PROOF_WITHIN = timedelta(days=3)


def proof_of(received_at: datetime, proven: bool, now: datetime) -> str:
    """proven | awaited | overdue: a provider line has to come within three days."""
    if proven:
        return "proven"
    return "overdue" if now - received_at > PROOF_WITHIN else "awaited"


def problem(provider_ref: str, note: str, paid_at: datetime, now: datetime) -> str | None:
    """Why this cannot be asked for, in a sentence; None if it can."""
    if len(provider_ref.strip()) < 4:
        return "Give the provider's own code of the payment: without it no row can ever prove it."
    if not note.strip():
        return "Say how you know of this payment: a second person decides on it."
    if paid_at > now:
        return "A payment cannot have been made in the future."
    return None
