"""When silence is asked about, and what the next step with a pending payment is."""

from __future__ import annotations

from datetime import datetime, timedelta

# Counted from when the payment was first heard of. After the last without a final answer it is stale.
ASK_AFTER = (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1))
# A worker that asks has this long before another may ask in its place.
ASKING_TAKES_AT_MOST = timedelta(minutes=2)

OUTCOMES = {
    "success": "paid",
    "pending": "not finished yet",
    "failed": "failed",
    "unreachable": "no answer",
    "unclear": "an answer that says nothing final",
    "not_set_up": "not asked",
}


def next_ask_at(since: datetime, asked: int) -> datetime | None:
    """When a payment heard of `since`, asked about `asked` times, is asked about next; None: never again."""
    return since + ASK_AFTER[asked] if asked < len(ASK_AFTER) else None


def next_step(state: str, *, can_ask: bool, asked: int) -> str:
    """What a person or the desk does next, in one sentence."""
    if state == "waiting":
        if not can_ask:
            return "No connection to the provider is set up: wait for its callback or the next portal file."
        return f"The desk asks again by itself ({asked} of {len(ASK_AFTER)} asked)."
    if state == "stale":
        if not can_ask:
            return "Look it up in the provider's portal, or upload the portal file of that hour."
        return "Ask again, or look it up in the provider's portal; then upload its file or close it."
    if state == "received":
        return "Paid: nothing is left to do."
    if state == "failed":
        return "Failed at the provider: no money moved."
    return "Closed by a person; a late success would still be posted."
