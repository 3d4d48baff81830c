"""What an event of a marketplace moves between the accounts of a seller, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from paydesk.kernel.money import Money

# What the platform tells us, and what it means.
EVENTS = {
    "order_paid": "A buyer paid an order; the seller's part is pending",
    "order_available": "The seller's part of an order is free to be withdrawn",
    "held": "Money of the seller is held back",
    "released": "Held money is free again",
    "withdrawal_requested": "The seller takes money out; it is on its way",
    "withdrawal_paid": "The withdrawal arrived",
    "withdrawal_failed": "The withdrawal came back",
    "link_attempt": "The seller tried to bind a payment method",
}
# What we ask of the platform: it does it, and its event tells that it is done.
ASKS = {
    "where": "Ask where a withdrawal is",
    "again": "Ask to pay a withdrawal out again",
    "hold": "Ask to hold money of a seller back",
    "release": "Ask to set held money of a seller free",
}
ABOUT_WITHDRAWALS = ("where", "again")
BY_TWO = ("again", "hold", "release")  # money moves, or does not
ANSWERS = {
    "withdrawal_requested": ("again",),
    "withdrawal_paid": ("again", "where"),
    "withdrawal_failed": ("where",),
    "held": ("hold",),
    "released": ("release",),
}
CLEARING, FLOAT, TRANSIT = "1020", "1015", "1030"
AVAILABLE, PENDING, HELD, FEES = "2060", "2065", "2070", "4020"


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the file or one message. Amounts in minor units; `fee_minor` is ours of an order.

    `line` is its place in the file. A link attempt has no amount; it failed where `reason_code` says why.
    """

    line: int
    event_id: str
    kind: str
    at: datetime
    seller_ref: str
    seller_kind: str
    seller_name: str
    currency: str
    amount_minor: int = 0
    fee_minor: int = 0
    order_ref: str = ""
    withdrawal_ref: str = ""
    method: str = ""
    reason_code: str = ""
    reason: str = ""


def legs_of(event: Event) -> list[tuple[str, int]]:
    """(account, minor units, debit positive) of an event; they come to zero. Empty: it moves nothing."""
    amount = event.amount_minor
    moves = {
        "order_paid": [(CLEARING, amount), (PENDING, event.fee_minor - amount), (FEES, -event.fee_minor)],
        "order_available": [(PENDING, amount), (AVAILABLE, -amount)],
        "held": [(AVAILABLE, amount), (HELD, -amount)],
        "released": [(HELD, amount), (AVAILABLE, -amount)],
        "withdrawal_requested": [(AVAILABLE, amount), (TRANSIT, -amount)],
        "withdrawal_paid": [(TRANSIT, amount), (FLOAT, -amount)],
        "withdrawal_failed": [(TRANSIT, amount), (AVAILABLE, -amount)],
    }.get(event.kind, [])
    return [(code, minor) for code, minor in moves if minor]


def problem_with(event: Event) -> str:
    """Why a row by itself cannot be taken; "" where it can."""
    if event.kind not in EVENTS:
        return f"event {event.kind[:30]!r} is none of {', '.join(EVENTS)}."
    if not event.event_id or not event.seller_ref:
        return "event_id and seller_id must be there."
    if event.kind != "link_attempt" and event.amount_minor <= 0:
        return "amount must be above zero."
    if not 0 <= event.fee_minor <= event.amount_minor:
        return "fee must be between zero and the amount."
    if event.kind.startswith("order_") and not event.order_ref:
        return "order_id must be there."
    if event.kind.startswith("withdrawal_") and not event.withdrawal_ref:
        return "withdrawal_id must be there."
    if event.kind == "withdrawal_failed" and not event.reason_code:
        return "reason_code must say why the withdrawal failed."
    if event.kind == "link_attempt" and not event.method:
        return "method must say which payment method was tried."
    return ""


def problem_with_ask(
    kind: str, *, reason: str, amount: Money, available: Money, held: Money, state: str = ""
) -> str:
    """Why this cannot be asked of the platform; "" where it can. `state` is that of the withdrawal."""
    if kind not in ASKS:
        return f"What is asked is one of {', '.join(ASKS)}."
    if len(reason.strip()) < 5:
        return "Say why: whoever decides, and whoever looks at it later, reads it."
    if amount.amount_minor <= 0:
        return "Say an amount above zero."
    if kind == "where" and state != "in_transit":
        return f"This withdrawal is not on its way: it is {state}."
    if kind == "again" and state != "failed":
        return f"Only a withdrawal that failed is paid out again; this one is {state.replace('_', ' ')}."
    if kind in ("again", "hold") and amount.amount_minor > available.amount_minor:
        return f"{available} of the seller is free, and this is {amount}."
    if kind == "release" and amount.amount_minor > held.amount_minor:
        return f"{held} of the seller is held, and this is {amount}."
    return ""
