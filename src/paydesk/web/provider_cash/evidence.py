"""What stands beside the request to book a provider's row as what it is: the row, and what it would post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.payments.actions import BOOKINGS
from paydesk.domain.payments.previews import booking_entries
from paydesk.foundation.approvals.states import APPROVAL
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused
from paydesk.reporting.provider_cash.queries import reversal_row_for, reversal_rows_for
from paydesk.web.access import actor_of, gate
from paydesk.web.addresses import code_in
from paydesk.web.payments.postings import shown_entries
from paydesk.web.people_names import names_by_label
from paydesk.web.provider_cash.rows import did_of
from paydesk.web.provider_cash.together import evidence_of, would_post
from paydesk.web.sight import looking

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval


def of_row(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The row, what two people would say it is, and what that posts while it waits."""
    actor, book_as = actor_of(request), approval.payload["book_as"]
    try:
        row = reversal_row_for(actor, approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": "What this is about cannot be shown to you."}
    known: dict[str, Any] = {
        "doubt": row,
        "doubt_code": code_in("reversal_row", row.pk),
        "doubt_amount": Money(abs(row.amount_minor), row.currency),
        "did": did_of("reversal_row", row),
        "would_be": BOOKINGS[book_as][0],
        "line_url": reverse("intake:lines", args=[code_in("file", row.statement_line.file_id)]),
    }
    if approval.state != APPROVAL.start:
        return known
    try:
        entries = booking_entries(row.pk, book_as=book_as, by=actor, now=timezone.now())
    except Refused as refused:
        return known | {"problem": refused.text}
    names = names_by_label({entry.actor for entry in entries})
    return known | {
        "entries": shown_entries(entries, names, looking(request)), "ledger": gate(actor, "ledger:view"),
    }  # fmt: skip


def of_rows(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The rows that two people would say the same of, and what that puts on the accounts while it waits."""
    actor, book_as = actor_of(request), approval.payload["book_as"]
    rows = reversal_rows_for(actor, approval.payload["row_ids"])
    if not rows:
        return {"problem": "What this is about cannot be shown to you."}
    known = evidence_of(rows, looking(request)) | {"would_be": BOOKINGS[book_as][0]}
    return known | (would_post(request, rows, book_as) if approval.state == APPROVAL.start else {})
