"""The list of goodwill, one of it with its story and postings, the evidence beside its approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.domain.goodwill.queries import given_before, goodwill, goodwill_for
from paydesk.domain.goodwill.states import GOODWILL
from paydesk.domain.ledger.queries import entries_about
from paydesk.domain.payments.queries import sub_accounts
from paydesk.foundation.approvals.queries import approvals_of
from paydesk.foundation.audit.queries import history
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.approvals.words import words_of
from paydesk.web.exports import exports
from paydesk.web.goodwill.shown import GIVE, SEE, goodwill_or_404, shown
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.payments.postings import shown_entries
from paydesk.web.people_names import names_by_label
from paydesk.web.refunds.detail import Event
from paydesk.web.sight import looking
from paydesk.web.trail.words import verb_words
from paydesk.web.workbook import list_download

if TYPE_CHECKING:
    from paydesk.domain.goodwill.models import Goodwill
    from paydesk.foundation.approvals.models import Approval

EXPORTED_ROWS = 100_000
TABS = {"all": "All", "requested": "To decide", "given": "Given", "undone": "Taken back"}
HEAD = (
    "Goodwill", "State", "Market", "Case", "Payment", "Customer", "Goes to", "Reason", "Amount", "Currency",
    "Asked at (UTC)", "Given at (UTC)", "Second",
)  # fmt: skip


@require_safe
@needs(SEE)
def goodwill_list(request: HttpRequest) -> HttpResponse:
    """Goodwill in one state or all of it, newest first."""
    actor, tab, number = actor_of(request), tab_of(request), page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(in_tab(actor, tab)[start : start + PAGE_SIZE + 1])
    names = names_by_label({given.asked_by for given in found})
    page = Page.of([(shown(given), names[given.asked_by]) for given in found], number)
    return render(request, "goodwill/list.html", {"page": page, "tab": tab, "tabs": TABS.items()})


def tab_of(request: HttpRequest) -> str:
    tab = request.GET.get("tab", "all")
    return tab if tab in TABS else "all"


def in_tab(actor: Any, tab: str) -> Any:
    found = goodwill(actor)
    return found if tab == "all" else found.filter(state=tab)


@require_safe
@needs(SEE)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One goodwill: why it was given, what came before, who decided, what was posted."""
    actor = actor_of(request)
    given = goodwill_or_404(actor, code)
    each = shown(given)
    approvals = list(approvals_of("goodwill", given.pk))
    entries = entries_about("goodwill", given.pk)
    names = names_by_label({entry.actor for entry in entries})
    blocked = gate(actor, GIVE).reason or (
        "" if GOODWILL.may("undo", given.state) else f"This goodwill is {each.word}."
    )
    known = {
        "each": each,
        "given": given,
        "events": story_of(given, approvals),
        "waiting": [
            (words_of(a.kind).one, page_of("approval", a.pk)) for a in approvals if a.state == "pending"
        ],
        "entries": shown_entries(entries, names, looking(request), sub_accounts(entries)),
        "ledger": gate(actor, "ledger:view"),
        "undo_url": reverse("goodwill:undo", args=[each.code]),
        "blocked": blocked,
        "is_over": GOODWILL.is_terminal(given.state),
    }
    return render(request, "goodwill/page.html", known)


def story_of(given: Goodwill, approvals: list[Approval]) -> list[Event]:
    """What was done with it, from the trail of its case, oldest first; two queries."""
    records = [
        record for record in history("case", given.case_id) if record.changes.get("goodwill_id") == given.pk
    ]
    names = names_by_label({record.actor for record in records})
    notes = {approval.pk: approval for approval in approvals}
    events = []
    for record in sorted(records, key=lambda each: each.at):
        approval = notes.get(record.changes.get("approval_id") or 0)
        asked = record.verb.endswith("requested")
        text = "" if approval is None else approval.note if asked else approval.decision_note
        events.append(
            Event(
                record.at, "held" if asked else GOODWILL.family(given.state), verb_words(record.verb), text,
                by=names[record.actor],
            )
        )  # fmt: skip
    return events


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The goodwill of a tab as CSV or XLSX, names as in a list."""
    eyes, tab = looking(request), tab_of(request)
    rows = (
        [
            each.code, each.word, given.market, each.case_code, each.payment_code,
            eyes.name(given.customer.name), each.goes_to, each.reason, each.amount.amount, given.currency,
            utc(given.asked_at), utc(given.given_at), "yes" if given.earlier else "no",
        ]
        for given in in_tab(eyes.actor, tab)[:EXPORTED_ROWS]
        for each in [shown(given)]
    )  # fmt: skip
    return list_download(f"goodwill-{tab}-{timezone.localdate().isoformat()}", kind, HEAD, rows)


def utc(at: Any) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None


def evidence(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """What a second person decides on: for whom, why, what was given about the same before."""
    try:
        given = goodwill_for(actor_of(request), approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": "What this is about cannot be shown to you."}
    before = given_before(
        given.case_id, timezone.now(), payment_id=given.payment_id, customer_id=given.customer_id
    )
    return {
        "given": given,
        "each": shown(given),
        "earlier": [each for each in before if each.link != ("goodwill", given.pk)],
    }
