"""What stands beside the approvals of reconciliation: an exception to adjust, a day to sign or reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.utils import timezone

from paydesk.domain.reconciliation import queries
from paydesk.domain.reconciliation.rule_texts import changed_lines
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of
from paydesk.web.reconciliation.days import proof_lines
from paydesk.web.reconciliation.rules import offered
from paydesk.web.reconciliation.shown import compared, day_url, shown
from paydesk.web.reconciliation.why import why_of

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval

GONE = "What this is about cannot be shown to you."
CHANGED = "It changed since this was asked for. Reject it, so that it can be asked for as it is now."


def of_exception(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """Both rows side by side, and what would be posted."""
    try:
        found = queries.exception_for(actor_of(request), approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    known = {
        "each": shown(found),
        "found": found,
        "fields": compared(found.left, found.right, found.currency),
        "why": why_of(found.explanation),
        "effect": _effect(approval, found),
    }
    if approval.state == "pending" and approval.payload.get("version") != found.version:
        known["problem"] = CHANGED
    return known


BOOKED_AS = {
    "fee": "provider fees (5010)",
    "fx": "exchange differences (5050)",
    "rounding": "rounding and small differences (5060)",
}


def _effect(approval: Approval, found: Any) -> str:
    """What approving does, in a sentence."""
    if approval.kind == "exception.post":
        amount = Money(found.right.get("amount_minor") or 0, found.currency)
        return f"{amount} is received from the row of the file, and identified and applied like any other."
    difference = Money(approval.payload["difference_minor"], found.currency)
    if approval.kind == "exception.take_back":
        return f"{difference} is posted, the opposite of what was booked, and the exception is open again."
    against = BOOKED_AS[approval.payload.get("adjust_as", "rounding")]
    return f"{difference} is posted against {against}, so that the ledger says what the provider says."


def of_rules(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """What the new rules change, line by line; what speaks for it where matches by people do."""
    try:
        version = queries.version_for(approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    own = queries.rules_in_force()
    known: dict[str, Any] = {"version": version, "changes": changed_lines(own.text, version.text)}
    if version.proposal is not None:
        known["offer"] = offered(version.proposal)
    if approval.state == "pending" and own.rules.version != version.based_on:
        known["problem"] = CHANGED
    return known


def of_day(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The proof of cash of the day, and what its signer would accept."""
    try:
        record = queries.day_for(actor_of(request), approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    return {
        "record": record,
        "account": record.source_account,
        "day": record.day,
        "url": day_url(record.source_account_id, record.day),
        "proof": proof_lines(record.source_account, record.day),
        "check": queries.check_of_day(record.source_account, record.day, timezone.now()),
        "is_reopening": approval.kind == "day.reopen",
    }
