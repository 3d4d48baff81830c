"""When an owner is due, and what a note or a next step may say."""

from __future__ import annotations

import re
from datetime import date, timedelta

from paydesk.kernel.card_numbers import card_number_in

OWNER_WITHIN_DAYS = 2
LONGEST_STEP = 200
LONGEST_NOTE = 2000
ASKED_PAYER_DAYS = 2
# A run of digits as long as a phone number, grouped or not, and anything like an e-mail address.
_PERSONAL = re.compile(r"\+?\d(?:[ -]?\d){8,}|\S+@\S+\.\S+")


def owner_is_due(waits_since: date, today: date) -> bool:
    """Whether something that waits since a day must have an owner by now."""
    return (today - waits_since).days > OWNER_WITHIN_DAYS


def owner_due_before(today: date) -> date:
    """What waits since before this day must have an owner."""
    return today - timedelta(days=OWNER_WITHIN_DAYS)


def why_no_note(text: str) -> str:
    """Why `text` cannot be kept as a note; "" when it can."""
    if not text:
        return "Write what you want to note."
    if len(text) > LONGEST_NOTE:
        return f"A note has at most {LONGEST_NOTE:,} characters; this one has {len(text):,}."
    if card_number_in(text):
        return "There is a full card number in this. Leave it out: at most its last four digits may be kept."
    return ""


def why_no_step(text: str, on: date | None, today: date) -> str:
    """Why this cannot be the next step; "" when it can. It stands in lists, so it names nobody."""
    if not text:
        return "Say what happens next."
    if len(text) > LONGEST_STEP:
        return f"A next step has at most {LONGEST_STEP} characters; put the rest into a note."
    if card_number_in(text) or _PERSONAL.search(text):
        return "A next step stands in lists for all to see: leave out phone numbers and addresses, note them."
    if on is None:
        return "Say until when."
    if on < today:
        return "The day of a next step cannot be in the past."
    return ""
