"""Receipts by hand: the list by how they stand, one with its evidence and story, the export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.domain.hand_receipts.queries import receipts_standing
from paydesk.foundation.approvals.queries import approvals_of
from paydesk.foundation.audit.queries import history
from paydesk.foundation.documents.queries import document_by_id
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, page_of
from paydesk.web.answers import document_of
from paydesk.web.exports import exports
from paydesk.web.hand_receipts.shown import ENTER, SEE, ShownReceipt, receipt_or_404, shown
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.refunds.detail import Event
from paydesk.web.sight import Looking, looking
from paydesk.web.trail.words import verb_words
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval

# Name in the address: what is written on it.
TABS = {
    "all": "All",
    "asked": "To decide",
    "overdue": "Overdue",
    "awaited": "Awaited",
    "proven": "Proven",
    "rejected": "Rejected",
}
EXPORTED_ROWS = 100_000
HEAD = (
    "Receipt", "State", "Proof", "Market", "Account", "Amount", "Currency", "Paid at (UTC)",
    "Provider's code", "Reference", "Payer", "Paid from", "Asked by", "Asked at (UTC)", "Received at (UTC)",
    "Payment",
)  # fmt: skip
FAMILIES = {
    "hand_receipt.asked": "held", "hand_receipt.received": "settled", "approval.rejected": "failed",
}  # fmt: skip
NEXT_STEPS = {
    "asked": "Somebody else looks at the evidence and decides.",
    "awaited": "The provider's own row has to come within three days of the receipt.",
    "overdue": "Ask the provider for the row. If it never was paid, take the payment back.",
}


@require_safe
@needs(SEE)
def receipt_list(request: HttpRequest) -> HttpResponse:
    """Receipts of one standing; those that lack their proof longest first, else newest first."""
    actor, number, now = actor_of(request), page_number(request), timezone.now()
    tab, start = tab_of(request), (number - 1) * PAGE_SIZE
    found = list(receipts_standing(actor, tab, now)[start : start + PAGE_SIZE + 1])
    names = names_by_label({each.asked_by for each in found})
    known = {
        "tab": tab,
        "tabs": list(TABS.items()),
        "page": Page.of([(shown(each, now), names[each.asked_by]) for each in found], number),
        "enter": gate(actor, ENTER),
    }
    return render(request, "hand_receipts/list.html", known)


def tab_of(request: HttpRequest) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in TABS else "all"


@require_safe
@needs(SEE)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One receipt: what was entered, its evidence, who decided, how it is proven."""
    receipt = receipt_or_404(actor_of(request), code)
    each = shown(receipt)
    records = list(history("hand_receipt", receipt.pk))
    approvals = list(approvals_of("hand_receipt", receipt.pk))
    names = names_by_label(
        {record.actor for record in records} | {receipt.asked_by} | {a.decided_by for a in approvals} - {""}
    )
    known: dict[str, Any] = {
        "each": each,
        "receipt": receipt,
        "asked_by": names[receipt.asked_by],
        "events": events(each, records, approvals, names),
        "waiting": [
            (names[a.asked_by], a, page_of("approval", a.pk)) for a in approvals if a.state == "pending"
        ],
        "document": document_by_id(receipt.document_id),
        "may_open": gate(actor_of(request), "documents:view"),
    }
    return render(request, "hand_receipts/page.html", known)


def events(
    each: ShownReceipt, records: list[Any], approvals: list[Approval], names: Mapping[str, str]
) -> list[Event]:
    """The steps as the trail has them; what comes next stands last."""
    notes = {approval.pk: approval for approval in approvals}
    found = []
    for record in records:
        approval = notes.get(record.changes.get("approval_id") or 0)
        said = approval.decision_note if approval and record.verb != "hand_receipt.asked" else record.note
        found.append(
            Event(
                record.at, FAMILIES.get(record.verb, "idle"), verb_words(record.verb), said,
                url=page_of("approval", approval.pk) if approval else "", by=names[record.actor],
            )
        )  # fmt: skip
    for approval in approvals:
        if approval.state in ("rejected", "withdrawn", "expired"):
            found.append(
                Event(
                    approval.decided_at, "failed" if approval.state == "rejected" else "idle",
                    verb_words(f"approval.{approval.state}"), approval.decision_note,
                    url=page_of("approval", approval.pk), by=names.get(approval.decided_by, ""),
                )
            )  # fmt: skip
    standing = each.receipt.state if each.receipt.state == "asked" else each.proof
    if standing == "proven":
        found.append(Event(None, "settled", "Proven", "The provider's own row has come and says the same."))
    elif standing in NEXT_STEPS:
        family = each.proof_family if each.proof else "held"
        found.append(Event(None, family, "Next", NEXT_STEPS[standing], waits=True))
    return found


@require_safe
@needs(SEE)
@needs("documents:view")
def evidence(request: HttpRequest, code: str) -> HttpResponseBase:
    """What it was entered with, to be saved."""
    return document_of(receipt_or_404(actor_of(request), code).document_id)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The receipts of the tab as CSV or XLSX, names and numbers as in a list."""
    now, tab, eyes = timezone.now(), tab_of(request), looking(request)
    found = list(receipts_standing(actor_of(request), tab, now)[:EXPORTED_ROWS])
    names = names_by_label({each.asked_by for each in found})
    rows = (cells(shown(each, now), eyes, names) for each in found)
    return list_download(f"by-hand-{tab}-{timezone.localdate().isoformat()}", kind, HEAD, rows)


def cells(each: ShownReceipt, eyes: Looking, names: Mapping[str, str]) -> list[Cell]:
    receipt = each.receipt
    return [
        each.code, each.word, each.proof, receipt.market, receipt.source_account.name, each.amount.amount,
        receipt.currency, utc(receipt.paid_at), receipt.provider_ref, receipt.reference,
        eyes.name(receipt.payer_name), eyes.phone(receipt.msisdn), names[receipt.asked_by],
        utc(receipt.asked_at), utc(receipt.received_at),
        code_in("payment", each.payment_id) if each.payment_id else None,
    ]  # fmt: skip


def utc(at: Any) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
