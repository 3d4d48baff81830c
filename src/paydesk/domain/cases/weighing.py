"""How much money a case is about and how severe it is, from what is known of it, where nobody said it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from paydesk.domain.cases import rules
from paydesk.domain.cases.asks import amount_of
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import link_pairs

FIELDS = ("amount_minor", "currency", "severity")


def severity_now(case: Case, now: datetime) -> str:
    """What money, age and harm make of it at this moment."""
    return rules.severity_of(
        amount_minor=case.amount_minor, large_minor=rules.large_minor(case.currency),
        opened_at=case.opened_at, now=now, harms=case.harms,
    )  # fmt: skip


def weigh(case: Case, now: datetime) -> dict[str, list[Any]]:
    """Set amount and severity of a case anew, but what a person set; returns what changed, for the trail.

    Saves nothing. The amount is that of what the case is confirmed to be about.
    """
    was = {name: getattr(case, name) for name in FIELDS}
    if not case.amount_by_hand:
        about = [(link[0], amount) for link in link_pairs(case.pk) if (amount := amount_of(link))]
        amount = rules.amount_about(about)
        case.amount_minor = amount.amount_minor if amount else None
        case.currency = amount.currency if amount else ""
    if not case.severity_by_hand:
        case.severity = severity_now(case, now)
    return rules.changed(was, {name: getattr(case, name) for name in FIELDS})
